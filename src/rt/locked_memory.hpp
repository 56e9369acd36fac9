// Memory that a real-time thread may touch without a page fault: brought in, and locked where the
// system allows it. Only these ranges, never the process: with the usual limit of 8 MiB, locking
// everything makes later allocations fail.
#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

#include "rt/system_calls.hpp"

namespace strowger::rt {

/// Touches every page, so that it is there, and locks the range. Returns 0 or the errno of the
/// refusal: the pages are then there, but may be paged out. Nobody else may write to the range
/// meanwhile. Where two ranges share a page, the unlocking of one unlocks both.
int bring_in_and_lock(std::span<std::byte> range, const SystemCalls& calls);

/// What a vector owns, to be lent as a pool; it must not grow any more.
template <class T>
[[nodiscard]] std::span<std::byte> memory_of(std::vector<T>& vector) {
  return std::as_writable_bytes(std::span(vector.data(), vector.capacity()));
}

/// Pages of its own, zeroed, with unreadable pages on both sides.
class LockedMemory {
 public:
  /// Throws std::system_error when there is no memory.
  explicit LockedMemory(std::size_t octets, const SystemCalls& calls = SystemCalls::real());
  ~LockedMemory();
  LockedMemory(const LockedMemory&) = delete;
  LockedMemory& operator=(const LockedMemory&) = delete;

  /// As many as were asked for, rounded up to pages.
  [[nodiscard]] std::span<std::byte> octets() const { return octets_; }
  /// 0, or why it is not locked (errno): see lock_remedy.
  [[nodiscard]] int lock_error() const { return lock_error_; }

 private:
  void* mapping_ = nullptr;
  std::size_t mapped_octets_ = 0;
  std::span<std::byte> octets_;
  int lock_error_ = 0;
};

/// An array in locked memory: slots of a FIFO, a pool. Elements are value-initialised.
template <class T>
class LockedArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit LockedArray(std::size_t count, const SystemCalls& calls = SystemCalls::real())
      : memory_(count * sizeof(T), calls) {
    auto* const first = reinterpret_cast<T*>(memory_.octets().data());
    for (std::size_t i = 0; i < count; ++i) {
      ::new (static_cast<void*>(first + i)) T();
    }
    elements_ = {first, count};
  }

  [[nodiscard]] std::span<T> elements() const { return elements_; }
  [[nodiscard]] const LockedMemory& memory() const { return memory_; }

 private:
  LockedMemory memory_;
  std::span<T> elements_;
};

}  // namespace strowger::rt
