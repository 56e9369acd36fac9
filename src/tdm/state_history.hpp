// The last ten states of a channel: which, when, why, and the line of the state map that says so.
// Pure; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "tdm/state_map.hpp"
#include "tdm/types.hpp"

namespace strowger::tdm {

struct StateEntry {
  CallId call;
  State from = State::down;
  State to = State::down;
  Trigger by = Trigger::place;
  std::string_view file;  // static text
  int line = 0;
  core::Time at;
};

class StateHistory {
 public:
  static constexpr std::size_t kept = 10;

  void add(const StateEntry& entry) { entries_[count_++ % kept] = entry; }
  /// Oldest first.
  [[nodiscard]] std::vector<StateEntry> entries() const;

 private:
  std::array<StateEntry, kept> entries_{};
  std::uint64_t count_ = 0;
};

/// A line for people: "12.345 s  dialing -> ringing  by alerting (trunk_state_map.cpp:34)".
[[nodiscard]] std::string to_text(const StateEntry& entry);

}  // namespace strowger::tdm
