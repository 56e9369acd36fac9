// The states of a call as a table, one for each signalling module: state, trigger, next state, what
// the user is told, and the line of the table itself, which the state history shows.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/state_table_text.hpp"
#include "tdm/events.hpp"
#include "tdm/types.hpp"

namespace strowger::tdm {

enum class Trigger : std::uint8_t {
  // what users ask
  place,
  answer,
  indicate_proceed,
  indicate_ringing,
  indicate_progress,
  indicate_progress_media,
  indicate_busy,
  hold,
  unhold,
  transfer,
  hang_up,
  // what the signalling module reports
  incoming,
  complete_number,  // all digits of an incoming call are there
  proceeding,
  alerting,
  progressing,
  progressing_media,
  answered,
  collided,      // glare, and the other call has won the channel
  disconnected,  // the far end has released, or the network has
  digit,
  flashed,
  facility,
  held,          // the far end has put the call on hold
  retrieved,     // and has taken it back
  transferring,  // the far end hands its part of the call to another number
  released,      // the release that we asked for is confirmed
};
inline constexpr std::size_t trigger_count = static_cast<std::size_t>(Trigger::released) + 1;
inline constexpr Trigger first_report = Trigger::incoming;
[[nodiscard]] std::string_view to_string(Trigger trigger);
[[nodiscard]] constexpr bool is_asked(Trigger trigger) {
  return trigger < first_report;
}
[[nodiscard]] Trigger trigger_of(Indication indication);
[[nodiscard]] Indication indication_of(Trigger trigger);

/// Which calls a row is for.
enum class Side : std::uint8_t { both, outgoing, incoming };

struct StateRow {
  Side side;
  State from;
  Trigger on;
  State to;
  EventKind tell;  // EventKind::none: nothing
  int line;        // of the table
  const char* file;
};
[[nodiscard]] constexpr StateRow row(Side side, State from, Trigger on, State to, EventKind tell,
                                     int line = __builtin_LINE(),
                                     const char* file = __builtin_FILE()) {
  return {side, from, on, to, tell, line, file};
}

using StateMap = std::span<const StateRow>;

/// The row for a trigger in a state; null: it is not permitted.
[[nodiscard]] const StateRow* find_row(StateMap map, bool outgoing, State state, Trigger trigger);

/// `find_row` by look-up, for engines: made once for a map, which must outlive it. Where several
/// rows fit, the first.
class StateIndex {
 public:
  explicit StateIndex(StateMap map);
  [[nodiscard]] const StateRow* find(bool outgoing, State state, Trigger trigger) const {
    return rows_[place(outgoing, state, trigger)];
  }

 private:
  static constexpr std::size_t place(bool outgoing, State state, Trigger trigger) {
    return ((outgoing ? state_count : 0) + static_cast<std::size_t>(state)) * trigger_count +
           static_cast<std::size_t>(trigger);
  }
  std::array<const StateRow*, 2 * state_count * trigger_count> rows_{};
};

/// The event that each request is promised, once: by the table alone, whatever module it is.
struct Promise {
  Trigger asked;
  EventKind promised;
};
[[nodiscard]] std::span<const Promise> promises();
[[nodiscard]] EventKind promised_by(Trigger asked);

/// What is wrong with a map; empty: nothing. Every row that a user asks for tells the event that is
/// promised (hang_up: once the call is down); no state has two rows for a trigger; every state that
/// a call can reach can be hung up and disconnected, and leads on to `down`.
[[nodiscard]] std::vector<std::string> faults_of(StateMap map);

/// For docs: one line a row.
[[nodiscard]] std::vector<base::StateTableLine> in_words(StateMap map);

/// The map of trunk signalling between exchanges (ISUP, ISDN and the loopback module share it):
/// overlap digits, early indications, answer, hold, transfer, glare.
[[nodiscard]] StateMap trunk_state_map();

}  // namespace strowger::tdm
