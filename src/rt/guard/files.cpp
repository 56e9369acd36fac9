// The guard of real-time sections: file systems, names and processes. Sockets, event descriptors
// and devices are allowed, so read and write are refused by what their descriptor is.
#include <cstdarg>
#include <cstdio>

#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "rt/guard/refuse.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

using strowger::rt::guard::next;
using strowger::rt::guard::refuse;

namespace {

void refuse_file(const char* what, int descriptor) {
  struct stat facts {};
  if (strowger::rt::guard::in_section() && fstat(descriptor, &facts) == 0 &&
      (S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode))) {
    refuse(what);
  }
}

}  // namespace

// NOLINTBEGIN: names and parameters are the C library's
extern "C" {

#define STROWGER_GUARD_OPEN(name, parameters, arguments)  \
  int name parameters {                                   \
    refuse(#name);                                        \
    va_list list;                                         \
    va_start(list, flags);                                \
    const int mode = va_arg(list, int);                   \
    va_end(list);                                         \
    static const auto real = next<int parameters>(#name); \
    return real arguments;                                \
  }

STROWGER_GUARD_OPEN(open, (const char* path, int flags, ...), (path, flags, mode))
STROWGER_GUARD_OPEN(open64, (const char* path, int flags, ...), (path, flags, mode))
STROWGER_GUARD_OPEN(openat, (int folder, const char* path, int flags, ...),
                    (folder, path, flags, mode))
STROWGER_GUARD_OPEN(openat64, (int folder, const char* path, int flags, ...),
                    (folder, path, flags, mode))
#undef STROWGER_GUARD_OPEN

STROWGER_GUARD(int, creat, (const char* path, mode_t mode), (path, mode))
STROWGER_GUARD(FILE*, fopen, (const char* path, const char* mode), (path, mode))
STROWGER_GUARD(FILE*, fopen64, (const char* path, const char* mode), (path, mode))
STROWGER_GUARD(FILE*, fdopen, (int descriptor, const char* mode), (descriptor, mode))
STROWGER_GUARD(int, fclose, (FILE * file), (file))
STROWGER_GUARD(int, fflush, (FILE * file), (file))
STROWGER_GUARD(std::size_t, fread, (void* to, std::size_t size, std::size_t count, FILE* file),
               (to, size, count, file))
STROWGER_GUARD(std::size_t, fwrite,
               (const void* from, std::size_t size, std::size_t count, FILE* file),
               (from, size, count, file))
STROWGER_GUARD(int, fputs, (const char* text, FILE* file), (text, file))
STROWGER_GUARD(int, fputc, (int octet, FILE* file), (octet, file))
STROWGER_GUARD(int, puts, (const char* text), (text))
STROWGER_GUARD_SYMBOL(int, guard_putchar, "putchar", "putchar", (int octet), (octet))
STROWGER_GUARD(char*, fgets, (char* to, int size, FILE* file), (to, size, file))
STROWGER_GUARD(DIR*, opendir, (const char* path), (path))
STROWGER_GUARD(int, stat, (const char* path, struct stat* facts), (path, facts))
STROWGER_GUARD(int, lstat, (const char* path, struct stat* facts), (path, facts))
STROWGER_GUARD(int, access, (const char* path, int mode), (path, mode))
STROWGER_GUARD(int, fsync, (int file), (file))
STROWGER_GUARD(int, fdatasync, (int file), (file))
STROWGER_GUARD(int, ftruncate, (int file, off_t size), (file, size))
STROWGER_GUARD(int, rename, (const char* from, const char* to), (from, to))
STROWGER_GUARD(int, unlink, (const char* path), (path))
STROWGER_GUARD(int, mkdir, (const char* path, mode_t mode), (path, mode))
STROWGER_GUARD(int, rmdir, (const char* path), (path))
// Both are of files alone: a socket has no place to read from.
STROWGER_GUARD(ssize_t, pread, (int file, void* to, std::size_t size, off_t at),
               (file, to, size, at))
STROWGER_GUARD(ssize_t, pwrite, (int file, const void* from, std::size_t size, off_t at),
               (file, from, size, at))
STROWGER_GUARD(pid_t, fork, (), ())
STROWGER_GUARD(int, getaddrinfo,
               (const char* host, const char* service, const addrinfo* hints, addrinfo** found),
               (host, service, hints, found))

#define STROWGER_GUARD_DESCRIPTOR(name, parameters, arguments) \
  ssize_t name parameters {                                    \
    refuse_file(#name, descriptor);                            \
    static const auto real = next<ssize_t parameters>(#name);  \
    return real arguments;                                     \
  }

STROWGER_GUARD_DESCRIPTOR(read, (int descriptor, void* to, std::size_t size),
                          (descriptor, to, size))
STROWGER_GUARD_DESCRIPTOR(write, (int descriptor, const void* from, std::size_t size),
                          (descriptor, from, size))
STROWGER_GUARD_DESCRIPTOR(readv, (int descriptor, const iovec* to, int count),
                          (descriptor, to, count))
STROWGER_GUARD_DESCRIPTOR(writev, (int descriptor, const iovec* from, int count),
                          (descriptor, from, count))
#undef STROWGER_GUARD_DESCRIPTOR

}  // extern "C"
// NOLINTEND

#endif
