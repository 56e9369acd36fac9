// Immutable configuration snapshots and what differs between two of them, so that a reload applies
// only what changed. Any normal thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace strowger::base {

/// Keys of two sorted maps that differ, each list in the order of the keys.
template <class Key>
struct Difference {
  std::vector<Key> added;
  std::vector<Key> removed;
  std::vector<Key> changed;

  [[nodiscard]] bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
};

/// Compares two sorted maps (std::map or like it, with the same order) in one pass. `same(a, b)`
/// says whether two values mean the same; where a file stands in is no change, for instance.
template <class Map, class Same>
[[nodiscard]] Difference<typename Map::key_type> difference(const Map& before, const Map& after,
                                                            Same&& same) {
  Difference<typename Map::key_type> result;
  const auto less = before.key_comp();
  auto old = before.begin();
  auto fresh = after.begin();
  while (old != before.end() || fresh != after.end()) {
    if (fresh == after.end() || (old != before.end() && less(old->first, fresh->first))) {
      result.removed.push_back(old->first);
      ++old;
    } else if (old == before.end() || less(fresh->first, old->first)) {
      result.added.push_back(fresh->first);
      ++fresh;
    } else {
      if (!same(old->second, fresh->second)) {
        result.changed.push_back(fresh->first);
      }
      ++old;
      ++fresh;
    }
  }
  return result;
}

template <class Map>
[[nodiscard]] Difference<typename Map::key_type> difference(const Map& before, const Map& after) {
  return difference(before, after, [](const auto& a, const auto& b) { return a == b; });
}

/// A configuration as of some moment. Holders keep theirs as long as they like; a later one does
/// not change it.
template <class T>
struct Snapshot {
  std::uint64_t version = 0;  // rises by one with every publication, from 1; 0: none yet
  std::shared_ptr<const T> value;
};

/// Where the newest snapshot is found. `current` waits only while a pointer is copied.
template <class T>
class Publication {
 public:
  Publication() = default;
  explicit Publication(T first) { (void)publish(std::move(first)); }

  [[nodiscard]] Snapshot<T> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  /// Makes `value` the newest; returns the snapshot that it replaces.
  Snapshot<T> publish(T value) {
    auto fresh = std::make_shared<const T>(std::move(value));
    const std::lock_guard lock(mutex_);
    Snapshot<T> before = current_;
    current_ = {before.version + 1, std::move(fresh)};
    return before;
  }

 private:
  mutable std::mutex mutex_;
  Snapshot<T> current_;
};

}  // namespace strowger::base
