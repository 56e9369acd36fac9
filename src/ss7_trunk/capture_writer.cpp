#include "ss7_trunk/capture_writer.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

namespace strowger::ss7_trunk {
namespace {

constexpr auto pause = std::chrono::milliseconds(20);

std::int64_t read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

}  // namespace

/// The file, open; its owner alone may read it, as messages hold numbers of subscribers.
class CaptureWriter::File {
 public:
  File(int descriptor, ss7::mtp2::CaptureType type)
      : file_(::fdopen(descriptor, "wb")),
        type_(type),
        began_ns_(read_clock(CLOCK_MONOTONIC)),
        wall_ns_(read_clock(CLOCK_REALTIME) - began_ns_) {
    write(ss7::mtp2::capture_header(type));
  }
  ~File() {
    if (file_ != nullptr) {
      std::fclose(file_);
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// One record of the tap. Units of an earlier capture are passed over.
  void take(std::span<const std::byte> record) {
    CapturedHeader header;
    std::memcpy(&header, record.data(), sizeof header);
    if (header.at_ns < began_ns_) {
      return;
    }
    ss7::mtp2::CapturedUnit unit;
    unit.unit = {reinterpret_cast<const core::Octet*>(record.data()) + sizeof header,
                 header.octets};
    unit.time = {header.at_ns + wall_ns_};
    unit.sent = header.sent != 0;
    unit.link = header.link;
    unit.numbers = header.wide != 0 ? ss7::mtp2::Config::Numbers::twelve_bits
                                    : ss7::mtp2::Config::Numbers::seven_bits;
    write(ss7::mtp2::capture_record(unit, type_, room_));
    ++units_;
  }
  void flush() {
    if (error_ == 0 && std::fflush(file_) != 0) {
      error_ = errno;
    }
  }
  [[nodiscard]] std::uint64_t units() const { return units_; }
  /// 0, or why it can't be written.
  [[nodiscard]] int error() const { return error_; }

 private:
  void write(core::Octets octets) {
    if (error_ == 0 && std::fwrite(octets.data(), 1, octets.size(), file_) != octets.size()) {
      error_ = errno;
    }
  }

  std::FILE* file_;
  ss7::mtp2::CaptureType type_;
  std::int64_t began_ns_;
  std::int64_t wall_ns_;  // what makes calendar time of monotonic time
  std::uint64_t units_ = 0;
  int error_ = 0;
  std::array<core::Octet, ss7::mtp2::max_capture_record_octets> room_{};
};

core::Result<void, std::string> CaptureWriter::start(const CaptureOptions& options) {
  const std::lock_guard life(life_);
  {
    const std::lock_guard lock(lock_);
    if (status_.running) {
      return core::fail("a dump to " + status_.options.path + " is running: ss7 dump stop ends it");
    }
  }
  end_thread();
  const int descriptor =
      ::open(options.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return core::fail(options.path + " can't be written: " + std::strerror(errno));
  }
  auto file = std::make_shared<File>(descriptor, options.type);
  {
    const std::lock_guard lock(lock_);
    status_ = {true, options, 0, 0, {}};
    lost_before_ = bank_.tap().lost();
  }
  stop_.store(false, std::memory_order_release);
  thread_ = std::thread([this, file] { run(*file); });
  pthread_setname_np(thread_.native_handle(), "ss7-dump");
  filter_links(options.filter);
  return {};
}

void CaptureWriter::stop(std::uint8_t directions) {
  const std::lock_guard life(life_);
  UnitFilter left;
  {
    const std::lock_guard lock(lock_);
    left.bits = static_cast<std::uint8_t>(status_.options.filter.bits & ~directions);
    status_.options.filter = left;
    if (!status_.running) {
      left.bits = 0;
    }
  }
  if ((left.bits & (UnitFilter::in | UnitFilter::out)) != 0) {
    filter_links(left);
    return;
  }
  filter_links({});
  end_thread();
}

void CaptureWriter::end_thread() {
  stop_.store(true, std::memory_order_release);
  if (thread_.joinable()) {
    thread_.join();
  }
}

void CaptureWriter::filter_links(UnitFilter filter) {
  LinkOrder order;
  order.kind = LinkOrder::Kind::capture;
  const std::optional<LinkNumber> only = status().options.link;
  for (std::size_t i = 0; i < bank_.links(); ++i) {
    const bool chosen = !only || *only == link_at(i);
    order.filter = chosen ? filter : UnitFilter{};
    desk_.order(link_at(i), order);
  }
}

void CaptureWriter::run(File& file) {
  rt::RecordFifo& fifo = bank_.tap().fifo();
  for (bool last = false; !last && file.error() == 0;) {
    last = stop_.load(std::memory_order_acquire);
    while (const auto record = fifo.front()) {
      file.take(record->octets);
      fifo.release();
    }
    file.flush();
    {
      const std::lock_guard lock(lock_);
      status_.units = file.units();
      status_.lost = bank_.tap().lost() - lost_before_;
    }
    if (!last) {
      std::this_thread::sleep_for(pause);
    }
  }
  if (file.error() != 0) {
    filter_links({});
  }
  const std::lock_guard lock(lock_);
  status_.running = false;
  status_.failure = file.error() == 0 ? "" : std::strerror(file.error());
}

CaptureStatus CaptureWriter::status() const {
  const std::lock_guard lock(lock_);
  return status_;
}

}  // namespace strowger::ss7_trunk
