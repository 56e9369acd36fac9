// From octets to a Message: one pass, no copy, no heap. Datagrams by parse_message, streams by
// StreamParser. One thread; views as in sip/message.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "core/result.hpp"
#include "sip/message.hpp"
#include "sip/parse_error.hpp"

namespace strowger::sip {

/// Parses a datagram (RFC 3261 clause 18.3): line ends before the start line are passed over, a
/// missing Content-Length means the body goes to the end, octets behind the body are ignored.
/// Gives the octets consumed (all but those behind the body). On an error `message` holds nothing
/// of use; a defect that can be answered (a bad request line, a broken header line) is no error but
/// is kept in Message::defect.
[[nodiscard]] core::Result<std::size_t, ParseError> parse_message(core::Octets datagram,
                                                                  Message& message);

/// What StreamParser found at the front of what is pending.
struct StreamStep {
  enum class Kind : std::uint8_t {
    need_more,  // nothing yet: call again when more has come
    message,    // `message` is set
    ping,       // CRLF CRLF (RFC 5626 clause 3.5.1): answer CRLF
    pong,       // a single CRLF
  };
  Kind kind = Kind::need_more;
  std::size_t consumed = 0;  // octets at the front that are done with; 0 for need_more
  /// Some octets of a message are there (for the timer against slow senders). A lone CRLF is not.
  bool message_begun = false;
  /// The end of this message can't be known: answer it (validate says how), then close.
  bool framing_lost = false;
};

/// Frames and parses the messages of one connection. Remembers how far it has looked, so that a
/// sender of single octets costs no more than one who sends all at once. The caller keeps what is
/// pending, hands in all of it each time, and drops `consumed` octets after each step.
class StreamParser {
 public:
  /// On an error the connection is of no further use: close it.
  [[nodiscard]] core::Result<StreamStep, ParseError> next(core::Octets pending, Message& message);

 private:
  std::size_t searched_ = 0;  // octets in which the head does not end
  std::size_t needed_ = 0;    // octets of the whole message, once the head is known
};

}  // namespace strowger::sip
