// What a peer can do wrong on an open connection: the close code it gets, and the clause that says
// so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strowger::websocket {

enum class Fault : std::uint8_t {
  none,
  reserved_bits,           // RSV bits that no agreed extension uses
  reserved_opcode,         // 3 to 7, 11 to 15
  fragmented_control,      // a control frame without FIN
  control_too_long,        // a control frame of more than 125 octets
  not_masked,              // from a client
  masked,                  // from a server
  length_not_minimal,      // a length written longer than need be
  length_too_large,        // the top bit of a 64-bit length
  lone_continuation,       // a continuation of nothing
  message_within_message,  // a data frame where a continuation was due
  invalid_text,            // not UTF-8
  close_payload_of_one,    // a close frame with half a code
  bad_close_code,          // a code that may not be on the wire
  frame_too_big,           // more than our limit
  message_too_big,         // more than our limit, after inflating
  bad_deflate,             // what the compressed octets say makes no sense
  pongs_not_read,          // the peer pings and reads no answers
  no_pong,                 // the peer did not answer our ping in time
  not_reading,             // the peer took nothing of what waits for it for too long
  no_close,                // the peer did not answer our close frame in time
  lost,                    // the connection below went away without a close frame
};
inline constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::lost) + 1;

/// "reserved_bits" and so on, for counters and notes.
[[nodiscard]] const char* to_string(Fault fault);
/// "RFC 6455 5.2".
[[nodiscard]] std::string_view clause_of(Fault fault);
/// What we close with (RFC 6455 7.4.1); 1006 where there is nobody to tell it to.
[[nodiscard]] std::uint16_t close_code_of(Fault fault);

/// Close codes of RFC 6455 7.4.1 and of IANA's registry.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported = 1003;
inline constexpr std::uint16_t none = 1005;      // never on the wire: there was no code
inline constexpr std::uint16_t abnormal = 1006;  // never on the wire: there was no close frame
inline constexpr std::uint16_t invalid_data = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t extension_missing = 1010;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t restart = 1012;
inline constexpr std::uint16_t try_later = 1013;
}  // namespace close_code

/// Whether a code may stand in a close frame: 1000 to 1003, 1007 to 1014, 3000 to 4999.
[[nodiscard]] constexpr bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace strowger::websocket
