// State tables print themselves, for docs and for the check that docs and code agree: as a Markdown
// table and as a Graphviz digraph. Off the call path; allocates; pure.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/state_table.hpp"

namespace strowger::base {

/// A row in words. `guard` and `action` may be empty.
struct StateTableLine {
  std::string from;
  std::string on;
  std::string guard;
  std::string to;
  std::string action;
  std::string clause;
};

/// A column that is empty in every row is left out.
[[nodiscard]] std::string markdown(const std::vector<StateTableLine>& lines);
/// `digraph NAME {...}`, for `dot`; states in the order of their first row.
[[nodiscard]] std::string graphviz(std::string_view name, const std::vector<StateTableLine>& lines);

/// How a table's parts are called. Guards and actions are functions; where a name function is left
/// out (or gives an empty text), a guard shows as "yes" and an action as nothing.
template <class State, class Event, class Context>
struct StateTableNames {
  std::function<std::string_view(State)> state;
  std::function<std::string_view(Event)> event;
  std::function<std::string_view(bool (*)(const Context&))> guard = nullptr;
  std::function<std::string_view(void (*)(Context&))> action = nullptr;
};

/// The table's rows in words, in order.
template <class State, class Event, class Context>
[[nodiscard]] std::vector<StateTableLine> in_words(
    std::span<const core::Transition<State, Event, Context>> table,
    const StateTableNames<State, Event, Context>& names) {
  std::vector<StateTableLine> lines;
  for (const auto& row : table) {
    StateTableLine line;
    line.from = names.state(row.from);
    line.on = names.event(row.on);
    if (row.guard != nullptr) {
      line.guard = names.guard ? names.guard(row.guard) : std::string_view();
      line.guard = line.guard.empty() ? "yes" : line.guard;
    }
    line.to = names.state(row.to);
    if (row.act != nullptr && names.action) {
      line.action = names.action(row.act);
    }
    line.clause = row.clause;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace strowger::base
