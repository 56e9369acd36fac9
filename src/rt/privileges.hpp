// What a real-time thread was given, and what to do about what it was refused.
#pragma once

#include <cstddef>
#include <string>

#include "rt/system_calls.hpp"

namespace strowger::rt {

/// Where something was refused the thread runs without it.
struct Privileges {
  bool realtime = false;  // SCHED_FIFO
  bool locked = false;    // stack and pools can't be paged out
  int priority = 0;       // the one it has; lower than asked for where the limit is lower
  /// Empty when all was given; otherwise sentences that say what was lost and how to get it.
  std::string remedy;
  /// What is worth knowing though nothing was refused, such as a machine of one processor.
  std::string note;
};

/// "Thread NAME runs without ...: ... To grant it, one of: ...": the lines of the unit file,
/// limits.conf, the capability and the container, the fitting one first. `given` is the priority
/// that the thread runs at after all, 0 for none; `error` the errno of the refusal.
[[nodiscard]] std::string priority_remedy(const std::string& thread, int wanted, int given,
                                          int error, const Surroundings& where);
/// The same for memory that was not locked. `octets` is all that was asked for.
[[nodiscard]] std::string lock_remedy(const std::string& what, std::size_t octets, int error,
                                      const Surroundings& where);
/// What these surroundings mean for real-time threads; empty where there is nothing to say.
[[nodiscard]] std::string surroundings_note(const Surroundings& where);

}  // namespace strowger::rt
