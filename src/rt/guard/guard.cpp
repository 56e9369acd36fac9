// The guard of real-time sections, for test programs: stands in front of the C library's functions
// that allocate, lock, format or reach a file system, and ends the process, saying which one it
// was, when a thread calls one within a RealTimeSection. Calls from shared libraries are caught
// too, since the program's own symbols come first. Not built under sanitizers: those stand in the
// same places.
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#include "rt/section.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {

/// Ends the process when the caller is within a real-time section.
void refuse(const char* what) {
  int& depth = strowger::rt::section_depth();
  if (depth > 0) {
    depth = 0;
    constexpr const char* text = "real-time section broken by a call of ";
    (void)!write(STDERR_FILENO, text, std::strlen(text));
    (void)!write(STDERR_FILENO, what, std::strlen(what));
    (void)!write(STDERR_FILENO, "\n", 1);
    std::abort();
  }
}

/// The function that the program would have called without the guard.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// The C library's own allocator under its second name: dlsym itself may allocate. The names are not
// ours to choose, and a parameter list is no expression to put in parentheses.
// NOLINTBEGIN
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
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
void free(void* memory) {
  if (memory != nullptr) {
    refuse("free");
  }
  __libc_free(memory);
}

#define STROWGER_GUARD(name, parameters, arguments)       \
  int name parameters {                                   \
    refuse(#name);                                        \
    static const auto real = next<int parameters>(#name); \
    return real arguments;                                \
  }

STROWGER_GUARD(pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))
STROWGER_GUARD(pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
STROWGER_GUARD(pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
STROWGER_GUARD(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex),
               (condition, mutex))
STROWGER_GUARD(pthread_cond_signal, (pthread_cond_t * condition), (condition))
STROWGER_GUARD(pthread_cond_broadcast, (pthread_cond_t * condition), (condition))
STROWGER_GUARD(vsnprintf, (char* room, std::size_t size, const char* format, va_list list),
               (room, size, format, list))
STROWGER_GUARD(vfprintf, (FILE * file, const char* format, va_list list), (file, format, list))
STROWGER_GUARD(fflush, (FILE * file), (file))
STROWGER_GUARD(fsync, (int file), (file))
STROWGER_GUARD(rename, (const char* from, const char* to), (from, to))
STROWGER_GUARD(unlink, (const char* path), (path))

#undef STROWGER_GUARD
// NOLINTEND

int snprintf(char* room, std::size_t size, const char* format, ...) {
  refuse("snprintf");
  va_list list;
  va_start(list, format);
  const int length = vsnprintf(room, size, format, list);
  va_end(list);
  return length;
}
int open(const char* path, int flags, ...) {
  refuse("open");
  va_list list;
  va_start(list, flags);
  const int mode = va_arg(list, int);
  va_end(list);
  static const auto real = next<int(const char*, int, ...)>("open");
  return real(path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
  refuse("fopen");
  static const auto real = next<FILE*(const char*, const char*)>("fopen");
  return real(path, mode);
}

}  // extern "C"

#endif
