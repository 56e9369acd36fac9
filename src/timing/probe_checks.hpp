// The single checks behind `run_probe`. Each reads little and judges it; none depends on another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "timing/probe.hpp"

namespace strowger::timing {

// ---- measured (probe_measured.cpp)

/// The verdict of last resort: 50 us of sleep, a hundred times. Whatever the kernel claims, a timer
/// that wakes at a jiffy needs 1 to 10 ms for it.
[[nodiscard]] Check check_sleep(Clocks& clocks);
/// Each source at 1 kHz for 50 ticks: a kernel that silently raises the interval to its tick is
/// caught here.
[[nodiscard]] std::vector<Check> check_sources(ProbeSystem& system);
[[nodiscard]] Check check_resolution(const ProbeSystem& system);
[[nodiscard]] Check check_clock_cost(Clocks& clocks);
[[nodiscard]] Check check_slack(const ProbeSystem& system);
[[nodiscard]] Check check_priority(const ProbeSystem& system);
/// Between two readings of /proc/stat.
[[nodiscard]] Check check_steal(const std::optional<std::string>& before,
                                const std::optional<std::string>& after);

// ---- read of the clocks and timers (probe_timers.cpp)
[[nodiscard]] Check check_clock_source(const ReadFile& files);
[[nodiscard]] Check check_event_device(const ReadFile& files);
[[nodiscard]] Check check_timer_list(const ReadFile& files);
[[nodiscard]] Check check_tick_mode(const ReadFile& files);
[[nodiscard]] Check check_kernel_log(const ProbeSystem& system);

// ---- read of the kernel and the machine (probe_machine.cpp)
[[nodiscard]] Check check_kernel_config(const ProbeSystem& system);
[[nodiscard]] Check check_command_line(const ReadFile& files);
[[nodiscard]] Check check_preemption(const ProbeSystem& system);
[[nodiscard]] Check check_hypervisor(const ReadFile& files);
/// How long processors take to wake up from the deepest idle state that they may enter.
[[nodiscard]] Check check_idle_states(const ReadFile& files);
[[nodiscard]] Check check_throttling(const ReadFile& files);
[[nodiscard]] Check check_processors(const ReadFile& files);
[[nodiscard]] Check check_quota(const ReadFile& files);

// ---- shared
/// Without white space at the ends.
[[nodiscard]] std::string trimmed(std::string text);
/// What stands behind the first `key` in a text, up to the end of its line, trimmed of blanks and
/// colons.
[[nodiscard]] std::optional<std::string> behind(const std::string& text, std::string_view key);
/// Every such value.
[[nodiscard]] std::vector<std::string> all_behind(const std::string& text, std::string_view key);
/// Unpacks what gzip packed; nothing where it is none.
[[nodiscard]] std::optional<std::string> unpacked(const std::string& octets);
/// The share of time stolen between two readings of /proc/stat, in percent.
[[nodiscard]] std::optional<double> steal_percent(const std::optional<std::string>& before,
                                                  const std::optional<std::string>& after);

}  // namespace strowger::timing
