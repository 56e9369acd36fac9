#include "sip/writer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "sip/parse_scan.hpp"
#include "sip/parse_text.hpp"

namespace strowger::sip {
namespace {

constexpr std::string_view line_end = "\r\n";

/// The next control character that is no quoted pair (clause 25.1); line ends never are.
const char* find_forbidden(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* at = find_control(text.data(), end);
  while (at != end && at != text.data() && at[-1] == '\\' && *at != '\r' && *at != '\n') {
    at = find_control(at + 1, end);
  }
  return at;
}

bool breaks_uri(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet <= 0x20 || octet == 0x7F || c == '<' || c == '>' || c == '"';
}

constexpr char hex_digit(unsigned value) {
  return "0123456789ABCDEF"[value & 15U];
}

}  // namespace

const char* to_string(WriteError error) {
  switch (error) {
    case WriteError::too_long:
      return "too_long";
    case WriteError::forbidden_octet:
      return "forbidden_octet";
    case WriteError::bad_name:
      return "bad_name";
    case WriteError::bad_uri:
      return "bad_uri";
    case WriteError::out_of_order:
      return "out_of_order";
  }
  return "unknown";
}

MessageWriter::MessageWriter(core::MutableOctets room)
    : room_(room.size() > max_message_octets ? room.first(max_message_octets) : room) {}

void MessageWriter::fail(WriteError error) {
  if (!error_) {
    error_ = error;
  }
}

bool MessageWriter::expect(Stage stage) {
  if (stage_ != stage) {
    fail(WriteError::out_of_order);
  }
  return !error_;
}

void MessageWriter::put(std::string_view text) {
  if (text.size() > room_.size() - size_) {
    fail(WriteError::too_long);
  } else if (!text.empty()) {
    std::memcpy(room_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
}

void MessageWriter::put_number(std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  put({digits, static_cast<std::size_t>(end - digits)});
}

void MessageWriter::put_checked(std::string_view text) {
  if (find_forbidden(text) != text.data() + text.size()) {
    fail(WriteError::forbidden_octet);
  } else {
    put(text);
  }
}

void MessageWriter::put_uri(std::string_view uri) {
  for (const char c : uri) {
    if (breaks_uri(c)) {
      fail(WriteError::bad_uri);
      return;
    }
  }
  if (uri.empty()) {
    fail(WriteError::bad_uri);
  }
  put(uri);
}

/// A value that was parsed: its folds become single spaces.
void MessageWriter::put_unfolded(std::string_view value) {
  while (!value.empty()) {
    const auto fold = static_cast<std::size_t>(find_forbidden(value) - value.data());
    put(value.substr(0, fold));
    value.remove_prefix(fold);
    if (value.empty()) {
      return;
    }
    if (value.front() != '\r' && value.front() != '\n') {
      fail(WriteError::forbidden_octet);
      return;
    }
    put(' ');
    value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n"), value.size()));
  }
}

void MessageWriter::request_line(Method method, std::string_view uri) {
  request_line(to_string(method), uri);
}

void MessageWriter::request_line(std::string_view method, std::string_view uri) {
  if (!expect(Stage::start)) {
    return;
  }
  if (!is_token(method)) {
    fail(WriteError::bad_name);
  }
  put(method);
  put(' ');
  put_uri(uri);
  put(" SIP/2.0\r\n");
  stage_ = Stage::fields;
}

void MessageWriter::status_line(std::uint16_t status, std::string_view phrase) {
  if (!expect(Stage::start)) {
    return;
  }
  if (status < 100 || status > 699) {
    fail(WriteError::bad_name);
  }
  put("SIP/2.0 ");
  put_number(status);
  put(' ');
  put_checked(phrase.empty() ? reason_phrase_of(status) : phrase);
  put(line_end);
  stage_ = Stage::fields;
}

void MessageWriter::header(HeaderName name, std::string_view value) {
  begin(name).text(value).end();
}
void MessageWriter::header(std::string_view name, std::string_view value) {
  begin(name).text(value).end();
}
void MessageWriter::header(HeaderName name, std::uint32_t value) {
  begin(name).number(value).end();
}

void MessageWriter::via(const ViaParts& parts) {
  if (!is_token(parts.transport) || !is_token(parts.branch)) {
    fail(WriteError::bad_name);
  }
  begin(HeaderName::via).text("SIP/2.0/").text(parts.transport).text(" ");
  if (parts.host.empty()) {
    host_port(parts.sent_by);
  } else {
    host_port(parts.host, parts.sent_by.port);
  }
  param("branch", parts.branch);
  if (parts.rport) {
    param("rport");
  }
  end();
}

void MessageWriter::cseq(std::uint32_t number, std::string_view method) {
  begin(HeaderName::cseq).number(number).text(" ").text(method).end();
}

void MessageWriter::copy(const Message& from, HeaderName name) {
  for (std::size_t i = from.find(name); i < from.field_count(); i = from.find(name, i + 1)) {
    const HeaderField field = from.field(i);
    begin(name == HeaderName::other ? field.raw_name : to_string(name)).copied(field.value).end();
  }
}

MessageWriter& MessageWriter::begin(HeaderName name) {
  return begin(to_string(name));
}

MessageWriter& MessageWriter::begin(std::string_view name) {
  if (expect(Stage::fields)) {
    if (!is_token(name)) {
      fail(WriteError::bad_name);
    }
    put(name);
    put(": ");
    stage_ = Stage::value;
  }
  return *this;
}

MessageWriter& MessageWriter::text(std::string_view text) {
  if (expect(Stage::value)) {
    put_checked(text);
  }
  return *this;
}

MessageWriter& MessageWriter::number(std::uint64_t value) {
  if (expect(Stage::value)) {
    put_number(value);
  }
  return *this;
}

MessageWriter& MessageWriter::copied(std::string_view value) {
  if (expect(Stage::value)) {
    put_unfolded(value);
  }
  return *this;
}

MessageWriter& MessageWriter::quoted(std::string_view text) {
  if (!expect(Stage::value)) {
    return *this;
  }
  put('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      put('\\');
    }
    if (!is_control(c)) {
      put(c);
    }
  }
  put('"');
  return *this;
}

MessageWriter& MessageWriter::quoted_display(std::string_view name) {
  return name.empty() ? *this : quoted(name).text(" ");
}

MessageWriter& MessageWriter::uri_in_brackets(std::string_view uri) {
  if (expect(Stage::value)) {
    put('<');
    put_uri(uri);
    put('>');
  }
  return *this;
}

MessageWriter& MessageWriter::sip_uri(std::string_view user, const core::Address& host,
                                      std::string_view scheme) {
  begin_uri(user, scheme);
  return host_port(host);
}

MessageWriter& MessageWriter::sip_uri(std::string_view user, std::string_view host,
                                      std::uint16_t port, std::string_view scheme) {
  begin_uri(user, scheme);
  return host_port(host, port);
}

void MessageWriter::begin_uri(std::string_view user, std::string_view scheme) {
  if (!expect(Stage::value)) {
    return;
  }
  put_checked(scheme);
  put(':');
  if (user.empty()) {
    return;
  }
  const auto encoded =
      encode_user(user, {reinterpret_cast<char*>(room_.data()) + size_, room_.size() - size_});
  if (!encoded) {
    fail(WriteError::too_long);
    return;
  }
  size_ += encoded->size();
  put('@');
}

MessageWriter& MessageWriter::host_port(const core::Address& host) {
  if (!host.valid()) {
    fail(WriteError::bad_uri);
  }
  return host_port(host.host_text().view(), host.port);
}

MessageWriter& MessageWriter::host_port(std::string_view host, std::uint16_t port) {
  if (!expect(Stage::value)) {
    return *this;
  }
  const bool ipv6 = host.find(':') != std::string_view::npos;
  const bool bracketed = ipv6 && host.front() != '[';
  put(bracketed ? "[" : "");
  put_uri(host);
  put(bracketed ? "]" : "");
  if (port != 0) {
    put(':');
    put_number(port);
  }
  return *this;
}

MessageWriter& MessageWriter::param(std::string_view name, std::string_view value) {
  if (!expect(Stage::value)) {
    return *this;
  }
  constexpr std::string_view breaks = " \t\",;<>";
  if (!is_token(name) || value.find_first_of(breaks) != std::string_view::npos) {
    fail(WriteError::bad_name);
  }
  put(';');
  put(name);
  if (!value.empty()) {
    put('=');
    put_checked(value);
  }
  return *this;
}

MessageWriter& MessageWriter::param(std::string_view name, std::uint64_t value) {
  param(name);
  return text("=").number(value);
}

MessageWriter& MessageWriter::quoted_param(std::string_view name, std::string_view value) {
  param(name);
  return text("=").quoted(value);
}

void MessageWriter::end() {
  if (expect(Stage::value)) {
    put(line_end);
    stage_ = Stage::fields;
  }
}

core::Result<core::Octets, WriteError> MessageWriter::finish(std::string_view content_type,
                                                             std::string_view body) {
  if (!body.empty()) {
    header(HeaderName::content_type, content_type);
  }
  begin(HeaderName::content_length).number(body.size()).end();
  if (expect(Stage::fields)) {
    put(line_end);
    put(body);
    stage_ = Stage::finished;
  }
  if (error_) {
    return core::fail(*error_);
  }
  return core::Octets{room_.data(), size_};
}

std::optional<std::string_view> encode_user(std::string_view user, std::span<char> room) {
  std::size_t size = 0;
  for (const char c : user) {
    const bool plain = is_in(c, char_user);
    if (room.size() - size < (plain ? 1U : 3U)) {
      return std::nullopt;
    }
    if (plain) {
      room[size++] = c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      room[size++] = '%';
      room[size++] = hex_digit(octet >> 4U);
      room[size++] = hex_digit(octet);
    }
  }
  return std::string_view{room.data(), size};
}

}  // namespace strowger::sip
