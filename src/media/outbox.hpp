// From the media thread to the thread that calls the sinks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/time.hpp"
#include "media/job.hpp"
#include "rt/locked_memory.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/wakeup.hpp"

namespace strowger::media {

struct OutRecord {
  enum class Kind : std::uint8_t { digit, timed_out, talking, job };

  Kind kind = Kind::job;
  char digit = '0';
  PortId port;
  core::Duration length;
  Job* job = nullptr;
  bool on = false;  // talking: it began
};

/// Jobs are never lost: what the FIFO has no room for waits in their own list. Digits are lost, and
/// counted, when the FIFO (a second's worth of every port) is full.
class Outbox {
 public:
  /// Several outboxes may wake the same thread.
  Outbox(std::size_t capacity, rt::Wakeup& reader)
      : slots_(capacity), fifo_(slots_), wakeup_(reader) {}

  // ---- the media thread
  /// False when there was no room.
  bool push(const OutRecord& record) {
    flush();
    if (!waiting_.empty() || !fifo_.push(record)) {
      return false;
    }
    wakeup_.notify();
    return true;
  }
  void give_back(Job& job) {
    waiting_.push(job);
    flush();
  }
  /// Each tick: what waits goes when there is room.
  void flush() {
    while (!waiting_.empty()) {
      const auto room = fifo_.claim(1);
      if (room.empty()) {
        return;
      }
      Job* const job = waiting_.pop();
      room.front() = {OutRecord::Kind::job, '0', job->port, {}, job};
      fifo_.publish(1);
      wakeup_.notify();
    }
  }

  /// What the media thread touches, to be locked before it starts.
  [[nodiscard]] std::span<std::byte> memory() { return rt::memory_of(slots_); }

  // ---- any thread
  [[nodiscard]] rt::FifoFigures figures() const { return fifo_.figures(); }

  // ---- the receiving thread
  [[nodiscard]] rt::SpscFifo<OutRecord>& fifo() { return fifo_; }

 private:
  std::vector<OutRecord> slots_;
  rt::SpscFifo<OutRecord> fifo_;
  rt::Wakeup& wakeup_;
  JobList waiting_;
};

}  // namespace strowger::media
