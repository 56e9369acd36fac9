#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>

#include "timing/probe_checks.hpp"

namespace strowger::timing {
namespace {

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr const char* needs_root =
    "/proc/timer_list can be read by root only: run the probe as root";

}  // namespace

std::string trimmed(std::string text) {
  constexpr const char* blank = " \t\r\n";
  text.erase(0, std::min(text.find_first_not_of(blank), text.size()));
  text.erase(text.find_last_not_of(blank) + 1);
  return text;
}

std::optional<std::string> behind(const std::string& text, std::string_view key) {
  const auto values = all_behind(text, key);
  return values.empty() ? std::nullopt : std::optional(values.front());
}

std::vector<std::string> all_behind(const std::string& text, std::string_view key) {
  std::vector<std::string> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find(key);
    if (at != std::string::npos) {
      std::string value = trimmed(line.substr(at + key.size()));
      value.erase(0, std::min(value.find_first_not_of(" \t:"), value.size()));
      values.push_back(value);
    }
  }
  return values;
}

Check check_clock_source(const ReadFile& files) {
  const std::string folder = "/sys/devices/system/clocksource/clocksource0/";
  const auto current = files(folder + "current_clocksource");
  if (!current) {
    return {"clock source", Verdict::unknown, "no " + folder, "mount /sys"};
  }
  const std::string name = trimmed(*current);
  const auto available = files(folder + "available_clocksource");
  Check check{"clock source", Verdict::good,
              name + (available ? " (available: " + trimmed(*available) + ")" : ""), ""};
  if (is_one_of(name, {"jiffies", "refined-jiffies", "pit"})) {
    check.verdict = Verdict::bad;
    check.advice = "this clock moves in whole ticks: the kernel found no better one, see its log";
  } else if (is_one_of(name, {"acpi_pm", "hpet"})) {
    check.verdict = Verdict::warning;
    check.advice =
        "slow to read (about a microsecond), so the kernel distrusts the TSC: see "
        "\"clocksource\" in its log, tsc=reliable where the processor is known good";
  }
  return check;
}

Check check_event_device(const ReadFile& files) {
  const auto device = files("/sys/devices/system/clockevents/clockevent0/current_device");
  if (!device) {
    return {"event device", Verdict::unknown, "no /sys/devices/system/clockevents", "mount /sys"};
  }
  Check check{"event device", Verdict::good, trimmed(*device), ""};
  if (is_one_of(check.read, {"pit", "rtc", "jiffies", "dummy", ""})) {
    check.verdict = Verdict::bad;
    check.advice =
        "no per-processor timer: ticks come from one slow chip (nolapic, notsc or an "
        "old hypervisor); remove such words from the kernel's command line";
  } else if (check.read.starts_with("hpet")) {
    check.verdict = Verdict::warning;
    check.advice = "the processor's own timer is not used: see \"lapic\" in the kernel's log";
  }
  return check;
}

Check check_timer_list(const ReadFile& files) {
  const auto list = files("/proc/timer_list");
  if (!list) {
    return {"high-resolution mode", Verdict::unknown, "not readable", needs_root};
  }
  const auto active = all_behind(*list, ".hres_active");
  const auto steps = all_behind(*list, ".resolution");
  const auto on = std::count(active.begin(), active.end(), "1");
  const auto fine = std::count(steps.begin(), steps.end(), "1 nsecs");
  Check check{"high-resolution mode", Verdict::good,
              fmt::format("hres_active on {} of {} processors, resolution {}", on, active.size(),
                          steps.empty() ? "not told" : steps.front()),
              ""};
  const bool all_on = on > 0 && on == static_cast<std::ptrdiff_t>(active.size());
  if (!all_on || fine != static_cast<std::ptrdiff_t>(steps.size())) {
    check.verdict = Verdict::bad;
    check.advice =
        "timers move at the kernel's tick: enable CONFIG_HIGH_RES_TIMERS, remove "
        "highres=off; see the clock source and the event device";
  }
  return check;
}

Check check_tick_mode(const ReadFile& files) {
  const auto list = files("/proc/timer_list");
  if (!list) {
    return {"tick mode", Verdict::unknown, "not readable", needs_root};
  }
  // One entry a processor, and one for the broadcast device, which may stay idle (mode 0) where
  // each processor has a timer that runs on in idle states.
  constexpr std::string_view head = "Tick Device: mode:";
  unsigned periodic = 0;
  std::string device;
  for (auto at = list->find(head); at != std::string::npos;) {
    const auto next = list->find(head, at + head.size());
    const std::string entry = list->substr(at, next - at);
    if (entry.find("Per CPU device") != std::string::npos) {
      periodic += behind(entry, head) == "0" ? 1U : 0U;
      device = behind(entry, "Clock Event Device:").value_or("");
    }
    at = next;
  }
  Check check{"tick mode", Verdict::good, periodic > 0 ? "periodic" : "one shot", ""};
  check.read += device.empty() ? "" : ", by " + device;
  if (periodic > 0) {
    check.verdict = Verdict::bad;
    check.advice =
        "the event device ticks at a fixed rate and can't be set for a time of its own: "
        "high-resolution timers can't work (highres=off, nohz=off, or an old device)";
  }
  return check;
}

Check check_kernel_log(const ProbeSystem& system) {
  const auto log = system.kernel_log();
  if (!log) {
    return {"kernel log", Verdict::unknown, "not readable",
            "run the probe as root, or: dmesg | grep -i 'high resolution mode'"};
  }
  constexpr std::array<std::string_view, 3> complaints{"Could not switch to high resolution mode",
                                                       "Marking clocksource 'tsc' as unstable",
                                                       "clocksource: timekeeping watchdog"};
  for (const std::string_view complaint : complaints) {
    if (log->find(complaint) != std::string::npos) {
      const bool fatal = complaint == complaints.front();
      return {"kernel log", fatal ? Verdict::bad : Verdict::warning,
              "says: " + std::string(complaint),
              fatal ? "the kernel tried and failed: another clock source or event device is needed"
                    : "the kernel has stopped trusting the TSC: update firmware or hypervisor"};
    }
  }
  return {"kernel log", Verdict::good, "no complaint of timers or clocks in what is left of it",
          ""};
}

}  // namespace strowger::timing
