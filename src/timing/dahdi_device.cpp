#include <cerrno>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "timing/dahdi_source.hpp"

namespace strowger::timing {
namespace {

// The device's interface to programs: an argument of one int each, by address.
constexpr unsigned long timer_config = _IOW(0xDA, 47, int);  // samples between two ticks
constexpr unsigned long timer_ack = _IOW(0xDA, 48, int);     // how many ticks are taken; 0: all
constexpr unsigned long get_event = _IOR(0xDA, 8, int);      // what there is; it stays until taken
constexpr int event_timer_expired = 15;

class CharacterDevice final : public DahdiDevice {
 public:
  explicit CharacterDevice(const char* path) : path_(path) {}
  ~CharacterDevice() override {
    if (descriptor_ >= 0) {
      close(descriptor_);
    }
  }

  int open() override {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    return descriptor_ < 0 ? errno : 0;
  }
  int configure(int samples) override { return call(timer_config, samples); }
  int acknowledge(int count) override { return call(timer_ack, count); }
  int expired(bool& yes) override {
    int event = 0;
    const int error = call(get_event, event);
    yes = event == event_timer_expired;
    return error;
  }
  void wait(core::Duration at_most) override {
    pollfd ready{descriptor_, POLLPRI, 0};
    poll(&ready, 1, static_cast<int>(at_most.milliseconds()));
  }
  [[nodiscard]] int descriptor() const override { return descriptor_; }

 private:
  [[nodiscard]] int call(unsigned long what, int& argument) const {
    return ioctl(descriptor_, what, &argument) == 0 ? 0 : errno;
  }

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace

std::unique_ptr<DahdiDevice> open_dahdi_device(const char* path) {
  return std::make_unique<CharacterDevice>(path);
}

}  // namespace strowger::timing
