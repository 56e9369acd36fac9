// Octets that outlive the call they came with or cross threads: pooled, counted, immutable.
// Any normal thread (taking a block from the pool may wait for its lock and allocate; real-time
// threads copy into fixed pools of their own instead).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/octets.hpp"

namespace strowger::base {

class BufferPool;

/// A counted view of octets that nobody changes any more. Copying shares them; the last copy gives
/// the block back to its pool, even where the pool's owner is gone by then.
class Buffer {
 public:
  Buffer() = default;

  [[nodiscard]] core::Octets octets() const { return octets_; }
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  [[nodiscard]] bool empty() const { return octets_.empty(); }

  /// A part of the same block; clipped to what there is.
  [[nodiscard]] Buffer slice(std::size_t offset, std::size_t size) const;

 private:
  friend class BufferPool;
  Buffer(std::shared_ptr<const core::Octet[]> block, core::Octets octets)
      : block_(std::move(block)), octets_(octets) {}

  std::shared_ptr<const core::Octet[]> block_;
  core::Octets octets_;
};

struct BufferPoolConfig {
  std::size_t limit_octets = 64U << 20U;  // of blocks in use; beyond it buffers are refused
  std::size_t kept_octets = 8U << 20U;    // of free blocks kept for reuse
};

struct BufferPoolCounters {
  std::size_t used_octets = 0;  // of blocks in use, by their size class
  std::size_t free_octets = 0;
  std::uint64_t reused = 0;
  std::uint64_t allocated = 0;
  std::uint64_t refused = 0;
};

/// Blocks in five size classes; what is larger is allocated as it is.
class BufferPool {
 public:
  explicit BufferPool(const BufferPoolConfig& config = {});

  /// A buffer with a copy of the octets; nothing, and counted, where the limit is reached.
  [[nodiscard]] std::optional<Buffer> copy(core::Octets octets);

  /// A buffer of up to `size` octets that `fill(MutableOctets) -> octets written` writes first.
  template <class Fill>
  [[nodiscard]] std::optional<Buffer> make(std::size_t size, Fill&& fill) {
    std::shared_ptr<core::Octet[]> block = take(size);
    if (block == nullptr) {
      return std::nullopt;
    }
    const core::MutableOctets room(block.get(), size);
    const std::size_t written = fill(room);
    return Buffer(std::move(block), room.first(written < size ? written : size));
  }

  [[nodiscard]] BufferPoolCounters counters() const;

 private:
  class Core;
  std::shared_ptr<core::Octet[]> take(std::size_t size);

  std::shared_ptr<Core> core_;
};

}  // namespace strowger::base
