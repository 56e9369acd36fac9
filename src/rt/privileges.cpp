#include "rt/privileges.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

namespace strowger::rt {
namespace {

using Ways = std::vector<std::string>;

/// "one of: a; b; c. ", with what fits these surroundings in front.
std::string one_of(const Ways& ways) {
  std::string text;
  for (const std::string& way : ways) {
    text += (text.empty() ? "" : "; ") + way;
  }
  return (ways.size() > 1 ? "one of: " : "") + text + ". ";
}

/// The line for the systemd unit, for limits.conf, for a container, in the order that fits.
Ways limits(const Surroundings& where, const std::string& unit, const std::string& limits_conf,
            const std::string& container) {
  const std::string in_unit = "in the systemd unit, " + unit;
  const std::string in_limits =
      "in /etc/security/limits.conf, \"" + where.user + " - " + limits_conf + "\" and log in anew";
  const std::string for_container = "for the container, " + container;
  if (where.in_container) {
    return {for_container, in_limits};
  }
  return where.is_service ? Ways{in_unit, in_limits} : Ways{in_limits, in_unit};
}

/// Both at once: a second setcap replaces the first.
constexpr const char* capabilities = "cap_sys_nice,cap_ipc_lock=ep";

std::string reason(int error) {
  return std::string(" (") + std::strerror(error) + ")";
}

}  // namespace

std::string priority_remedy(const std::string& thread, int wanted, int given, int error,
                            const Surroundings& where) {
  const std::string number = std::to_string(wanted);
  std::string text = "Thread " + thread + " runs ";
  text += given > 0 ? "at real-time priority " + std::to_string(given) + " instead of " + number
                    : "without real-time priority " + number;
  text += reason(error) + ": under load, audio may stutter. ";
  if (error == EINVAL) {
    return text + "SCHED_FIFO knows priorities 1 to 99: set one of these. ";
  }
  if (where.may_set_priority) {
    // Root and yet refused.
    return text +
           "CAP_SYS_NICE is there, but the kernel does not honour it: the control group has no "
           "real-time share (cpu.rt_runtime_us, kernel parameter rt_group_sched=0), or the "
           "capability counts in this container only" +
           (where.in_container ? "; to grant it, start the container with --cap-add=SYS_NICE "
                                 "--ulimit rtprio=" +
                                     number
                               : std::string()) +
           ". ";
  }
  Ways ways = limits(where, "LimitRTPRIO=" + number, "rtprio " + number,
                     "--cap-add=SYS_NICE or --ulimit rtprio=" + number);
  ways.push_back("the capability CAP_SYS_NICE, setcap " + std::string(capabilities) + " " +
                 where.program);
  return text + "To grant it, " + one_of(ways);
}

std::string lock_remedy(const std::string& what, std::size_t octets, int error,
                        const Surroundings& where) {
  const std::uint64_t kibibytes = (octets + 1023) / 1024;
  std::string text = what + ", " + std::to_string(kibibytes) + " KiB, is not locked" +
                     reason(error) + ": paged out, it makes the thread wait for a disk. ";
  if (where.lockable_octets != Surroundings::no_limit) {
    text += "The limit (ulimit -l) is " + std::to_string(where.lockable_octets / 1024) +
            " KiB for the whole process. ";
  }
  // Room for what else the process locks: all its real-time threads and their pools.
  const std::uint64_t mebibytes = std::max<std::uint64_t>(64, (kibibytes * 4 + 1023) / 1024);
  Ways ways = limits(where, "LimitMEMLOCK=" + std::to_string(mebibytes) + "M",
                     "memlock " + std::to_string(mebibytes * 1024),
                     "--ulimit memlock=" + std::to_string(mebibytes << 20U));
  ways.push_back("the capability CAP_IPC_LOCK, setcap " + std::string(capabilities) + " " +
                 where.program);
  return text + "To raise it, " + one_of(ways);
}

std::string surroundings_note(const Surroundings& where) {
  std::string text;
  if (where.processors == 1) {
    text +=
        "There is one processor: while a real-time thread works, nothing else does; signalling "
        "and disks wait for voice. ";
  }
  if (where.realtime_share_us >= 0) {
    text += "The kernel stops real-time threads that use more than " +
            std::to_string(where.realtime_share_us / 10'000) +
            " % of a processor (kernel.sched_rt_runtime_us). ";
  }
  return text;
}

}  // namespace strowger::rt
