#include "timing/clocks.hpp"

#include <cerrno>
#include <ctime>

#include <sys/prctl.h>

namespace strowger::timing {
namespace {

std::int64_t nanoseconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

}  // namespace

core::Time SystemClocks::now() {
  return {nanoseconds_of(CLOCK_MONOTONIC)};
}

ClockReadings SystemClocks::read() {
  return {{nanoseconds_of(CLOCK_MONOTONIC)},
          {nanoseconds_of(CLOCK_BOOTTIME)},
          {nanoseconds_of(CLOCK_MONOTONIC_RAW)},
          {nanoseconds_of(CLOCK_REALTIME)}};
}

void SystemClocks::sleep_until(core::Time deadline) {
  const timespec until{static_cast<time_t>(deadline.ns / 1'000'000'000),
                       static_cast<long>(deadline.ns % 1'000'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

void SystemClocks::relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  asm volatile("yield");
#endif
}

void SystemClocks::drop_timer_slack() {
  prctl(PR_SET_TIMERSLACK, 1UL);
}

}  // namespace strowger::timing
