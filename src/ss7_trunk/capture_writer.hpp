// Writes captured units to a pcap file: the normal side of a CaptureTap, with a thread of its own,
// so that a slow or full disk holds up nobody. Any normal thread may call it.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/result.hpp"
#include "ss7/mtp2/capture.hpp"
#include "ss7_trunk/link_desk.hpp"

namespace strowger::ss7_trunk {

struct CaptureOptions {
  std::string path;
  UnitFilter filter{UnitFilter::everything};
  std::optional<LinkNumber> link;  // nothing: all
  ss7::mtp2::CaptureType type = ss7::mtp2::CaptureType::with_direction;
};

struct CaptureStatus {
  bool running = false;
  CaptureOptions options;
  std::uint64_t units = 0;  // written
  std::uint64_t lost = 0;   // by this capture, for want of room between the threads
  std::string failure;      // why the last one ended by itself; empty: it did not
};

class CaptureWriter {
 public:
  /// Both outlive it.
  CaptureWriter(LinkBank& bank, LinkDesk& desk) : bank_(bank), desk_(desk) {}
  ~CaptureWriter() { stop(UnitFilter::in | UnitFilter::out); }
  CaptureWriter(const CaptureWriter&) = delete;
  CaptureWriter& operator=(const CaptureWriter&) = delete;

  /// The error is a sentence: one is running, or the file can't be written.
  [[nodiscard]] core::Result<void, std::string> start(const CaptureOptions& options);
  /// Ends these directions (UnitFilter::in, out, or both); the file is closed when none is left.
  void stop(std::uint8_t directions);
  [[nodiscard]] CaptureStatus status() const;

 private:
  class File;
  void run(File& file);
  void filter_links(UnitFilter filter);
  void end_thread();

  LinkBank& bank_;
  LinkDesk& desk_;
  std::mutex life_;  // of start and stop
  mutable std::mutex lock_;
  CaptureStatus status_;
  std::uint64_t lost_before_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace strowger::ss7_trunk
