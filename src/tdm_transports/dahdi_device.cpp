#include "tdm_transports/dahdi_device.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace strowger::tdm_transports {

int RealDahdiDevice::open(const char* path) {
  return ::open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

void RealDahdiDevice::close(int descriptor) {
  ::close(descriptor);
}

int RealDahdiDevice::control(int descriptor, unsigned long request, void* argument) {
  return ::ioctl(descriptor, request, argument);
}

std::ptrdiff_t RealDahdiDevice::read(int descriptor, core::MutableOctets into) {
  return ::read(descriptor, into.data(), into.size());
}

std::ptrdiff_t RealDahdiDevice::write(int descriptor, core::Octets octets) {
  return ::write(descriptor, octets.data(), octets.size());
}

}  // namespace strowger::tdm_transports
