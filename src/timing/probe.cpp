#include "timing/probe.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <sched.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#include "timing/measurement.hpp"
#include "timing/probe_checks.hpp"
#include "timing/sleep_source.hpp"
#include "timing/timerfd_source.hpp"

namespace strowger::timing {
namespace {

int try_real_time(int priority) {
  sched_param before{};
  const int policy = sched_getscheduler(0);
  sched_getparam(0, &before);
  sched_param wanted{};
  wanted.sched_priority = priority;
  if (sched_setscheduler(0, SCHED_FIFO, &wanted) != 0) {
    return errno;
  }
  sched_setscheduler(0, policy, &before);
  return 0;
}

std::optional<std::string> read_kernel_log() {
  constexpr int read_all = 3;
  std::string text(std::size_t{1} << 20U, '\0');
  const int size = klogctl(read_all, text.data(), static_cast<int>(text.size()));
  if (size < 0) {
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(size));
  return text;
}

core::Duration claimed_resolution() {
  timespec step{};
  clock_getres(CLOCK_MONOTONIC, &step);
  return {step.tv_sec * 1'000'000'000LL + step.tv_nsec};
}

std::string kernel_release() {
  utsname name{};
  return uname(&name) == 0 ? name.release : "";
}

void conclude(ProbeReport& report, std::size_t measured) {
  const auto worst = [](auto begin, auto end) {
    Verdict verdict = Verdict::good;
    for (auto at = begin; at != end; ++at) {
      verdict = at->verdict == Verdict::unknown ? verdict : std::max(verdict, at->verdict);
    }
    return verdict;
  };
  const auto begin = report.checks.begin();
  const Verdict seen = worst(begin, begin + static_cast<std::ptrdiff_t>(measured));
  const Verdict read = worst(begin + static_cast<std::ptrdiff_t>(measured), report.checks.end());
  report.verdict =
      seen == Verdict::bad ? Verdict::bad : std::min(std::max(seen, read), Verdict::warning);
  if (report.verdict == Verdict::bad) {
    report.summary = "This machine's timer can not pace media at 1 kHz: see what is marked BAD.";
  } else if (report.verdict == Verdict::warning) {
    report.summary =
        "The timer is fine enough for 1 kHz; what is marked WARN makes it less steady "
        "than it could be.";
  } else {
    report.summary = "The high-resolution timer is a true one: ticks at 1 kHz will be steady.";
  }
}

const char* mark_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::good:
      return "ok";
    case Verdict::unknown:
      return "?";
    case Verdict::warning:
      return "WARN";
    case Verdict::bad:
      return "BAD";
  }
  return "?";
}

}  // namespace

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::good:
      return "good";
    case Verdict::unknown:
      return "unknown";
    case Verdict::warning:
      return "warning";
    case Verdict::bad:
      return "bad";
  }
  return "?";
}

ReadFile files_below(std::string root) {
  return [root = std::move(root)](const std::string& path) -> std::optional<std::string> {
    std::ifstream file(root + path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) {
      return std::nullopt;
    }
    return text.str();
  };
}

ProbeSystem ProbeSystem::real(Clocks& clocks, const std::string& root) {
  ProbeSystem system{{},
                     clocks,
                     claimed_resolution,
                     [] { return core::Duration{prctl(PR_GET_TIMERSLACK)}; },
                     try_real_time,
                     kernel_release,
                     read_kernel_log,
                     {}};
  system.files = files_below(root);
  system.sources.push_back(std::make_unique<TimerfdSource>());
  system.sources.push_back(std::make_unique<NanosleepSource>(clocks));
  system.sources.push_back(std::make_unique<HybridSource>(clocks));
  return system;
}

ProbeReport run_probe(ProbeSystem& system) {
  ProbeReport report;
  const auto stat_before = system.files("/proc/stat");
  const Check slack = check_slack(system);
  // The probe itself sleeps as strowger's threads do: without slack.
  system.clocks.drop_timer_slack();
  report.checks.push_back(check_sleep(system.clocks));
  for (Check& check : check_sources(system)) {
    report.checks.push_back(std::move(check));
  }
  const std::size_t measured = report.checks.size();
  report.checks.push_back(check_resolution(system));
  report.checks.push_back(check_clock_cost(system.clocks));
  report.checks.push_back(check_clock_source(system.files));
  report.checks.push_back(check_event_device(system.files));
  report.checks.push_back(check_timer_list(system.files));
  report.checks.push_back(check_tick_mode(system.files));
  report.checks.push_back(check_kernel_log(system));
  report.checks.push_back(check_kernel_config(system));
  report.checks.push_back(check_command_line(system.files));
  report.checks.push_back(check_preemption(system));
  report.checks.push_back(check_hypervisor(system.files));
  report.checks.push_back(check_steal(stat_before, system.files("/proc/stat")));
  report.checks.push_back(slack);
  report.checks.push_back(check_priority(system));
  report.checks.push_back(check_throttling(system.files));
  report.checks.push_back(check_processors(system.files));
  report.checks.push_back(check_idle_states(system.files));
  report.checks.push_back(check_quota(system.files));
  conclude(report, measured);
  return report;
}

std::string probe_text(const ProbeReport& report) {
  std::string text;
  for (const Check& check : report.checks) {
    text += fmt::format("{:<4}  {:<22} {}\n", mark_of(check.verdict), check.name, check.read);
    if (!check.advice.empty()) {
      text += fmt::format("{:<6}{:<22} -> {}\n", "", "", check.advice);
    }
  }
  return text + "\n" + report.summary + "\n";
}

std::string probe_json(const ProbeReport& report) {
  std::string checks;
  for (const Check& check : report.checks) {
    checks += fmt::format("{}{{\"name\":{},\"verdict\":{},\"read\":{},\"advice\":{}}}",
                          checks.empty() ? "" : ",", json_string(check.name),
                          json_string(to_string(check.verdict)), json_string(check.read),
                          json_string(check.advice));
  }
  return fmt::format("{{\"verdict\":{},\"summary\":{},\"checks\":[{}]}}",
                     json_string(to_string(report.verdict)), json_string(report.summary), checks);
}

}  // namespace strowger::timing
