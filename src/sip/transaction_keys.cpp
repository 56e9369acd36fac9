#include "sip/transaction_keys.hpp"

#include <algorithm>
#include <charconv>

namespace strowger::sip {
namespace {

constexpr std::string_view cookie = "z9hG4bK";
constexpr std::size_t handle_digits = 16;

void append_hex(std::string& text, std::uint64_t value, std::size_t digits) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (std::size_t i = digits; i-- > 0;) {
    text += hex[value >> (4 * i) & 0xFU];
  }
}

void append_number(std::string& text, std::uint64_t value) {
  text += '\x1F';
  text += std::to_string(value);
}

void append_lower(std::string& text, std::string_view more) {
  text += '\x1F';
  std::transform(more.begin(), more.end(), std::back_inserter(text), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}

void append_text(std::string& text, std::string_view more) {
  text += '\x1F';
  text += more;
}

template <class Handle>
std::optional<Handle> handle_of(std::string_view text) {
  std::uint64_t bits = 0;
  const auto digits = text.substr(0, handle_digits);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
  if (error != std::errc{} || digits.size() != handle_digits ||
      end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return Handle::from_bits(bits);
}

}  // namespace

std::string branch_of(TransactionHandle handle, std::uint32_t chance) {
  std::string branch(cookie);
  append_hex(branch, handle.bits(), handle_digits);
  append_hex(branch, chance, 8);
  return branch;
}

std::optional<TransactionHandle> handle_of_branch(std::string_view branch) {
  if (branch.size() != cookie.size() + handle_digits + 8 || !branch.starts_with(cookie)) {
    return std::nullopt;
  }
  return handle_of<TransactionHandle>(branch.substr(cookie.size()));
}

std::string tag_of(CallHandle call, std::uint32_t chance) {
  std::string tag;
  append_hex(tag, call.bits(), handle_digits);
  append_hex(tag, chance, 8);
  return tag;
}

std::optional<CallHandle> call_of_tag(std::string_view tag) {
  if (tag.size() != handle_digits + 8) {
    return std::nullopt;
  }
  return handle_of<CallHandle>(tag);
}

std::string server_key(const Message& request, const Via& via, Method method) {
  std::string key;
  key.reserve(96);
  if (via.has_rfc3261_branch()) {
    key = via.branch;
    append_lower(key, via.host);
    append_number(key, via.port);
  } else {
    const auto from = request.from();
    key = request.request_uri();
    append_text(key, from ? from->tag : std::string_view{});
    append_text(key, request.call_id());
    append_number(key, request.cseq().value_or(CSeq{}).number);
    append_text(key, request.value(HeaderName::via).value_or(""));
  }
  append_text(key, method == Method::extension ? request.method_text() : to_string(method));
  return key;
}

std::string merge_key(const Message& request) {
  const auto from = request.from();
  const auto cseq = request.cseq().value_or(CSeq{});
  std::string key(from ? from->tag : std::string_view{});
  append_text(key, request.call_id());
  append_number(key, cseq.number);
  append_text(key, cseq.method_text);
  return key;
}

}  // namespace strowger::sip
