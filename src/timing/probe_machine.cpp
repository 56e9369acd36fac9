#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "timing/probe_checks.hpp"

namespace strowger::timing {
namespace {

bool has_word(const std::string& line, const std::string& wanted) {
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    if (word == wanted) {
      return true;
    }
  }
  return false;
}

bool says(const std::string& config, const std::string& line) {
  return ("\n" + config).find("\n" + line + "\n") != std::string::npos;
}

std::optional<std::string> kernel_config(const ProbeSystem& system) {
  const auto packed = system.files("/proc/config.gz");
  const auto config = packed ? unpacked(*packed) : std::nullopt;
  return config ? config : system.files("/boot/config-" + system.release());
}

/// How a kernel whose model is chosen at start has chosen: debugfs tells; otherwise its command
/// line, or what it was built to choose.
std::optional<std::string> dynamic_preemption(const ProbeSystem& system) {
  if (const auto mode = system.files("/sys/kernel/debug/sched/preempt")) {
    const auto begin = mode->find('(');
    return begin == std::string::npos ? trimmed(*mode)
                                      : mode->substr(begin + 1, mode->find(')') - begin - 1);
  }
  const std::string line = system.files("/proc/cmdline").value_or("");
  if (const auto chosen = behind(line, "preempt=")) {
    return chosen->substr(0, chosen->find(' '));
  }
  const auto config = kernel_config(system);
  constexpr std::array<std::pair<const char*, const char*>, 4> defaults{
      {{"CONFIG_PREEMPT_NONE=y", "none"},
       {"CONFIG_PREEMPT_VOLUNTARY=y", "voluntary"},
       {"CONFIG_PREEMPT_LAZY=y", "lazy"},
       {"CONFIG_PREEMPT=y", "full"}}};
  for (const auto& [key, name] : defaults) {
    if (config && says(*config, key)) {
      return name;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> unpacked(const std::string& octets) {
  constexpr int gzip_window = 15 + 16;
  constexpr std::size_t most = std::size_t{4} << 20U;  // a kernel's configuration is some 250 KiB
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK) {
    return std::nullopt;
  }
  std::string in = octets;
  std::string out(most, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return ended == Z_STREAM_END ? std::optional(out) : std::nullopt;
}

Check check_kernel_config(const ProbeSystem& system) {
  const auto config = kernel_config(system);
  if (!config) {
    return {"kernel configuration", Verdict::unknown, "neither /proc/config.gz nor /boot/config-*",
            "look at /boot/config-$(uname -r) of the host, where this is a container"};
  }
  const bool fine = says(*config, "CONFIG_HIGH_RES_TIMERS=y");
  Check check{"kernel configuration", Verdict::good,
              fmt::format("HIGH_RES_TIMERS={} HZ={} NO_HZ={}", fine ? "y" : "n",
                          behind(*config, "CONFIG_HZ=").value_or("?"),
                          says(*config, "CONFIG_NO_HZ_FULL=y")   ? "full"
                          : says(*config, "CONFIG_NO_HZ_IDLE=y") ? "idle"
                                                                 : "n"),
              ""};
  if (!fine) {
    check.verdict = Verdict::bad;
    check.advice =
        "this kernel was built without high-resolution timers: install one of the "
        "distribution's";
  }
  return check;
}

Check check_command_line(const ReadFile& files) {
  const auto line = files("/proc/cmdline");
  if (!line) {
    return {"command line", Verdict::unknown, "no /proc/cmdline", "mount /proc"};
  }
  constexpr std::array<const char*, 6> fatal{"highres=off",   "highres=0", "nolapic",
                                             "nolapic_timer", "nohz=off",  "clocksource=jiffies"};
  constexpr std::array<const char*, 4> doubtful{"notsc", "clocksource=hpet", "clocksource=acpi_pm",
                                                "nohrtimers"};
  constexpr std::array<const char*, 5> helpful{"isolcpus", "nohz_full", "rcu_nocbs", "idle=poll",
                                               "preempt="};
  for (const char* word : fatal) {
    if (has_word(*line, word)) {
      return {"command line", std::string(word) == "nohz=off" ? Verdict::warning : Verdict::bad,
              word, "remove it from the boot loader's configuration and start anew"};
    }
  }
  for (const char* word : doubtful) {
    if (has_word(*line, word)) {
      return {"command line", Verdict::warning, word,
              "remove it, unless it is there for a reason: reading the clock gets slow"};
    }
  }
  std::string found;
  for (const char* word : helpful) {
    found += line->find(word) == std::string::npos ? "" : std::string(" ") + word;
  }
  return {"command line", Verdict::good,
          found.empty() ? "nothing against timers" : "nothing against timers; has" + found, ""};
}

Check check_preemption(const ProbeSystem& system) {
  const auto real_time = system.files("/sys/kernel/realtime");
  const std::string version = system.files("/proc/version").value_or("");
  if ((real_time && trimmed(*real_time) == "1") ||
      version.find("PREEMPT_RT") != std::string::npos) {
    return {"preemption", Verdict::good, "PREEMPT_RT", ""};
  }
  if (version.empty()) {
    return {"preemption", Verdict::unknown, "no /proc/version", "mount /proc"};
  }
  std::string name = version.find("PREEMPT") != std::string::npos ? "full" : "none or voluntary";
  if (version.find("PREEMPT_DYNAMIC") != std::string::npos) {
    const auto chosen = dynamic_preemption(system);
    if (!chosen) {
      return {"preemption", Verdict::unknown, "dynamic: chosen at start",
              "run the probe as root with debugfs mounted to see which; preempt=full is best"};
    }
    name = *chosen;
  }
  const bool good = name == "full" || name == "lazy";
  return {"preemption", good ? Verdict::good : Verdict::warning, name,
          good ? ""
               : "under load the kernel is slow to let go of a processor: start it with "
                 "preempt=full, or install linux-image-rt"};
}

Check check_hypervisor(const ReadFile& files) {
  const auto type = files("/sys/hypervisor/type");
  const auto vendor = files("/sys/class/dmi/id/sys_vendor");
  const auto product = files("/sys/class/dmi/id/product_name");
  const auto processors = files("/proc/cpuinfo");
  const std::string made =
      trimmed(vendor.value_or("")) + (product ? " " + trimmed(*product) : std::string());
  const bool flagged =
      processors && has_word(behind(*processors, "flags").value_or(""), "hypervisor");
  if (!type && !flagged) {
    return {"hypervisor", processors ? Verdict::good : Verdict::unknown,
            processors ? "none" : "no /proc/cpuinfo", processors ? "" : "mount /proc"};
  }
  std::string name = type ? trimmed(*type) : "a virtual machine";
  name += made.empty() ? "" : " (" + made + ")";
  return {"hypervisor", Verdict::good,
          name +
              ": timers are as good as the host's; watch steal, and jumps in the log after a "
              "migration",
          ""};
}

Check check_throttling(const ReadFile& files) {
  const auto runtime = files("/proc/sys/kernel/sched_rt_runtime_us");
  const auto period = files("/proc/sys/kernel/sched_rt_period_us");
  if (!runtime || !period) {
    return {"real-time throttling", Verdict::unknown, "no /proc/sys/kernel", "mount /proc"};
  }
  const long us = std::strtol(runtime->c_str(), nullptr, 10);
  const long of = std::max(std::strtol(period->c_str(), nullptr, 10), 1L);
  if (us < 0) {
    return {"real-time throttling", Verdict::good, "off", ""};
  }
  Check check{"real-time throttling", Verdict::good,
              fmt::format("real-time threads get {} of {} us", us, of), ""};
  if (us * 10 < of * 8) {
    check.verdict = us == 0 ? Verdict::bad : Verdict::warning;
    check.advice =
        "that is little: media threads would be stopped for the rest of each period "
        "under load; sysctl kernel.sched_rt_runtime_us=950000";
  }
  return check;
}

Check check_processors(const ReadFile& files) {
  const auto online = files("/sys/devices/system/cpu/online");
  if (!online) {
    return {"processors", Verdict::unknown, "no /sys/devices/system/cpu", "mount /sys"};
  }
  const std::string which = trimmed(*online);
  if (which.find_first_of(",-") == std::string::npos) {
    return {"processors", Verdict::warning, "one (" + which + ")",
            "media shares it with all else: give strowger real-time priority, and do not choose "
            "the source hybrid, whose spinning takes from the others"};
  }
  return {"processors", Verdict::good, which, ""};
}

Check check_idle_states(const ReadFile& files) {
  constexpr int most_states = 10;
  constexpr long tolerable_us = 50;
  std::string deepest;
  long latency_us = -1;
  for (int i = 0; i < most_states; ++i) {
    const std::string state = fmt::format("/sys/devices/system/cpu/cpu0/cpuidle/state{}/", i);
    const auto latency = files(state + "latency");
    if (latency && trimmed(files(state + "disable").value_or("0")) == "0") {
      latency_us = std::strtol(latency->c_str(), nullptr, 10);
      deepest = trimmed(files(state + "name").value_or(""));
    }
  }
  if (latency_us < 0) {
    return {"idle states", Verdict::good, "none known", ""};
  }
  Check check{"idle states", Verdict::good,
              fmt::format("{} us to wake up from the deepest ({})", latency_us, deepest), ""};
  if (latency_us > tolerable_us) {
    check.verdict = Verdict::warning;
    check.advice =
        "an idle processor wakes up late: cpulatency = 20 in timing.conf keeps strowger's "
        "from sleeping so deep";
  }
  return check;
}

Check check_quota(const ReadFile& files) {
  const auto second = files("/sys/fs/cgroup/cpu.max");
  const auto first = files("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const std::string quota = trimmed(second ? *second : first.value_or(""));
  if (quota.empty() || quota.starts_with("max") || quota.starts_with("-1")) {
    return {"processor quota", Verdict::good, "none", ""};
  }
  return {"processor quota", Verdict::warning, quota + " (us, of a period)",
          "once the quota is used up, threads without real-time priority stand still for the rest "
          "of the period, up to 100 ms: remove it (docker --cpus, Kubernetes limits, CPUQuota=)"};
}

}  // namespace strowger::timing
