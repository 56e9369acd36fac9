// `strowger timing probe`: is the high-resolution timer truly one, and what of this machine stands
// in the way of a steady millisecond? Checks that work for everybody, and some that need root; each
// says what was read, whether that is good, and what to do where it is not.
//
// A normal thread; takes about half a second, most of it asleep. Everything it asks of the machine
// goes through `ProbeSystem`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "timing/clocks.hpp"
#include "timing/tick_source.hpp"

namespace strowger::timing {

enum class Verdict : std::uint8_t {
  good,
  unknown,  // could not be read: the advice says how it could be
  warning,  // works, but not at its best
  bad,      // ticks will not be steady
};
[[nodiscard]] const char* to_string(Verdict verdict);

struct Check {
  std::string name;
  Verdict verdict = Verdict::unknown;
  std::string read;    // what was found
  std::string advice;  // what to do; empty where all is well
};

/// The text of a file, or nothing where it does not exist or may not be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;
/// Files of the machine, or those of a copy below `root` (root + "/proc/stat").
[[nodiscard]] ReadFile files_below(std::string root);

struct ProbeSystem {
  ReadFile files;
  Clocks& clocks;
  std::function<core::Duration()> resolution;              // clock_getres
  std::function<core::Duration()> timer_slack;             // of this thread, at first
  std::function<int(int priority)> try_fifo;               // errno; leaves things as they were
  std::function<std::string()> release;                    // of the kernel, as uname -r
  std::function<std::optional<std::string>()> kernel_log;  // what is left of it
  std::vector<std::unique_ptr<TickSource>> sources;        // to be tried at 1 kHz

  /// `root`: as in `files_below`; kernel log, release and the measurements are the machine's.
  [[nodiscard]] static ProbeSystem real(Clocks& clocks, const std::string& root);
};

struct ProbeReport {
  std::vector<Check> checks;
  /// Bad where the timer is coarse or ticks can't be steady, whatever the files say; a warning
  /// where any check warns or is bad.
  Verdict verdict = Verdict::good;
  std::string summary;  // one sentence
};

[[nodiscard]] ProbeReport run_probe(ProbeSystem& system);
[[nodiscard]] std::string probe_text(const ProbeReport& report);
[[nodiscard]] std::string probe_json(const ProbeReport& report);

}  // namespace strowger::timing
