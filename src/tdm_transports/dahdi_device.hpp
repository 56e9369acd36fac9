// The system calls by which DAHDI's devices are reached: a seam, so that tests put a device of
// their own below the line.
#pragma once

#include <cstddef>

#include "core/octets.hpp"

namespace strowger::tdm_transports {

/// Each function returns what the system call does: -1 and errno where it failed.
class DahdiDevice {
 public:
  DahdiDevice() = default;
  DahdiDevice(const DahdiDevice&) = delete;
  DahdiDevice& operator=(const DahdiDevice&) = delete;
  virtual ~DahdiDevice() = default;
  virtual int open(const char* path) = 0;  // read and write, never blocking
  virtual void close(int descriptor) = 0;
  virtual int control(int descriptor, unsigned long request, void* argument) = 0;
  virtual std::ptrdiff_t read(int descriptor, core::MutableOctets into) = 0;
  virtual std::ptrdiff_t write(int descriptor, core::Octets octets) = 0;
};

/// The kernel's.
class RealDahdiDevice final : public DahdiDevice {
 public:
  int open(const char* path) override;
  void close(int descriptor) override;
  int control(int descriptor, unsigned long request, void* argument) override;
  std::ptrdiff_t read(int descriptor, core::MutableOctets into) override;
  std::ptrdiff_t write(int descriptor, core::Octets octets) override;
};

}  // namespace strowger::tdm_transports
