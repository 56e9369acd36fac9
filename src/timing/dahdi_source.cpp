#include "timing/dahdi_source.hpp"

#include <utility>

namespace strowger::timing {

DahdiSource::DahdiSource(std::unique_ptr<DahdiDevice> device)
    : device_(std::move(device)), open_error_(device_->open()) {}

core::Result<void, SourceRefusal> DahdiSource::start(core::Time, core::Duration period) {
  // The card moves 8 samples a millisecond and can count nothing finer.
  constexpr int samples_a_ms = 8;
  if (open_error_ != 0) {
    return core::fail(SourceRefusal{open_error_, "/dev/dahdi/timer"});
  }
  if (period.ns % 1'000'000 != 0) {
    return core::fail(SourceRefusal{0, "DAHDI ticks in whole milliseconds only"});
  }
  const int error = device_->configure(static_cast<int>(period.milliseconds()) * samples_a_ms);
  if (error != 0) {
    return core::fail(SourceRefusal{error, "DAHDI_TIMERCONFIG"});
  }
  device_->acknowledge(0);
  return {};
}

void DahdiSource::stop() {
  if (open_error_ == 0) {
    device_->configure(0);
    device_->acknowledge(0);
  }
}

void DahdiSource::wait(core::Time) {
  device_->wait(longest_wait);
}

std::uint64_t DahdiSource::acknowledge() {
  std::uint64_t count = 0;
  bool expired = false;
  while (count < most_counted && device_->expired(expired) == 0 && expired &&
         device_->acknowledge(1) == 0) {
    ++count;
  }
  if (count == most_counted) {
    device_->acknowledge(0);
  }
  return count;
}

}  // namespace strowger::timing
