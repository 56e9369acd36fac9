// Moves an engine's queued octets (`transmit`) into a stream, for as long as both go on. Belongs to
// the loop's thread.
#pragma once

#include <cstddef>
#include <vector>

#include "core/octets.hpp"
#include "io/loop.hpp"

namespace strowger::io {

/// Holds at most one chunk that the stream did not take, so that nothing the engine gave is lost
/// and all else stays the engine's. One pump a stream.
class StreamPump {
 public:
  explicit StreamPump(std::size_t chunk_octets = 16U << 10U) : chunk_(chunk_octets) {}

  /// To be called when the engine has octets waiting and at on_writable. `transmit(MutableOctets)
  /// -> octets written` is asked until it has no more or the stream takes no more; then on_writable
  /// follows. True where the engine has no more.
  template <class Transmit>
  bool pump(Stream& stream, Transmit&& transmit) {
    while (true) {
      if (begin_ == end_) {
        begin_ = 0;
        end_ = transmit(core::MutableOctets(chunk_));
      }
      if (begin_ == end_) {
        return true;
      }
      begin_ += stream.send(core::Octets(chunk_).subspan(begin_, end_ - begin_));
      if (begin_ != end_) {
        return false;
      }
    }
  }

 private:
  std::vector<core::Octet> chunk_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace strowger::io
