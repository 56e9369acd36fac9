// The guard of real-time sections: memory.
#include <cerrno>
#include <cstddef>

#include <sys/mman.h>
#include <sys/types.h>

#include "rt/guard/refuse.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

using strowger::rt::guard::refuse;

// The C library's own allocator under its second name: dlsym itself may allocate. The names are not
// ours to choose, and a parameter list is no expression to put in parentheses.
// NOLINTBEGIN
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void* __libc_valloc(std::size_t size);
void* __libc_pvalloc(std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
  refuse("malloc");
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  refuse("calloc");
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  refuse("realloc");
  return __libc_realloc(memory, size);
}
void* reallocarray(void* memory, std::size_t count, std::size_t size) {
  refuse("reallocarray");
  std::size_t octets = 0;
  if (__builtin_mul_overflow(count, size, &octets)) {
    errno = ENOMEM;
    return nullptr;
  }
  return __libc_realloc(memory, octets);
}
void* memalign(std::size_t alignment, std::size_t size) {
  refuse("memalign");
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  refuse("aligned_alloc");
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  refuse("posix_memalign");
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
void* valloc(std::size_t size) {
  refuse("valloc");
  return __libc_valloc(size);
}
void* pvalloc(std::size_t size) {
  refuse("pvalloc");
  return __libc_pvalloc(size);
}
void free(void* memory) {
  if (memory != nullptr) {
    refuse("free");
  }
  __libc_free(memory);
}

// The kernel takes the lock of the whole process's address space for these.
STROWGER_GUARD(void*, mmap,
               (void* at, std::size_t size, int protection, int flags, int file, off_t offset),
               (at, size, protection, flags, file, offset))
STROWGER_GUARD(void*, mmap64,
               (void* at, std::size_t size, int protection, int flags, int file, off64_t offset),
               (at, size, protection, flags, file, offset))
STROWGER_GUARD(int, munmap, (void* memory, std::size_t size), (memory, size))
STROWGER_GUARD(int, mprotect, (void* memory, std::size_t size, int protection),
               (memory, size, protection))
STROWGER_GUARD(int, madvise, (void* memory, std::size_t size, int advice), (memory, size, advice))

}  // extern "C"
// NOLINTEND

#endif
