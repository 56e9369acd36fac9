#include "timing/external_source.hpp"

#include <cerrno>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace strowger::timing {

ExternalSource::ExternalSource() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

ExternalSource::~ExternalSource() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

void ExternalSource::feed(std::uint64_t ticks) {
  if (running_.load(std::memory_order_acquire)) {
    (void)!write(descriptor_, &ticks, sizeof ticks);
  }
}

core::Result<void, SourceRefusal> ExternalSource::start(core::Time, core::Duration) {
  if (descriptor_ < 0) {
    return core::fail(SourceRefusal{EMFILE, "eventfd (raise ulimit -n)"});
  }
  acknowledge();
  running_.store(true, std::memory_order_release);
  return {};
}

void ExternalSource::stop() {
  running_.store(false, std::memory_order_release);
  acknowledge();
}

void ExternalSource::wait(core::Time) {
  pollfd ready{descriptor_, POLLIN, 0};
  poll(&ready, 1, static_cast<int>(longest_wait.milliseconds()));
}

std::uint64_t ExternalSource::acknowledge() {
  std::uint64_t ticks = 0;
  return read(descriptor_, &ticks, sizeof ticks) == sizeof ticks ? ticks : 0;
}

}  // namespace strowger::timing
