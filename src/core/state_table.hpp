// State diagrams of the standards as tables: state, event, guard, next state, actions, clause. The
// same rows drive the engine, the printed diagram, the tests and the mutation check. Freestanding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace strowger::core {

/// One row. `guard` may be null (always). `act` may be null (nothing to do); it runs before the
/// state changes. `clause` names the sentence of the standard that asks for the row.
template <class State, class Event, class Context>
struct Transition {
  State from;
  Event on;
  bool (*guard)(const Context&);
  State to;
  void (*act)(Context&);
  std::string_view clause;
};

/// The outcome of offering an event: the row that matched, or none ("event not permitted").
template <class State, class Event, class Context>
using Row = const Transition<State, Event, Context>*;

/// Finds the first row whose state, event and guard match, runs it and returns it; null, with
/// nothing changed, where no row does. `disabled` is a row that the mutation check has switched
/// off (`no_row` otherwise).
inline constexpr std::size_t no_row = static_cast<std::size_t>(-1);

template <class State, class Event, class Context>
[[nodiscard]] Row<State, Event, Context> find_row(
    std::span<const Transition<State, Event, Context>> table, State state, Event event,
    const Context& context, std::size_t disabled = no_row) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto& row = table[i];
    if (row.from == state && row.on == event && i != disabled &&
        (row.guard == nullptr || row.guard(context))) {
      return &row;
    }
  }
  return nullptr;
}

template <class State, class Event, class Context>
Row<State, Event, Context> step(std::span<const Transition<State, Event, Context>> table,
                                State& state, Event event, Context& context,
                                std::size_t disabled = no_row) {
  const auto row = find_row(table, state, event, context, disabled);
  if (row != nullptr) {
    if (row->act != nullptr) {
      row->act(context);
    }
    state = row->to;
  }
  return row;
}

}  // namespace strowger::core
