#include "tdm/state_map.hpp"

#include <algorithm>
#include <array>

namespace strowger::tdm {
namespace {

constexpr std::array<Promise, 11> promise_table{{
    {Trigger::place, EventKind::dialing},
    {Trigger::answer, EventKind::indication_completed},
    {Trigger::indicate_proceed, EventKind::indication_completed},
    {Trigger::indicate_ringing, EventKind::indication_completed},
    {Trigger::indicate_progress, EventKind::indication_completed},
    {Trigger::indicate_progress_media, EventKind::indication_completed},
    {Trigger::indicate_busy, EventKind::indication_completed},
    {Trigger::hold, EventKind::indication_completed},
    {Trigger::unhold, EventKind::indication_completed},
    {Trigger::transfer, EventKind::transfer_completed},
    {Trigger::hang_up, EventKind::released},
}};

struct IndicationTrigger {
  Indication indication;
  Trigger trigger;
};
constexpr std::array<IndicationTrigger, 9> indication_table{{
    {Indication::proceed, Trigger::indicate_proceed},
    {Indication::ringing, Trigger::indicate_ringing},
    {Indication::progress, Trigger::indicate_progress},
    {Indication::progress_media, Trigger::indicate_progress_media},
    {Indication::busy, Trigger::indicate_busy},
    {Indication::answer, Trigger::answer},
    {Indication::hold, Trigger::hold},
    {Indication::unhold, Trigger::unhold},
    {Indication::transfer, Trigger::transfer},
}};

bool is_for(const StateRow& row, bool outgoing) {
  return row.side == Side::both || (row.side == Side::outgoing) == outgoing;
}

std::string in_short(const StateRow& row) {
  return std::string(to_string(row.from)) + " on " + std::string(to_string(row.on)) + " (line " +
         std::to_string(row.line) + ")";
}

void check_promise(const StateRow& row, std::vector<std::string>& faults) {
  if (!is_asked(row.on)) {
    return;
  }
  const bool kept_now = row.on != Trigger::hang_up || row.to == State::down;
  const EventKind wanted = kept_now ? promised_by(row.on) : EventKind::none;
  if (row.tell != wanted) {
    faults.push_back(in_short(row) + " tells " + std::string(to_string(row.tell)) + ", not " +
                     std::string(to_string(wanted)));
  }
}

/// The states from which `down` can be reached by rows for that side.
std::array<bool, state_count> leading_down(StateMap map, bool outgoing) {
  std::array<bool, state_count> leads{};
  leads[static_cast<std::size_t>(State::down)] = true;
  for (std::size_t round = 0; round < state_count; ++round) {
    for (const StateRow& row : map) {
      if (is_for(row, outgoing) && leads[static_cast<std::size_t>(row.to)]) {
        leads[static_cast<std::size_t>(row.from)] = true;
      }
    }
  }
  return leads;
}

void check_side(StateMap map, bool outgoing, std::vector<std::string>& faults) {
  const auto leads = leading_down(map, outgoing);
  for (const StateRow& row : map) {
    if (!is_for(row, outgoing) || row.to == State::down) {
      continue;
    }
    const auto need = [&](Trigger trigger) {
      if (find_row(map, outgoing, row.to, trigger) == nullptr) {
        faults.push_back(in_short(row) + " leads to a state without a row for " +
                         std::string(to_string(trigger)));
      }
    };
    if (row.to == State::hangup) {
      need(Trigger::released);
    } else {
      need(Trigger::hang_up);
    }
    if (row.to != State::terminating) {
      need(Trigger::disconnected);
    }
    if (!leads[static_cast<std::size_t>(row.to)]) {
      faults.push_back(in_short(row) + " leads to a state that never ends");
    }
  }
}

}  // namespace

std::string_view to_string(Trigger trigger) {
  static constexpr std::array<std::string_view, trigger_count> names{"place",
                                                                     "answer",
                                                                     "indicate_proceed",
                                                                     "indicate_ringing",
                                                                     "indicate_progress",
                                                                     "indicate_progress_media",
                                                                     "indicate_busy",
                                                                     "hold",
                                                                     "unhold",
                                                                     "transfer",
                                                                     "hang_up",
                                                                     "incoming",
                                                                     "complete_number",
                                                                     "proceeding",
                                                                     "alerting",
                                                                     "progressing",
                                                                     "progressing_media",
                                                                     "answered",
                                                                     "collided",
                                                                     "disconnected",
                                                                     "digit",
                                                                     "flashed",
                                                                     "facility",
                                                                     "held",
                                                                     "retrieved",
                                                                     "transferring",
                                                                     "released"};
  const auto index = static_cast<std::size_t>(trigger);
  return index < names.size() ? names[index] : std::string_view("?");
}

Trigger trigger_of(Indication indication) {
  const auto* found =
      std::find_if(indication_table.begin(), indication_table.end(),
                   [&](const IndicationTrigger& entry) { return entry.indication == indication; });
  return found == indication_table.end() ? Trigger::released : found->trigger;
}

Indication indication_of(Trigger trigger) {
  const auto* found =
      std::find_if(indication_table.begin(), indication_table.end(),
                   [&](const IndicationTrigger& entry) { return entry.trigger == trigger; });
  return found == indication_table.end() ? Indication::none : found->indication;
}

const StateRow* find_row(StateMap map, bool outgoing, State state, Trigger trigger) {
  for (const StateRow& row : map) {
    if (row.from == state && row.on == trigger && is_for(row, outgoing)) {
      return &row;
    }
  }
  return nullptr;
}

StateIndex::StateIndex(StateMap map) {
  for (const StateRow& row : map) {
    for (const bool outgoing : {false, true}) {
      const StateRow*& first = rows_[place(outgoing, row.from, row.on)];
      first = first == nullptr && is_for(row, outgoing) ? &row : first;
    }
  }
}

std::span<const Promise> promises() {
  return promise_table;
}

EventKind promised_by(Trigger asked) {
  for (const Promise& promise : promise_table) {
    if (promise.asked == asked) {
      return promise.promised;
    }
  }
  return EventKind::none;
}

std::vector<std::string> faults_of(StateMap map) {
  std::vector<std::string> faults;
  for (const StateRow& row : map) {
    check_promise(row, faults);
    for (const bool outgoing : {false, true}) {
      if (is_for(row, outgoing) && find_row(map, outgoing, row.from, row.on) != &row) {
        faults.push_back(in_short(row) + " is never reached: an earlier row takes it");
      }
    }
    if (row.on == Trigger::released && (row.to != State::down || row.tell != EventKind::released)) {
      faults.push_back(in_short(row) + " must lead to down and tell released");
    }
  }
  check_side(map, false, faults);
  check_side(map, true, faults);
  return faults;
}

std::vector<base::StateTableLine> in_words(StateMap map) {
  static constexpr std::array<std::string_view, 3> sides{"", "outgoing", "incoming"};
  std::vector<base::StateTableLine> lines;
  for (const StateRow& row : map) {
    base::StateTableLine line;
    line.from = to_string(row.from);
    line.on = to_string(row.on);
    line.guard = sides[static_cast<std::size_t>(row.side)];
    line.to = to_string(row.to);
    line.action = row.tell == EventKind::none ? std::string_view() : to_string(row.tell);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace strowger::tdm
