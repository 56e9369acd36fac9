// Where a FIFO gets its atomic variables from. Freestanding. The program has StandardAtomics; the
// memory-model check (memory_model_fixture.hpp) puts simulated ones in their place, whose loads
// return every old value that the language allows.
#pragma once

#include <atomic>
#include <type_traits>

namespace strowger::rt {

struct StandardAtomics {
  template <class T>
  using Atomic = std::atomic<T>;
  /// What a slot may hold.
  template <class T>
  static constexpr bool crosses_threads = std::is_trivially_copyable_v<T>;
};

/// Two cache lines: neighbours are prefetched in pairs on x86.
inline constexpr std::size_t cache_line = 128;

}  // namespace strowger::rt
