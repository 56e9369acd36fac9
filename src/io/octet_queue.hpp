// A queue of octets in one piece of memory: appended behind, viewed and taken in front. One thread;
// allocates when it grows, and gives the memory back when it has been large and is empty.
#pragma once

#include <cstddef>
#include <vector>

#include "core/octets.hpp"

namespace strowger::io {

class OctetQueue {
 public:
  void append(core::Octets octets) {
    if (head_ > octets_.size() / 2) {
      octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    octets_.insert(octets_.end(), octets.begin(), octets.end());
  }

  /// All of it; holds until the next call of `append` or `take`.
  [[nodiscard]] core::Octets view() const { return core::Octets(octets_).subspan(head_); }

  void take(std::size_t count) {
    head_ += count;
    if (head_ >= octets_.size()) {
      octets_.clear();
      head_ = 0;
      if (octets_.capacity() > large_octets) {
        octets_ = {};
      }
    }
  }

  [[nodiscard]] std::size_t size() const { return octets_.size() - head_; }
  [[nodiscard]] bool empty() const { return size() == 0; }

 private:
  static constexpr std::size_t large_octets = 4096;

  std::vector<core::Octet> octets_;
  std::size_t head_ = 0;
};

}  // namespace strowger::io
