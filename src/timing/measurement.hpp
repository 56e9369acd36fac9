// What `timing test` makes of the samples of a ticker's recorder: of its own thread, or of the live
// media thread of a running exchange:
//
//   if (!ticker.recorder().begin()) { ... somebody else measures }
//   Measurement measurement(period);
//   every 100 ms or so, until enough:
//     for (n = ticker.recorder().take(samples); ...) measurement.add(span, on_pass)
//   measurement.lost(ticker.recorder().lost()); ticker.recorder().end();
//   report_text(...) or report_json(...)
//
// A normal thread; allocates a little.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "timing/accuracy.hpp"
#include "timing/histogram.hpp"
#include "timing/tick_recorder.hpp"

namespace strowger::timing {

/// Lateness over time, some hundred columns however long it took.
class Timeline {
 public:
  struct Column {
    core::Time begin;
    core::Duration max;
    core::Duration sum;
    std::uint64_t count = 0;
  };
  static constexpr std::size_t most_columns = 600;

  void add(core::Time at, core::Duration lateness);
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }

 private:
  std::vector<Column> columns_;
  std::uint64_t samples_a_column_ = 1;
};

class Measurement {
 public:
  explicit Measurement(core::Duration period) : period_(period), accuracy_(period) {}

  /// Samples in their order; `on_pass` is called for each pass that they complete.
  void add(std::span<const TickSample> samples,
           const std::function<void(const AccuracyMeter::Pass&)>& on_pass);
  /// Samples that the recorder had no room for.
  void lost(std::uint64_t samples) { lost_ = samples; }

  [[nodiscard]] AccuracyMeter::Summary accuracy() const { return accuracy_.summary(); }
  /// Of every tick: one that waited for others in a burst counts with its own lateness.
  [[nodiscard]] const Histogram& lateness() const { return lateness_; }
  /// Of every wake-up, as cyclictest counts.
  [[nodiscard]] const Histogram& wakeups() const { return wakeups_; }
  [[nodiscard]] const Timeline& timeline() const { return timeline_; }
  [[nodiscard]] std::uint64_t missed() const { return missed_; }
  [[nodiscard]] std::uint64_t bursts() const { return bursts_; }
  [[nodiscard]] std::uint64_t longest_burst() const { return longest_burst_; }
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] core::Duration length() const { return last_ - first_; }

 private:
  core::Duration period_;
  AccuracyMeter accuracy_;
  Histogram lateness_;
  Histogram wakeups_;
  Timeline timeline_;
  core::Time first_;
  core::Time last_;
  std::uint64_t missed_ = 0;
  std::uint64_t bursts_ = 0;
  std::uint64_t longest_burst_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t lost_ = 0;
};

/// What stands beside the numbers.
struct ReportContext {
  std::string source;  // of the ticks
  std::string reason;  // why this one
  std::string load;    // "none", "cpu" ...
  bool realtime = false;
  std::string remedy;             // what privilege is missing and how to get it; empty: none
  double steal_percent = -1;      // of the processors' time; below 0: not known
  double cpu_us_a_tick = -1;      // of the ticking thread; below 0: not known
  std::uint64_t page_faults = 0;  // of the ticking thread
  std::uint64_t preemptions = 0;  // times that the processor was taken from it
  std::vector<std::string> events;
};

/// The closing summary of dahdi_test, and beside it what that hides.
[[nodiscard]] std::string report_text(const Measurement& measurement, const ReportContext& context);
/// The same as one JSON object.
[[nodiscard]] std::string report_json(const Measurement& measurement, const ReportContext& context);
/// A text as a JSON string, with its quotes.
[[nodiscard]] std::string json_string(const std::string& text);

}  // namespace strowger::timing
