// The judgement on a parsed message before any transaction sees it: RFC 3261 clauses 8.1.3.3, 8.2
// and 16.3 as RFC 4475 explains them. Pure; allocates nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "sip/message.hpp"

namespace strowger::sip {

struct Verdict {
  enum class Kind : std::uint8_t {
    accept,
    respond,  // a request: answer `status`
    drop,     // a response, an ACK, or a request that can't be answered
  };
  Kind kind = Kind::accept;
  std::uint16_t status = 0;               // 400, 416, 505, 513
  ParseError error;                       // what, and where it is within the message
  HeaderName header = HeaderName::other;  // whose grammar is broken, where that is what is wrong
  std::string_view phrase;                // for the status line: says what is wrong

  [[nodiscard]] bool accepted() const { return kind == Kind::accept; }
};

/// Where the topmost Via is what is malformed, the answer goes to where the request came from.
/// Checks all that every element must: version, start line, mandatory headers and the grammar of
/// those that are used for routing and matching, single headers, CSeq against the method, scheme of
/// the request URI, length of the body. Left to the engine: 420, 405 and 501, 415, 483, 482 and the
/// address in Via.
[[nodiscard]] Verdict validate(const Message& message);

}  // namespace strowger::sip
