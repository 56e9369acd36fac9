// For tests of this library: messages written down with LF line ends.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "sip/parse.hpp"

namespace strowger::sip {

/// LF made CRLF.
[[nodiscard]] inline std::string with_crlf(std::string_view lines) {
  std::string text;
  for (const char c : lines) {
    text += c == '\n' ? "\r\n" : std::string(1, c);
  }
  return text;
}

/// A message and the octets it views.
class ParsedMessage {
 public:
  /// Throws where it can't be parsed at all, which fails the test.
  explicit ParsedMessage(std::string_view lines) : octets_(with_crlf(lines)) {
    const auto parsed = parse_message(core::octets_of(octets_), message_);
    if (!parsed) {
      throw std::runtime_error(to_string(parsed.error().code));
    }
  }
  ParsedMessage(const ParsedMessage&) = delete;
  ParsedMessage& operator=(const ParsedMessage&) = delete;
  const Message& operator*() const { return message_; }
  const Message* operator->() const { return &message_; }

 private:
  std::string octets_;
  Message message_;
};

/// A request that is well formed but for what `headers` add or repeat.
[[nodiscard]] inline std::string request_with(std::string_view headers,
                                              std::string_view method = "INVITE") {
  return std::string(method) +
         " sip:100@example.com SIP/2.0\n"
         "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\n"
         "From: \"Alice\" <sip:alice@example.com>;tag=1\n"
         "To: <sip:100@example.com>\n"
         "Call-ID: 1@192.0.2.1\n"
         "CSeq: 1 " +
         std::string(method) + "\nMax-Forwards: 70\n" + std::string(headers) + "\n";
}

}  // namespace strowger::sip
