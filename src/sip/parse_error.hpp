// What can be wrong with a message on the wire, with the clause that says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strowger::sip {

enum class ParseCode : std::uint8_t {
  // These end the parsing: there is no message to answer.
  empty,              // nothing but line ends (a keep-alive)
  truncated,          // the head does not end
  not_sip,            // no request or status line
  too_long,           // more than 65,535 octets
  too_many_headers,   // more than 128 fields
  control_character,  // a control character outside of a quoted pair, or a CR without LF
  bad_status,         // a status line without a status of 100 to 699
  // These are kept as a defect: the message can be answered.
  bad_version,             // SIP, but not 2.0
  bad_start_line,          // wrong white space in the request line
  bad_method,              // no token
  bad_request_uri,         // the grammar of the request URI is broken
  unsupported_scheme,      // of the request URI
  bad_header_line,         // no colon, no name
  bad_header_value,        // the grammar of that header is broken
  missing_header,          // To, From, CSeq, Call-ID, Via, Max-Forwards (clause 8.1.1)
  repeated_header,         // more than one where one is allowed
  method_mismatch,         // CSeq names another method than the request line
  body_short,              // Content-Length promises more than came
  content_length_missing,  // on a stream, and there is a body (clause 18.3)
  body_too_long,           // on a stream: more than max_message_octets are promised
  several_vias,            // a response with more than one Via (clause 8.1.3.3)
};
inline constexpr std::size_t parse_code_count =
    static_cast<std::size_t>(ParseCode::several_vias) + 1;
/// "too_many_headers" and so on, for counters and notes.
[[nodiscard]] const char* to_string(ParseCode code);
/// The clause that is broken: "RFC 3261 7.1".
[[nodiscard]] std::string_view clause_of(ParseCode code);

struct ParseError {
  ParseCode code = ParseCode::empty;
  std::uint32_t offset = 0;  // into the octets given

  [[nodiscard]] std::string_view clause() const { return clause_of(code); }
};

}  // namespace strowger::sip
