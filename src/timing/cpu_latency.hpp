// Keeps processors out of idle states that they leave slowly.
#pragma once

#include <string>

#include "core/time.hpp"

namespace strowger::timing {

/// While it lives, no processor enters an idle state that takes longer than `at_most` to leave (0:
/// idle processors poll). Costs power, and in a virtual machine the host's time. By a normal
/// thread; one descriptor. What cyclictest does with 0.
class CpuLatency {
 public:
  explicit CpuLatency(core::Duration at_most, const char* path = "/dev/cpu_dma_latency");
  ~CpuLatency();
  CpuLatency(const CpuLatency&) = delete;
  CpuLatency& operator=(const CpuLatency&) = delete;

  [[nodiscard]] bool held() const { return descriptor_ >= 0; }
  /// Why it is not held and what to do; empty where it is.
  [[nodiscard]] const std::string& remedy() const { return remedy_; }

 private:
  int descriptor_ = -1;
  std::string remedy_;
};

}  // namespace strowger::timing
