#include "rt/wakeup.hpp"

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace strowger::rt {

Wakeup::Wakeup() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(),
                            "eventfd: raise the limit of open files (ulimit -n)");
  }
}

Wakeup::~Wakeup() {
  close(descriptor_);
}

void Wakeup::signal() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable anyway.
  (void)!write(descriptor_, &one, sizeof one);
}

void Wakeup::drain() {
  std::uint64_t count = 0;
  (void)!read(descriptor_, &count, sizeof count);
}

}  // namespace strowger::rt
