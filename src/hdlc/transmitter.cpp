#include "hdlc/transmitter.hpp"

namespace strowger::hdlc {

void Transmitter::put_flag() {
  put(flag, 8);
}

void Transmitter::abort() {
  if (size_ == 0) {
    return;
  }
  put(0xFF, 8);
  size_ = 0;
  at_ = 0;
  flags_due_ = 1;
}

}  // namespace strowger::hdlc
