// The probe on machines that are a map of files and a clock: a good one, and one fault at a time.
#include "timing/probe.hpp"

#include <cerrno>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "timing/clocks_fixture.hpp"
#include "timing/probe_checks.hpp"
#include "timing/sleep_source.hpp"

namespace strowger::timing {
namespace {

constexpr const char* good_timer_list =
    "Timer List Version: v0.10\ncpu: 0\n clock 0:\n  .resolution: 1 nsecs\n"
    "  .hres_active    : 1\ncpu: 1\n clock 0:\n  .resolution: 1 nsecs\n  .hres_active    : 1\n"
    "Tick Device: mode:     0\nBroadcast device\nClock Event Device: hpet\n\n"
    "Tick Device: mode:     1\nPer CPU device: 0\nClock Event Device: lapic-deadline\n"
    " mode:           3\n\nTick Device: mode:     1\nPer CPU device: 1\n"
    "Clock Event Device: lapic-deadline\n mode:           3\n";

struct Machine {
  std::map<std::string, std::string> files{
      {"/proc/stat", "cpu  100 0 50 1000 5 0 1 0 0 0\n"},
      {"/proc/timer_list", good_timer_list},
      {"/proc/cmdline", "root=/dev/sda1 quiet\n"},
      {"/proc/version", "Linux version 6.1.0 (gcc) #1 SMP PREEMPT_DYNAMIC\n"},
      {"/proc/cpuinfo", "processor : 0\nflags\t: fpu tsc\n"},
      {"/proc/sys/kernel/sched_rt_runtime_us", "950000\n"},
      {"/proc/sys/kernel/sched_rt_period_us", "1000000\n"},
      {"/boot/config-6.1.0", "CONFIG_HZ=250\nCONFIG_HIGH_RES_TIMERS=y\nCONFIG_NO_HZ_IDLE=y\n"},
      {"/sys/kernel/debug/sched/preempt", "none voluntary (full)\n"},
      {"/sys/devices/system/cpu/online", "0-3\n"},
      {"/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"},
      {"/sys/devices/system/clockevents/clockevent0/current_device", "lapic-deadline\n"},
  };
  FakeClocks clocks;
  int fifo_error = 0;
  core::Duration resolution = core::nanoseconds(1);
  core::Duration slack = core::microseconds(50);
  std::optional<std::string> log = "nothing of note\n";

