#include "rt/system_calls.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include <pwd.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace strowger::rt {
namespace {

// linux/capability.h
constexpr unsigned cap_ipc_lock = 14;
constexpr unsigned cap_sys_nice = 23;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The effective capabilities of /proc/self/status, a bit each.
std::uint64_t capabilities(const std::string& status) {
  constexpr std::string_view key = "CapEff:\t";
  std::uint64_t bits = 0;
  if (const auto at = status.find(key); at != std::string::npos) {
    const char* const digits = status.data() + at + key.size();
    std::from_chars(digits, status.data() + status.size(), bits, 16);
  }
  return bits;
}

std::int64_t number(const std::string& text, std::int64_t otherwise) {
  std::int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// -1: all of each second, also where the kernel has no such bound.
std::int64_t share_of_a_second_us(const std::string& root) {
  const std::string kernel = root + "/proc/sys/kernel/";
  const auto runtime = number(read_file(kernel + "sched_rt_runtime_us"), -1);
  const auto period = number(read_file(kernel + "sched_rt_period_us"), 1'000'000);
  if (runtime < 0 || period <= 0 || runtime >= period) {
    return -1;
  }
  return runtime * 1'000'000 / period;
}

bool is_container(const std::string& root) {
  std::error_code ignored;
  return std::filesystem::exists(root + "/.dockerenv", ignored) ||
         std::filesystem::exists(root + "/run/.containerenv", ignored) ||
         std::filesystem::exists(root + "/run/systemd/container", ignored) ||
         read_file(root + "/proc/1/environ").find("container=") != std::string::npos;
}

bool started_by_systemd(const std::string& root) {
  return read_file(root + "/proc/self/environ").find("INVOCATION_ID=") != std::string::npos;
}

unsigned usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const bool known = sched_getaffinity(0, sizeof set, &set) == 0;
  return known ? static_cast<unsigned>(CPU_COUNT(&set)) : 1U;
}

std::string user_name() {
  std::array<char, 1024> room{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(geteuid(), &entry, room.data(), room.size(), &found);
  // limits.conf takes a number range where there is no name.
  const std::string number = std::to_string(geteuid());
  return found == nullptr ? number + ":" + number : std::string(entry.pw_name);
}

}  // namespace

Surroundings Surroundings::read(const std::string& root) {
  Surroundings found;
  found.processors = usable_processors();
  const std::uint64_t bits = capabilities(read_file(root + "/proc/self/status"));
  found.may_set_priority = (bits >> cap_sys_nice & 1U) != 0;
  found.may_lock_memory = (bits >> cap_ipc_lock & 1U) != 0;
  rlimit limit{};
  if (getrlimit(RLIMIT_RTPRIO, &limit) == 0) {
    found.highest_priority = static_cast<int>(limit.rlim_cur > 99 ? 99 : limit.rlim_cur);
  }
  if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
    found.lockable_octets = limit.rlim_cur == RLIM_INFINITY ? no_limit : limit.rlim_cur;
  }
  found.in_container = is_container(root);
  found.is_service = started_by_systemd(root);
  std::error_code error;
  if (const auto path = std::filesystem::read_symlink(root + "/proc/self/exe", error); !error) {
    found.program = path.string();
  }
  found.user = user_name();
  found.realtime_share_us = share_of_a_second_us(root);
  return found;
}

SystemCalls SystemCalls::real() {
  return {[](pthread_t thread, int priority) {
            sched_param parameters{};
            parameters.sched_priority = priority;
            return pthread_setschedparam(thread, SCHED_FIFO, &parameters);
          },
          [](void* memory, std::size_t octets) { return mlock(memory, octets) == 0 ? 0 : errno; }};
}

ThreadUsage SystemCalls::usage_of_this_thread() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return {static_cast<std::uint64_t>(usage.ru_minflt), static_cast<std::uint64_t>(usage.ru_majflt),
          static_cast<std::uint64_t>(usage.ru_nvcsw), static_cast<std::uint64_t>(usage.ru_nivcsw)};
}

}  // namespace strowger::rt
