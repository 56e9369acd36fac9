#include "media/media_clock.hpp"

#include <cerrno>
#include <ctime>
#include <system_error>

#include <sys/timerfd.h>
#include <unistd.h>

namespace strowger::media {
namespace {

std::int64_t nanoseconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

timespec timespec_of(std::int64_t ns) {
  return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}

}  // namespace

TimerClock::TimerClock() : timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  itimerspec pace{};
  pace.it_interval = timespec_of(tick_length.ns);
  pace.it_value = timespec_of(nanoseconds_of(CLOCK_MONOTONIC) + tick_length.ns);
  if (!timer_.valid() || timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &pace, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            "timerfd: raise the limit of open files (ulimit -n)");
  }
}

core::Time TimerClock::now() const {
  return {nanoseconds_of(CLOCK_MONOTONIC)};
}

core::WallTime TimerClock::wall() const {
  return {nanoseconds_of(CLOCK_REALTIME)};
}

std::uint64_t TimerClock::take_ticks() {
  std::uint64_t ticks = 0;
  return read(timer_.get(), &ticks, sizeof ticks) == sizeof ticks ? ticks : 0;
}

}  // namespace strowger::media