  ProbeReport probe() {
    ProbeSystem system{[this](const std::string& path) -> std::optional<std::string> {
                         const auto at = files.find(path);
                         return at == files.end() ? std::nullopt : std::optional(at->second);
                       },
                       clocks,
                       [this] { return resolution; },
                       [this] { return slack; },
                       [this](int) { return fifo_error; },
                       [] { return std::string("6.1.0"); },
                       [this] { return log; },
                       {}};
    system.sources.push_back(std::make_unique<NanosleepSource>(clocks));
    return run_probe(system);
  }
  Check check(const std::string& name) {
    for (const Check& one : probe().checks) {
      if (one.name == name) {
        return one;
      }
    }
    return {"none of that name", Verdict::unknown, "", ""};
  }
  /// What the check says of a file with this text.
  Verdict verdict(const std::string& name, const std::string& path, const std::string& text) {
    files[path] = text;
    const Check got = check(name);
    EXPECT_EQ(got.advice.empty(), got.verdict == Verdict::good) << name << ": " << got.read;
    return got.verdict;
  }
};

TEST(Probe, finds_nothing_wrong_with_a_good_machine) {
  Machine machine;
  const ProbeReport report = machine.probe();
  for (const Check& check : report.checks) {
    EXPECT_EQ(check.verdict, Verdict::good) << check.name << ": " << check.read;
    EXPECT_EQ(check.advice, "") << check.name;
  }
  EXPECT_EQ(report.verdict, Verdict::good);
  EXPECT_EQ(report.checks.size(), 20U);
  EXPECT_EQ(machine.clocks.slack_drops, 2U);
}

TEST(Probe, catches_a_kernel_that_emulates_the_fine_timer_with_a_jiffy_of_4_ms) {
  Machine machine;
  machine.clocks.step = core::milliseconds(4);
  const ProbeReport report = machine.probe();
  EXPECT_EQ(report.verdict, Verdict::bad) << "though every file says that all is well";
  EXPECT_EQ(report.checks[0].name, "50 us sleep");
  EXPECT_EQ(report.checks[0].verdict, Verdict::bad);
  EXPECT_NE(report.checks[0].advice.find("jiffy"), std::string::npos);
  EXPECT_EQ(report.checks[1].name, "1 kHz by nanosleep");
  EXPECT_EQ(report.checks[1].verdict, Verdict::bad);
  EXPECT_NE(report.summary.find("can not pace"), std::string::npos);
}

TEST(Probe, catches_a_jiffy_of_1_ms_and_bears_a_slow_hypervisor) {
  Machine machine;
  machine.clocks.step = core::milliseconds(1);
  EXPECT_EQ(machine.check("50 us sleep").verdict, Verdict::bad);
  machine.clocks.step = core::nanoseconds(1);
  machine.clocks.oversleep = core::microseconds(400);
  EXPECT_EQ(machine.check("50 us sleep").verdict, Verdict::warning);
  EXPECT_EQ(machine.check("1 kHz by nanosleep").verdict, Verdict::good);
  EXPECT_EQ(machine.probe().verdict, Verdict::warning);
}

TEST(Probe, judges_the_clock_source_and_the_event_device) {
  Machine machine;
  const std::string source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
  EXPECT_EQ(machine.verdict("clock source", source, "kvm-clock\n"), Verdict::good);
  EXPECT_EQ(machine.verdict("clock source", source, "acpi_pm\n"), Verdict::warning);
  EXPECT_EQ(machine.verdict("clock source", source, "refined-jiffies\n"), Verdict::bad);
  const std::string device = "/sys/devices/system/clockevents/clockevent0/current_device";
  EXPECT_EQ(machine.verdict("event device", device, "pit\n"), Verdict::bad);
  EXPECT_EQ(machine.verdict("event device", device, "hpet\n"), Verdict::warning);
  EXPECT_EQ(machine.verdict("event device", device, "arch_sys_timer\n"), Verdict::good);
}

TEST(Probe, reads_the_timer_list) {
  Machine machine;
  std::string list = good_timer_list;
  EXPECT_EQ(machine.check("tick mode").read, "one shot, by lapic-deadline");
  list.replace(list.find(".hres_active    : 1"), 19, ".hres_active    : 0");
  EXPECT_EQ(machine.verdict("high-resolution mode", "/proc/timer_list", list), Verdict::bad);
  list = good_timer_list;
  list.replace(list.find("1 nsecs"), 7, "4000000 nsecs");
  EXPECT_EQ(machine.verdict("high-resolution mode", "/proc/timer_list", list), Verdict::bad);
  list = good_timer_list;
  list.replace(list.find("mode:     1\nPer CPU device: 1"), 11, "mode:     0");
  EXPECT_EQ(machine.verdict("tick mode", "/proc/timer_list", list), Verdict::bad);
}

TEST(Probe, without_root_says_what_it_could_not_read_and_how_it_could) {
  Machine machine;
  machine.files.erase("/proc/timer_list");
  machine.log.reset();
  for (const char* name : {"high-resolution mode", "tick mode", "kernel log"}) {
    const Check check = machine.check(name);
    EXPECT_EQ(check.verdict, Verdict::unknown) << name;
    EXPECT_NE(check.advice.find("root"), std::string::npos) << name;
  }
  EXPECT_EQ(machine.probe().verdict, Verdict::good);
}

TEST(Probe, on_an_empty_machine_judges_by_measuring_alone) {
  Machine machine;
  machine.files.clear();
  const ProbeReport report = machine.probe();
  EXPECT_EQ(report.verdict, Verdict::good);
  EXPECT_GE(std::count_if(report.checks.begin(), report.checks.end(),
                          [](const Check& c) { return c.verdict == Verdict::unknown; }),
            10);
}

TEST(Probe, reads_the_kernels_configuration_packed_or_plain_and_its_command_line) {
  Machine machine;
  EXPECT_EQ(machine.check("kernel configuration").read, "HIGH_RES_TIMERS=y HZ=250 NO_HZ=idle");
  EXPECT_EQ(machine.verdict("kernel configuration", "/boot/config-6.1.0",
                            "CONFIG_HZ=100\n# CONFIG_HIGH_RES_TIMERS is not set\n"),
            Verdict::bad);
  const char* const name = "command line";
  const char* const path = "/proc/cmdline";
  EXPECT_EQ(machine.verdict(name, path, "quiet highres=off\n"), Verdict::bad);
  EXPECT_EQ(machine.verdict(name, path, "nohz=off\n"), Verdict::warning);
  EXPECT_EQ(machine.verdict(name, path, "notsc\n"), Verdict::warning);
  EXPECT_EQ(machine.verdict(name, path, "isolcpus=1 highres=office\n"), Verdict::good);
}

TEST(Probe, unpacks_gzip_and_refuses_what_is_none_or_cut) {
  const std::string plain = "CONFIG_HIGH_RES_TIMERS=y\n";
  std::string packed(200, '\0');
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string in = plain;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  EXPECT_EQ(unpacked(packed), plain);
  EXPECT_FALSE(unpacked(packed.substr(0, packed.size() - 9)));
  EXPECT_FALSE(unpacked("plain text"));
  EXPECT_FALSE(unpacked(""));
}

TEST(Probe, tells_the_preemption_model) {
  Machine machine;
  const char* const name = "preemption";
  EXPECT_EQ(machine.check(name).read, "full");
  const char* const mode = "/sys/kernel/debug/sched/preempt";
  EXPECT_EQ(machine.verdict(name, mode, "(none) voluntary full\n"), Verdict::warning);
  machine.files.erase(mode);
  EXPECT_EQ(machine.check(name).verdict, Verdict::unknown);
  machine.files["/boot/config-6.1.0"] += "CONFIG_PREEMPT_VOLUNTARY=y\n";
  EXPECT_EQ(machine.check(name).read, "voluntary");
  machine.files["/proc/cmdline"] = "preempt=full quiet\n";
  EXPECT_EQ(machine.check(name).read, "full");
  EXPECT_EQ(machine.verdict(name, "/proc/version", "Linux version 6.1 #1 SMP\n"), Verdict::warning);
  EXPECT_EQ(machine.verdict(name, "/proc/version", "Linux 6.1 SMP PREEMPT_RT\n"), Verdict::good);
}

TEST(Probe, names_the_hypervisor_and_measures_steal) {
  Machine machine;
  machine.files["/proc/cpuinfo"] = "flags\t: fpu hypervisor tsc\n";
  machine.files["/sys/class/dmi/id/sys_vendor"] = "QEMU\n";
  EXPECT_EQ(machine.check("hypervisor").read.substr(0, 24), "a virtual machine (QEMU)");
  const std::string before = "cpu  100 0 0 900 0 0 0 0 0 0\n";
  const auto verdict = [&](const std::string& after) { return check_steal(before, after).verdict; };
  EXPECT_EQ(verdict("cpu  150 0 0 950 0 0 0 0 0 0\n"), Verdict::good);
  EXPECT_EQ(verdict("cpu  145 0 0 950 0 0 0 5 0 0\n"), Verdict::warning);
  EXPECT_EQ(verdict("cpu  100 0 0 950 0 0 0 50 0 0\n"), Verdict::bad);
  EXPECT_EQ(verdict("intr 5\n"), Verdict::unknown);
}

TEST(Probe, tells_of_priority_throttling_slack_idle_states_one_core_and_a_quota) {
  Machine machine;
  machine.fifo_error = EPERM;
  EXPECT_EQ(machine.check("real-time priority").verdict, Verdict::warning);
  EXPECT_NE(machine.check("real-time priority").advice.find("CAP_SYS_NICE"), std::string::npos);
  const char* const runtime = "/proc/sys/kernel/sched_rt_runtime_us";
  EXPECT_EQ(machine.verdict("real-time throttling", runtime, "-1\n"), Verdict::good);
  EXPECT_EQ(machine.verdict("real-time throttling", runtime, "100000\n"), Verdict::warning);
  EXPECT_EQ(machine.verdict("real-time throttling", runtime, "0\n"), Verdict::bad);
  EXPECT_EQ(machine.verdict("processors", "/sys/devices/system/cpu/online", "0\n"),
            Verdict::warning);
  EXPECT_EQ(machine.verdict("processor quota", "/sys/fs/cgroup/cpu.max", "50000 100000\n"),
            Verdict::warning);
  EXPECT_EQ(machine.verdict("processor quota", "/sys/fs/cgroup/cpu.max", "max 100000\n"),
            Verdict::good);
  const std::string idle = "/sys/devices/system/cpu/cpu0/cpuidle/state";
  EXPECT_EQ(machine.verdict("idle states", idle + "0/latency", "2\n"), Verdict::good);
  EXPECT_EQ(machine.verdict("idle states", idle + "1/latency", "133\n"), Verdict::warning);
  EXPECT_EQ(machine.verdict("idle states", idle + "1/disable", "1\n"), Verdict::good);
  machine.slack = core::milliseconds(1);
  EXPECT_EQ(machine.check("timer slack").verdict, Verdict::warning);
  machine.clocks.cost_of_a_look = core::nanoseconds(800);
  EXPECT_EQ(machine.check("cost of clock_gettime").verdict, Verdict::warning);
  machine.resolution = core::milliseconds(4);
  EXPECT_EQ(machine.check("clock_getres").verdict, Verdict::bad);
}

TEST(Probe, finds_the_kernels_own_complaint) {
  Machine machine;
  machine.log = "[    0.1] Could not switch to high resolution mode on CPU 0\n";
  EXPECT_EQ(machine.check("kernel log").verdict, Verdict::bad);
  machine.log = "tsc: Marking clocksource 'tsc' as unstable because of skew\n";
  EXPECT_EQ(machine.check("kernel log").verdict, Verdict::warning);
}

TEST(Probe, tells_people_and_programs_the_same) {
  Machine machine;
  machine.fifo_error = EPERM;
  const ProbeReport report = machine.probe();
  const std::string text = probe_text(report);
  const auto json = nlohmann::json::parse(probe_json(report));
  EXPECT_EQ(json["verdict"], "warning");
  EXPECT_EQ(json["checks"].size(), report.checks.size());
  for (const auto& check : json["checks"]) {
    EXPECT_NE(text.find(check["read"].get<std::string>()), std::string::npos);
    EXPECT_NE(text.find(check["advice"].get<std::string>()), std::string::npos);
  }
}

TEST(Probe, asks_the_real_machine_without_harm) {
  SystemClocks clocks;
  ProbeSystem system = ProbeSystem::real(clocks, "");
  const ProbeReport report = run_probe(system);
  EXPECT_EQ(report.checks.size(), 22U);
  EXPECT_FALSE(probe_text(report).empty());
}

}  // namespace
}  // namespace strowger::timing
