// Work that users want done at a time: the table behind the timing service, without a thread of
// its own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/timer_wheel.hpp"
#include "core/result.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"
#include "rt/command_queue.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/wakeup.hpp"

namespace strowger::timing {

/// Called with the time at which it was due (on the tick: rounded up to a millisecond).
/// On the timing thread it is within a real-time section: it must not block, allocate, throw or
/// call the table. On a thread of the user's own it may do as it likes, but not throw.
using Work = std::function<void(core::Time due)>;

/// Never used again, so a stale one means nothing.
using WorkId = core::Strong<struct WorkIdTag, std::uint64_t>;

enum class WorkError : std::uint8_t {
  full,       // as much work as the table has room for
  no_period,  // a period below one tick
};
[[nodiscard]] const char* to_string(WorkError error);

struct WorkJob;

/// Where due work waits for a thread of the user's own choice. One thread calls `run`: whenever
/// `descriptor` is readable, or at intervals of its own. Lent to the table, which must end first;
/// after that `run` must not be called.
class WorkQueue {
 public:
  /// Allocates and takes a descriptor; throws std::system_error where there is none. `room` is the
  /// table's `most_work`: each piece of work waits here once at most.
  explicit WorkQueue(std::size_t room);

  [[nodiscard]] int descriptor() const { return wakeup_.descriptor(); }
  /// Does what waits, in the order in which it fell due; says how much. Never waits.
  std::size_t run();

 private:
  friend class WorkTable;
  struct Entry {
    WorkJob* job;
    core::Time due;
  };

  std::vector<Entry> slots_;
  rt::SpscFifo<Entry> fifo_;
  rt::Wakeup wakeup_;
};

struct WorkCounters {
  std::uint64_t done = 0;      // called, or handed to a queue
  std::uint64_t overruns = 0;  // due again while the last one still waited in its queue
  std::uint64_t missed = 0;    // periods passed over because the clock was given up on
};

class WorkTable {
 public:
  /// Allocates for `most_work` pieces of work at a time. `tick` is the resolution.
  WorkTable(std::size_t most_work, core::Duration tick, core::Time origin);
  ~WorkTable();
  WorkTable(const WorkTable&) = delete;
  WorkTable& operator=(const WorkTable&) = delete;

  // ---- any normal thread, also from work on a queue

  /// Once at `when`, or from then on every `period` (0: once). On the timing thread where `on` is
  /// null, otherwise on the thread that runs `on`.
  [[nodiscard]] core::Result<WorkId, WorkError> add(core::Time when, core::Duration period,
                                                    Work work, WorkQueue* on);
  /// When it returns, the work will not begin any more, though it may be in the midst of running
  /// on its thread. Nothing where it is over already. What the work holds is released by a later
  /// call of `add` or `cancel`, or at the end.
  void cancel(WorkId id);
  /// Pieces of work that are neither over nor cancelled and released.
  [[nodiscard]] std::size_t size();

  /// What the timing thread touches beside the work itself, to be locked before it starts.
  [[nodiscard]] std::array<std::span<std::byte>, 3> memory();

  // ---- the timing thread

  /// Does what is due at `now`. Times of periodic work never slip; a period that has passed
  /// altogether is not made up for.
  void tick(core::Time now);

  // ---- any thread
  [[nodiscard]] WorkCounters counters() const;

 private:
  struct Command {
    WorkJob* job;
    bool cancel;
  };

  void collect();
  void carry_out(const Command& command);
  void fire(WorkJob& job, core::Time now);
  void finished(WorkJob& job) { reports_.push(&job); }

  std::size_t most_work_;
  core::Duration tick_;
  base::TimerWheel<WorkJob*> wheel_;
  rt::Wakeup nobody_sleeps_;
  rt::CommandQueue<Command> commands_;
  std::vector<WorkJob*> report_slots_;
  rt::SpscFifo<WorkJob*> reports_;  // one for each way in which the timing thread lets go of a job
  std::mutex mutex_;                // normal threads only
  std::map<std::uint64_t, std::unique_ptr<WorkJob>> jobs_;
  std::uint64_t next_id_ = 1;
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> overruns_{0};
  std::atomic<std::uint64_t> missed_{0};
};

}  // namespace strowger::timing
