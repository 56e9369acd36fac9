#include "sip/nonces.hpp"

#include <array>
#include <charconv>

namespace strowger::sip {
namespace {

constexpr std::size_t number_digits = 16;
constexpr std::size_t head_digits = 2 * number_digits;
constexpr std::size_t seal_digits = 32;

void append_hex(std::string& text, std::uint64_t value) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (std::size_t i = number_digits; i-- > 0;) {
    text += hex[value >> (4 * i) & 0xFU];
  }
}

std::optional<std::uint64_t> number_of(std::string_view digits) {
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

}  // namespace

Nonces::Nonces(core::Octets key, core::Duration lifetime, std::size_t max_used)
    : hmac_(crypto::DigestAlgorithm::sha_256, key), lifetime_(lifetime), max_used_(max_used) {}

std::string Nonces::make(std::string_view realm, core::Time now) {
  std::string nonce;
  nonce.reserve(head_digits + seal_digits);
  append_hex(nonce, ++last_number_);
  append_hex(nonce, static_cast<std::uint64_t>(now.ns / 1'000'000));
  nonce += seal(nonce, realm);
  return nonce;
}

Nonces::Judgement Nonces::judge(std::string_view nonce, std::string_view realm, core::Time now) {
  const auto parts = parts_of(nonce);
  if (!parts || !crypto::equal_secrets(nonce.substr(head_digits),
                                       seal(nonce.substr(0, head_digits), realm))) {
    return Judgement::foreign;
  }
  const core::Time made{static_cast<std::int64_t>(parts->milliseconds) * 1'000'000};
  const bool forgotten = parts->number <= forgotten_ && !used_.contains(parts->number);
  return now - made > lifetime_ || forgotten ? Judgement::stale : Judgement::good;
}

bool Nonces::use(std::string_view nonce, std::uint32_t count) {
  const auto parts = parts_of(nonce);
  if (!parts || count == 0) {
    return false;
  }
  Used& used = used_[parts->number];
  if (count > used.highest) {
    const std::uint32_t step = count - used.highest;
    used.seen = step > 63 ? 0 : used.seen << step;
    used.seen |= used.highest != 0 && step <= 64 ? 1ULL << (step - 1) : 0;
    used.highest = count;
  } else {
    const std::uint32_t behind = used.highest - count;
    if (behind == 0 || behind > 64 || (used.seen >> (behind - 1) & 1U) != 0) {
      return false;
    }
    used.seen |= 1ULL << (behind - 1);
  }
  if (used_.size() > max_used_) {
    forgotten_ = used_.begin()->first;
    used_.erase(used_.begin());
  }
  return true;
}

std::optional<Nonces::Parts> Nonces::parts_of(std::string_view nonce) {
  if (nonce.size() != head_digits + seal_digits) {
    return std::nullopt;
  }
  const auto number = number_of(nonce.substr(0, number_digits));
  const auto milliseconds = number_of(nonce.substr(number_digits, number_digits));
  if (!number || !milliseconds || *milliseconds > INT64_MAX / 1'000'000) {
    return std::nullopt;
  }
  return Parts{*number, *milliseconds};
}

std::string Nonces::seal(std::string_view head, std::string_view realm) {
  return std::string(hmac_.code({head, ":", realm}).hex().view().substr(0, seal_digits));
}

}  // namespace strowger::sip
