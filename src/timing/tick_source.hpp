// Where ticks come from: one interface, five sources behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace strowger::timing {

enum class SourceKind : std::uint8_t {
  timerfd,    // the kernel's periodic timer: a descriptor beside others in an epoll loop
  nanosleep,  // absolute clock_nanosleep: no drift, no descriptor
  hybrid,     // sleeps, and spins for the last few tens of microseconds: most exact, costs CPU
  dahdi,      // /dev/dahdi/timer: the clock of a telephony card, where there is one
  external,   // fed by calls: a line card
};
[[nodiscard]] const char* to_string(SourceKind kind);
[[nodiscard]] std::optional<SourceKind> source_named(const std::string& name);

/// Why a source can't be used, in words for people.
struct SourceRefusal {
  int error = 0;  // errno, 0 where the system was not asked
  const char* what = "";
  [[nodiscard]] std::string message() const;
};

/// Made, and its descriptor opened, by a normal thread; everything else is called by the one
/// thread that ticks, within its real-time section: nothing allocates, locks or formats.
///
/// A source only wakes. Which ticks are due is told by the clock (`TickClock::due`), except where
/// the source has a clock of its own (`counts_itself`): there the source's count is the truth.
class TickSource {
 public:
  TickSource() = default;
  TickSource(const TickSource&) = delete;
  TickSource& operator=(const TickSource&) = delete;
  virtual ~TickSource() = default;

  [[nodiscard]] virtual SourceKind kind() const = 0;
  /// Ticks at `first` and then every `period` (over 0; a source may allow whole milliseconds
  /// only and refuse others). May be called again, at a switch of sources: starts anew.
  [[nodiscard]] virtual core::Result<void, SourceRefusal> start(core::Time first,
                                                                core::Duration period) = 0;
  /// No more wake-ups; its descriptor stays and is silent.
  virtual void stop() = 0;
  /// Returns when `deadline` (the next tick by the clock) has come, or, for a source that counts
  /// itself, when a tick has come, but not later than `longest_wait` after `deadline`: a dead
  /// source must not stop its thread. May return early for no reason.
  virtual void wait(core::Time deadline) = 0;
  /// For threads that wait in epoll for more than the tick: readable when a tick is due. -1 where
  /// the source can only be slept on.
  [[nodiscard]] virtual int descriptor() const { return -1; }
  /// Takes back what made the descriptor readable. Returns how many ticks came since the last
  /// call; only the number of a source that counts itself has a meaning.
  virtual std::uint64_t acknowledge() = 0;
  [[nodiscard]] virtual bool counts_itself() const { return false; }

  static constexpr core::Duration longest_wait = core::milliseconds(20);
};

}  // namespace strowger::timing
