// The quality of a port as the media thread last wrote it, for any thread to read. Neither side
// holds the other up: a reader that meets a writer yields and looks again.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <thread>

#include "media/service.hpp"

namespace strowger::media {

class PublishedQuality {
 public:
  /// The media thread alone.
  void write(const Quality& quality) {
    const auto words = std::bit_cast<Words>(quality);
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);  // odd: being written
    for (std::size_t i = 0; i < words.size(); ++i) {
      // Release: whoever sees this word sees the odd version too.
      words_[i].store(words[i], std::memory_order_release);
    }
    version_.store(version + 2, std::memory_order_release);
  }

  /// Any thread that may yield; never the media thread. Waits out a writer at work, who is done
  /// within a microsecond and comes once a second.
  [[nodiscard]] Quality read() const {
    Words words{};
    while (!read_once(words)) {
      std::this_thread::yield();
    }
    return std::bit_cast<Quality>(words);
  }

 private:
  static_assert(sizeof(Quality) % sizeof(std::uint64_t) == 0);
  using Words = std::array<std::uint64_t, sizeof(Quality) / sizeof(std::uint64_t)>;

  bool read_once(Words& words) const {
    const std::uint64_t before = version_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < words.size(); ++i) {
      words[i] = words_[i].load(std::memory_order_acquire);
    }
    return before % 2 == 0 && version_.load(std::memory_order_relaxed) == before;
  }

  std::atomic<std::uint64_t> version_{0};
  std::array<std::atomic<std::uint64_t>, std::tuple_size_v<Words>> words_{};
};

}  // namespace strowger::media
