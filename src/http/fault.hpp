// What can be wrong with an HTTP/1.1 message on the wire: the answer it gets, and the clause that
// says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.hpp"

namespace strowger::http {

enum class Fault : std::uint8_t {
  bare_line_feed,         // a line that ends without CR
  bare_carriage_return,   // a CR without LF
  control_character,      // NUL and the like in a head
  head_too_long,          // the head is longer than the limit
  too_many_fields,        // more header fields than the limit
  target_too_long,        // the request target is longer than the limit
  bad_request_line,       // not method SP target SP version
  bad_method,             // no token
  bad_target,             // no form of RFC 9112 3.2, or characters that no URI has
  bad_version,            // no HTTP version
  version_not_supported,  // HTTP, but neither 1.0 nor 1.1
  bad_status_line,        // not version SP status SP reason
  obsolete_fold,          // a field line that begins with white space
  space_before_colon,     // white space between a field's name and its colon
  bad_field_name,         // no token, or no colon at all
  bad_field_value,        // a control character in it
  missing_host,           // a request of HTTP/1.1 without Host
  several_hosts,          // more than one Host
  bad_host,               // Host is no host and port
  bad_length,             // Content-Length is no number
  several_lengths,        // more than one Content-Length, equal or not
  length_and_coding,      // Content-Length and Transfer-Encoding together
  coding_in_http_1_0,     // Transfer-Encoding in HTTP/1.0
  unknown_coding,         // a transfer coding other than chunked
  bad_chunk,              // no chunk size, no line end behind a chunk
  chunk_head_too_long,    // a chunk extension without end
  trailer_too_long,       // trailer fields beyond the limit
  body_too_long,          // more body than the limit
};
inline constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::body_too_long) + 1;

/// "bare_line_feed" and so on, for counters and notes.
[[nodiscard]] const char* to_string(Fault fault);
/// The clause that is broken: "RFC 9112 2.2".
[[nodiscard]] std::string_view clause_of(Fault fault);
/// What a server answers: 400, 413, 414, 431, 501 or 505.
[[nodiscard]] int status_of(Fault fault);

struct ParseError {
  Fault fault = Fault::bad_request_line;
  std::size_t offset = 0;  // into the octets given
};

template <class T>
using Result = core::Result<T, ParseError>;

}  // namespace strowger::http
