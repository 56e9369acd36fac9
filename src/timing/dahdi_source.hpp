// /dev/dahdi/timer: the clock of a telephony card (or of the dahdi module without one, which then
// takes its own time from the kernel). The numbers of its calls are in dahdi_device.cpp: no header
// of DAHDI's is needed to build.
#pragma once

#include <cstdint>
#include <memory>

#include "timing/tick_source.hpp"

namespace strowger::timing {

/// The device's calls; each returns 0 or an errno. A fake takes its place in tests.
class DahdiDevice {
 public:
  DahdiDevice() = default;
  DahdiDevice(const DahdiDevice&) = delete;
  DahdiDevice& operator=(const DahdiDevice&) = delete;
  virtual ~DahdiDevice() = default;

  virtual int open() = 0;
  /// A tick every `samples` samples of 125 us; 0: none.
  virtual int configure(int samples) = 0;
  /// Whether ticks have expired that were not acknowledged.
  virtual int expired(bool& yes) = 0;
  /// Acknowledges `count` of them, 0: all.
  virtual int acknowledge(int count) = 0;
  /// Until one expires, or so long.
  virtual void wait(core::Duration at_most) = 0;
  /// For epoll, which must ask for EPOLLPRI; -1 before `open`.
  [[nodiscard]] virtual int descriptor() const = 0;
};

[[nodiscard]] std::unique_ptr<DahdiDevice> open_dahdi_device(const char* path = "/dev/dahdi/timer");

/// Counts itself: the card's rate is the truth. Periods are whole milliseconds. The device tells
/// that ticks expired, not how many: they are acknowledged one by one up to `most_counted`; what
/// exceeds it (a stall of 10 s at 1 kHz) is lost.
class DahdiSource final : public TickSource {
 public:
  explicit DahdiSource(std::unique_ptr<DahdiDevice> device);

  [[nodiscard]] SourceKind kind() const override { return SourceKind::dahdi; }
  [[nodiscard]] core::Result<void, SourceRefusal> start(core::Time first,
                                                        core::Duration period) override;
  void stop() override;
  void wait(core::Time deadline) override;
  [[nodiscard]] int descriptor() const override { return device_->descriptor(); }
  std::uint64_t acknowledge() override;
  [[nodiscard]] bool counts_itself() const override { return true; }

  static constexpr std::uint64_t most_counted = 10'000;

 private:
  std::unique_ptr<DahdiDevice> device_;
  int open_error_ = 0;
};

}  // namespace strowger::timing
