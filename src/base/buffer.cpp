#include "base/buffer.hpp"

#include <algorithm>

namespace strowger::base {
namespace {

constexpr std::array<std::size_t, 5> class_octets{128, 512, 2'048, 8'192, 65'536};

/// The class whose blocks hold `size` octets; class_octets.size() for what no class holds.
std::size_t class_of(std::size_t size) {
  return static_cast<std::size_t>(std::lower_bound(class_octets.begin(), class_octets.end(), size) -
                                  class_octets.begin());
}

std::size_t block_octets(std::size_t size) {
  const std::size_t index = class_of(size);
  return index < class_octets.size() ? class_octets[index] : size;
}

}  // namespace

Buffer Buffer::slice(std::size_t offset, std::size_t size) const {
  const std::size_t from = std::min(offset, octets_.size());
  return {block_, octets_.subspan(from, std::min(size, octets_.size() - from))};
}

class BufferPool::Core {
 public:
  using Block = std::unique_ptr<core::Octet[]>;

  explicit Core(const BufferPoolConfig& config) : config_(config) {}

  /// A block of the class of `size`, or null beyond the limit.
  Block take(std::size_t size) {
    const std::size_t octets = block_octets(size);
    {
      const std::lock_guard lock(mutex_);
      if (octets > config_.limit_octets - std::min(counters_.used_octets, config_.limit_octets)) {
        ++counters_.refused;
        return nullptr;
      }
      counters_.used_octets += octets;
      const std::size_t index = class_of(size);
      if (index < free_.size() && !free_[index].empty()) {
        Block block = std::move(free_[index].back());
        free_[index].pop_back();
        counters_.free_octets -= octets;
        ++counters_.reused;
        return block;
      }
      ++counters_.allocated;
    }
    return std::make_unique<core::Octet[]>(octets);
  }

  void give_back(Block block, std::size_t size) {
    const std::size_t octets = block_octets(size);
    const std::lock_guard lock(mutex_);
    counters_.used_octets -= octets;
    const std::size_t index = class_of(size);
    if (index < free_.size() && counters_.free_octets + octets <= config_.kept_octets) {
      counters_.free_octets += octets;
      free_[index].push_back(std::move(block));
    }
  }

  [[nodiscard]] BufferPoolCounters counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
  }

 private:
  BufferPoolConfig config_;
  mutable std::mutex mutex_;
  std::array<std::vector<Block>, class_octets.size()> free_;
  BufferPoolCounters counters_;
};

BufferPool::BufferPool(const BufferPoolConfig& config) : core_(std::make_shared<Core>(config)) {}

std::optional<Buffer> BufferPool::copy(core::Octets octets) {
  return make(octets.size(), [&](core::MutableOctets room) {
    std::copy(octets.begin(), octets.end(), room.begin());
    return octets.size();
  });
}

std::shared_ptr<core::Octet[]> BufferPool::take(std::size_t size) {
  Core::Block block = core_->take(size);
  if (block == nullptr) {
    return nullptr;
  }
  return {block.release(), [core = core_, size](core::Octet* octets) {
            core->give_back(Core::Block(octets), size);
          }};
}

BufferPoolCounters BufferPool::counters() const {
  return core_->counters();
}

}  // namespace strowger::base
