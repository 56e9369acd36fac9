// Counts the heap of a bench program: replaces operator new and delete, so it belongs into exactly
// one translation unit of a program. Octets include malloc's own overhead.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace strowger::bench {

/// Octets on the heap now. One thread.
inline std::int64_t& heap_octets() {
  static std::int64_t octets = 0;
  return octets;
}

inline std::int64_t heap_cost(void* memory) {
  return static_cast<std::int64_t>(malloc_usable_size(memory)) + 8;
}

}  // namespace strowger::bench

void* operator new(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  strowger::bench::heap_octets() += strowger::bench::heap_cost(memory);
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory != nullptr) {
    strowger::bench::heap_octets() -= strowger::bench::heap_cost(memory);
    std::free(memory);
  }
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
