// The beat of one real-time thread: chooses a source by measuring, wakes, hands out the ticks that
// are due in order, and keeps watch on the source and on the machine's clocks.
//
// A thread that only ticks:                  A thread that waits in epoll for packets too:
//   ticker.begin();                            ticker.begin();      // needs_descriptor = true
//   ticker.run(stop, [&](number, at) {});      watch every one of ticker.descriptors()
//                                              when one is readable, or at any time:
//                                                const Due due = ticker.take();
//                                                for (i < due.count) tick(ticker.at(due.first +
//                                                i));
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "rt/section.hpp"
#include "rt/spsc_fifo.hpp"
#include "timing/clocks.hpp"
#include "timing/jump_watch.hpp"
#include "timing/source_judge.hpp"
#include "timing/source_trial.hpp"
#include "timing/tick_clock.hpp"
#include "timing/tick_recorder.hpp"
#include "timing/tick_source.hpp"

namespace strowger::timing {

struct TickerConfig {
  TickConfig tick{};
  unsigned trial_ticks = 200;  // of each source at start; 0, or a single source: no trial
  core::Duration tolerance = core::microseconds(100);  // see `choose`
  JudgeConfig judge{};
  JumpConfig jumps{};
  unsigned looks_every = 250;     // wake-ups between two looks at all the clocks; 0: never
  bool needs_descriptor = false;  // only sources that have one
};

/// What happened on the ticking thread, for the log; `describe` makes a sentence of it.
struct TickEvent {
  enum class Kind : std::uint8_t { resynchronised, jump, source_changed };
  Kind kind = Kind::resynchronised;
  core::Time at;
  core::Duration by;          // resynchronised: the lateness; jump: how far
  std::uint64_t skipped = 0;  // resynchronised
  JumpKind jump = JumpKind::suspended;
  SourceKind from = SourceKind::timerfd;  // source_changed
  SourceKind to = SourceKind::timerfd;
  SwitchReason reason = SwitchReason::late;
};
[[nodiscard]] std::string describe(const TickEvent& event);

class Ticker {
 public:
  /// By a normal thread; allocates. `sources` in the order of preference, none null, at most
  /// `SourceJudge::most_sources`. `clocks` must outlive the ticker.
  Ticker(const TickerConfig& config, std::vector<std::unique_ptr<TickSource>> sources,
         Clocks& clocks);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  // ---- the ticking thread

  /// Measures, chooses and starts; tick 0 is due one period later. Takes `trial_ticks` periods a
  /// source. Allocates, so before the real-time section. The error is a sentence: no source works.
  core::Result<Choice, std::string> begin();
  /// Sleeps until the next tick, or a little longer where the source is dead.
  void wait() { sources_[current_]->wait(clock_.next_deadline()); }
  /// The ticks that are due; never waits. Each is to be done at its own time, `at(number)`.
  Due take();
  [[nodiscard]] core::Time at(std::uint64_t number) const { return clock_.at(number); }
  [[nodiscard]] core::Time next_deadline() const { return clock_.next_deadline(); }
  /// Of all sources that have one, to be watched all the time: the ones not running are silent.
  [[nodiscard]] std::span<const int> descriptors() const { return descriptors_; }

  /// Ticks until `stop`: calls `tick(number, at)` for each, in order, within a real-time section.
  template <class Tick>
  void run(const std::atomic<bool>& stop, Tick&& tick) {
    const rt::RealTimeSection section;
    while (!stop.load(std::memory_order_acquire)) {
      wait();
      const Due due = take();
      for (std::uint64_t i = 0; i < due.count; ++i) {
        tick(due.first + i, at(due.first + i));
      }
    }
  }

  // ---- any thread

  [[nodiscard]] TickCounters counters() const;
  [[nodiscard]] SourceKind source() const { return source_.load(std::memory_order_relaxed); }
  /// For `timing test` on the live thread.
  [[nodiscard]] TickRecorder& recorder() { return recorder_; }

  // ---- one normal thread

  /// Moves events out, oldest first; never waits. What found no room (64) is counted.
  std::size_t take_events(std::span<TickEvent> into) { return events_.pop(into); }
  [[nodiscard]] std::uint64_t events_lost() const { return events_.refused(); }

 private:
  void publish();
  void look_at_clocks(core::Time now);
  void change_source(const Switch& wanted, core::Time now);

  TickerConfig config_;
  std::vector<std::unique_ptr<TickSource>> sources_;
  std::vector<int> descriptors_;
  Clocks& clocks_;
  TickClock clock_;
  std::unique_ptr<SourceJudge> judge_;
  JumpWatch jumps_;
  unsigned until_look_ = 0;
  std::uint64_t backwards_seen_ = 0;
  std::size_t current_ = 0;
  std::atomic<SourceKind> source_{SourceKind::timerfd};
  std::array<std::atomic<std::uint64_t>, 7> published_{};
  TickRecorder recorder_;
  std::array<TickEvent, 64> event_slots_{};
  rt::SpscFifo<TickEvent> events_{event_slots_};
};

}  // namespace strowger::timing
