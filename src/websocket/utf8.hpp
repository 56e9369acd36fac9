// UTF-8 (RFC 3629) checked piece by piece: no overlong forms, no surrogates, nothing above
// U+10FFFF, and the first octet that can't be right is the one that fails. Pure; allocates nothing.
#pragma once

#include <cstddef>

#include "core/octets.hpp"

namespace strowger::websocket {

class Utf8 {
 public:
  /// False from the first wrong octet on.
  [[nodiscard]] bool take(core::Octets octets);
  /// Whether no character is left unfinished.
  [[nodiscard]] bool complete() const { return wanted_ == 0; }
  void reset() { *this = Utf8(); }

  [[nodiscard]] static bool valid(core::Octets octets) {
    Utf8 text;
    return text.take(octets) && text.complete();
  }

 private:
  bool lead(core::Octet octet);

  core::Octet wanted_ = 0;  // continuation octets still to come
  core::Octet low_ = 0x80;  // bounds of the next one
  core::Octet high_ = 0xbf;
};

}  // namespace strowger::websocket
