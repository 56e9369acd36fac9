#include "timing/timerfd_source.hpp"

#include <cerrno>
#include <ctime>

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace strowger::timing {
namespace {

timespec timespec_of(std::int64_t ns) {
  return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}

}  // namespace

TimerfdSource::TimerfdSource()
    : descriptor_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {}

TimerfdSource::~TimerfdSource() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

core::Result<void, SourceRefusal> TimerfdSource::start(core::Time first, core::Duration period) {
  if (descriptor_ < 0) {
    return core::fail(SourceRefusal{EMFILE, "timerfd_create (raise ulimit -n)"});
  }
  itimerspec pace{};
  pace.it_value = timespec_of(first.ns);
  pace.it_interval = timespec_of(period.ns);
  if (timerfd_settime(descriptor_, TFD_TIMER_ABSTIME, &pace, nullptr) != 0) {
    return core::fail(SourceRefusal{errno, "timerfd_settime"});
  }
  return {};
}

void TimerfdSource::stop() {
  const itimerspec never{};
  timerfd_settime(descriptor_, 0, &never, nullptr);
  acknowledge();
}

void TimerfdSource::wait(core::Time) {
  pollfd ready{descriptor_, POLLIN, 0};
  poll(&ready, 1, static_cast<int>(longest_wait.milliseconds()));
}

std::uint64_t TimerfdSource::acknowledge() {
  std::uint64_t ticks = 0;
  return read(descriptor_, &ticks, sizeof ticks) == sizeof ticks ? ticks : 0;
}

}  // namespace strowger::timing
