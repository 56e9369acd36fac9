// A peer of the FIFO bench: a ring of octets in which free room is marked by an octet of its own
// and messages are escaped and ended by another, as in chan_ss7's FIFO. Written anew for this bench
// from what that FIFO does: no index is shared, every octet is looked at twice on each side, and
// taken room is marked free again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace strowger::bench {

class MarkerFifo {
 public:
  explicit MarkerFifo(std::size_t octets) : ring_(octets, empty) {}

  /// The producer. False when there is no room for all of it.
  bool put(std::span<const std::uint8_t> message) {
    std::size_t at = end_;
    for (const std::uint8_t octet : message) {
      const std::size_t taken = octet == empty || octet == escape ? 2 : 1;
      for (std::size_t i = 0; i < taken; ++i) {
        if (!is_free(at)) {
          return false;
        }
      }
    }
    if (!is_free(at) || !is_free(at)) {
      return false;
    }
    for (const std::uint8_t octet : message) {
      if (octet == empty || octet == escape) {
        write(escape);
        write(octet == empty ? escaped_empty : escaped_escape);
      } else {
        write(octet);
      }
    }
    write(escape);
    write(escaped_end);
    return true;
  }

  /// The consumer. Octets of the message, 0 when there is none; it must fit.
  std::size_t get(std::span<std::uint8_t> message) {
    std::size_t at = start_;
    for (bool after_escape = false, ended = false; !ended;) {
      const std::uint8_t octet = read(at);
      if (octet == empty) {
        return 0;
      }
      ended = after_escape && octet == escaped_end;
      after_escape = !after_escape && octet == escape;
    }
    std::size_t length = 0;
    for (;;) {
      std::uint8_t octet = take();
      if (octet == escape) {
        octet = take();
        if (octet == escaped_end) {
          return length;
        }
        octet = octet == escaped_empty ? empty : escape;
      }
      message[length++] = octet;
    }
  }

 private:
  static constexpr std::uint8_t empty = 0xfe;
  static constexpr std::uint8_t escape = 0xfd;
  static constexpr std::uint8_t escaped_empty = 0;
  static constexpr std::uint8_t escaped_escape = 1;
  static constexpr std::uint8_t escaped_end = 2;

  /// Single octets are read and written whole on every machine; only their order needs saying,
  /// which on x86 costs nothing.
  std::uint8_t read(std::size_t& at) {
    const std::uint8_t octet = __atomic_load_n(&ring_[at], __ATOMIC_ACQUIRE);
    at = at + 1 == ring_.size() ? 0 : at + 1;
    return octet;
  }
  bool is_free(std::size_t& at) { return read(at) == empty; }
  void write(std::uint8_t octet) {
    __atomic_store_n(&ring_[end_], octet, __ATOMIC_RELEASE);
    end_ = end_ + 1 == ring_.size() ? 0 : end_ + 1;
  }
  std::uint8_t take() {
    std::uint8_t& place = ring_[start_];
    const std::uint8_t octet = place;
    __atomic_store_n(&place, empty, __ATOMIC_RELEASE);
    start_ = start_ + 1 == ring_.size() ? 0 : start_ + 1;
    return octet;
  }

  std::vector<std::uint8_t> ring_;
  alignas(128) std::size_t end_ = 0;
  alignas(128) std::size_t start_ = 0;
};

}  // namespace strowger::bench
