#include "timing/cpu_latency.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace strowger::timing {

/// The request holds for as long as the descriptor is open; it is one 32-bit number of us.
CpuLatency::CpuLatency(core::Duration at_most, const char* path)
    : descriptor_(open(path, O_WRONLY | O_CLOEXEC)) {
  const auto us = static_cast<std::int32_t>(at_most.microseconds());
  if (descriptor_ >= 0 && write(descriptor_, &us, sizeof us) == sizeof us) {
    return;
  }
  remedy_ = std::string("Idle states of the processors are not limited (") + path + ": " +
            std::strerror(errno) + "): let the user of strowger write to it (a udev rule, or " +
            "DeviceAllow=/dev/cpu_dma_latency of the service), or take cpulatency out of "
            "timing.conf.";
  if (descriptor_ >= 0) {
    close(descriptor_);
    descriptor_ = -1;
  }
}

CpuLatency::~CpuLatency() {
  if (held()) {
    close(descriptor_);
  }
}

}  // namespace strowger::timing
