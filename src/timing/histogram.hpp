// Counts of durations in buckets no wider than a 64th of their value: percentiles without keeping
// samples. Fixed size, never allocates.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/time.hpp"

namespace strowger::timing {

/// From 0 to 68 s; what is less counts as 0 and what is more as the end. About 16 KiB: a member of
/// something on the heap, no local variable of a real-time thread. One thread.
class Histogram {
 public:
  void add(core::Duration value, std::uint64_t times = 1) {
    const std::int64_t ns = value.ns < 0 ? 0 : value.ns;
    counts_[bucket_of(static_cast<std::uint64_t>(ns))] += times;
    count_ += times;
    max_ = ns > max_.ns ? core::Duration{ns} : max_;
  }
  void clear() { *this = Histogram(); }

  /// The value that this share of all does not exceed, to the width of a bucket; never more than
  /// `max`. `share` is 0 to 1. 0 where there is nothing.
  [[nodiscard]] core::Duration quantile(double share) const {
    const double wanted = share * static_cast<double>(count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets; ++i) {
      seen += counts_[i];
      if (counts_[i] != 0 && static_cast<double>(seen) >= wanted) {
        const auto end = static_cast<std::int64_t>(begin_of(i + 1)) - 1;
        return end < max_.ns ? core::Duration{end} : max_;
      }
    }
    return max_;
  }
  [[nodiscard]] core::Duration max() const { return max_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// How many values lie in [from, to), where both are ends of buckets or nearly so.
  [[nodiscard]] std::uint64_t between(core::Duration from, core::Duration to) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < buckets; ++i) {
      const auto begin = static_cast<std::int64_t>(begin_of(i));
      sum += begin >= from.ns && begin < to.ns ? counts_[i] : 0;
    }
    return sum;
  }

 private:
  static constexpr unsigned sub_bits = 6;
  static constexpr unsigned value_bits = 36;
  static constexpr std::size_t sub = std::size_t{1} << sub_bits;
  static constexpr std::size_t buckets = (value_bits - sub_bits + 1) * sub;

  /// Below 64 one bucket a value; above it 64 buckets for each doubling.
  static constexpr std::size_t bucket_of(std::uint64_t value) {
    if (value < sub) {
      return static_cast<std::size_t>(value);
    }
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
    const std::size_t at = (shift + 1) * sub + ((value >> shift) & (sub - 1));
    return at < buckets ? at : buckets - 1;
  }
  static constexpr std::uint64_t begin_of(std::size_t bucket) {
    const std::size_t group = bucket / sub;
    return group == 0 ? bucket : (sub + bucket % sub) << (group - 1);
  }

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  core::Duration max_;
};

}  // namespace strowger::timing
