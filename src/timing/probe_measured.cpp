#include <algorithm>
#include <cstring>
#include <sstream>

#include <fmt/format.h>

#include "timing/histogram.hpp"
#include "timing/probe_checks.hpp"
#include "timing/source_trial.hpp"

namespace strowger::timing {
namespace {

double in_us(core::Duration d) {
  return static_cast<double>(d.ns) * 1e-3;
}

/// The first line of /proc/stat: user nice system idle iowait irq softirq steal.
struct Spent {
  double all = 0;
  double steal = 0;
};

std::optional<Spent> spent_of(const std::optional<std::string>& stat) {
  std::istringstream text(stat.value_or(""));
  std::string word;
  Spent spent;
  if (!(text >> word) || word != "cpu") {
    return std::nullopt;
  }
  for (int i = 0; i < 8; ++i) {
    double jiffies = 0;
    if (!(text >> jiffies)) {
      return std::nullopt;
    }
    spent.all += jiffies;
    spent.steal = jiffies;
  }
  return spent;
}

const char* coarse_advice(core::Duration median) {
  if (median >= core::microseconds(900)) {
    return "this is no high-resolution timer but the kernel's tick (a jiffy): look at the kernel's "
           "configuration (CONFIG_HIGH_RES_TIMERS), its command line (highres=off, nohz=off) and "
           "the host of a virtual machine or container; a DAHDI card or a line card can take its "
           "place";
  }
  return "sleeps end late: a busy machine, deep processor idle states or a hypervisor; try again "
         "with real-time priority and without load";
}

}  // namespace

Check check_sleep(Clocks& clocks) {
  constexpr core::Duration nap = core::microseconds(50);
  constexpr int naps = 100;
  Histogram slept;
  for (int i = 0; i < naps; ++i) {
    const core::Time begin = clocks.now();
    clocks.sleep_until(begin + nap);
    slept.add(clocks.now() - begin);
  }
  const core::Duration median = slept.quantile(0.5);
  Check check{"50 us sleep", Verdict::good,
              fmt::format("took {:.0f} us (median of {}), {:.0f} us at the longest", in_us(median),
                          naps, in_us(slept.max())),
              ""};
  if (median >= core::microseconds(300)) {
    check.verdict = median >= core::microseconds(900) ? Verdict::bad : Verdict::warning;
    check.advice = coarse_advice(median);
  }
  return check;
}

std::vector<Check> check_sources(ProbeSystem& system) {
  constexpr unsigned ticks = 50;
  constexpr core::Duration period = core::milliseconds(1);
  std::vector<Check> checks;
  for (const auto& source : system.sources) {
    const Trial trial = try_source(*source, system.clocks, {period}, ticks);
    Check check{fmt::format("1 kHz by {}", to_string(trial.kind)), Verdict::good, "", ""};
    if (!trial.works || trial.ticks == 0) {
      check.verdict = Verdict::warning;
      check.read = trial.works ? "no tick came" : trial.refusal.message();
      check.advice = "strowger takes another source";
    } else {
      check.read = fmt::format(
          "late by {:.0f} us (median), {:.0f} us at the most; {} of {} ticks "
          "not in their own millisecond",
          in_us(trial.p50), in_us(trial.max), trial.missed, trial.ticks);
      if (!is_usable(trial, period)) {
        check.verdict = Verdict::bad;
        check.advice =
            "asked for 1 ms, it wakes at a coarser step: the kernel raised the interval "
            "without saying so; see \"50 us sleep\"";
      }
    }
    checks.push_back(check);
  }
  return checks;
}

Check check_resolution(const ProbeSystem& system) {
  const core::Duration claimed = system.resolution();
  Check check{"clock_getres", Verdict::good, fmt::format("{} ns", claimed.ns), ""};
  if (claimed > core::microseconds(1)) {
    check.verdict = Verdict::bad;
    check.advice =
        "the kernel says itself that high-resolution timers are off: CONFIG_HIGH_RES_"
        "TIMERS, highres= on its command line, or no usable clock event device";
  }
  return check;
}

Check check_clock_cost(Clocks& clocks) {
  constexpr int looks = 1000;
  const core::Time begin = clocks.now();
  for (int i = 0; i < looks - 1; ++i) {
    (void)clocks.now();
  }
  const double ns = static_cast<double>((clocks.now() - begin).ns) / looks;
  Check check{"cost of clock_gettime", Verdict::good, fmt::format("{:.0f} ns", ns), ""};
  if (ns > 250) {
    check.verdict = Verdict::warning;
    check.advice =
        "the clock is read by a system call, not through the vDSO: choose the clock "
        "source tsc (x86), or another hypervisor clock; costs CPU, not accuracy";
  }
  return check;
}

Check check_slack(const ProbeSystem& system) {
  const core::Duration slack = system.timer_slack();
  Check check{
      "timer slack", Verdict::good,
      fmt::format("{} us for ordinary threads; strowger's drop it to 1 ns", slack.microseconds()),
      ""};
  if (slack > core::microseconds(50)) {
    check.verdict = Verdict::warning;
    check.advice =
        "more than Linux's 50 us: who starts strowger has raised it (systemd: "
        "TimerSlackNSec=)";
  }
  return check;
}

Check check_priority(const ProbeSystem& system) {
  constexpr int priority = 60;
  const int error = system.try_fifo(priority);
  Check check{"real-time priority", Verdict::good,
              fmt::format("SCHED_FIFO {} is granted", priority), ""};
  if (error != 0) {
    check.verdict = Verdict::warning;
    check.read = fmt::format("SCHED_FIFO {} is refused: {}", priority, std::strerror(error));
    check.advice =
        "grant CAP_SYS_NICE (setcap cap_sys_nice+ep, AmbientCapabilities=CAP_SYS_NICE) "
        "or LimitRTPRIO=80; in a container --cap-add SYS_NICE --ulimit rtprio=80";
  }
  return check;
}

std::optional<double> steal_percent(const std::optional<std::string>& before,
                                    const std::optional<std::string>& after) {
  const auto first = spent_of(before);
  const auto last = spent_of(after);
  if (!first || !last) {
    return std::nullopt;
  }
  const double all = last->all - first->all;
  return all <= 0 ? 0 : 100 * std::max(last->steal - first->steal, 0.0) / all;
}

Check check_steal(const std::optional<std::string>& before,
                  const std::optional<std::string>& after) {
  const auto percent = steal_percent(before, after);
  if (!percent) {
    return {"steal", Verdict::unknown, "no /proc/stat", "mount /proc"};
  }
  Check check{"steal", Verdict::good,
              fmt::format("{:.1f} % of the processors' time during this probe", *percent), ""};
  if (*percent > 1) {
    check.verdict = *percent > 10 ? Verdict::bad : Verdict::warning;
    check.advice =
        "the host runs others in this machine's time, and no setting within it helps: "
        "ask for dedicated processors";
  }
  return check;
}

}  // namespace strowger::timing
