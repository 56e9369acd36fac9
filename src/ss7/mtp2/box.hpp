// The boxes of Figure 7 of Q.703: each has states, and a table of what its events do in them. A box
// signals another by calling it; what a row's act sets off sees the row's new state already, so a
// box may be stopped by what its own act has caused. Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/state_table.hpp"
#include "ss7/mtp2/config.hpp"

namespace strowger::ss7::mtp2 {

struct LinkCore;

/// A row of a box: the transition, and its guard and act in words for the printed tables.
template <class State, class Event>
struct Row {
  core::Transition<State, Event, LinkCore> step;
  std::string_view when;
  std::string_view what;
};

/// A row in words.
struct RowText {
  std::string_view from;
  std::string_view on;
  std::string_view when;
  std::string_view to;
  std::string_view what;
  std::string_view clause;
};

/// A table with an index of the first row of each state and event. Rows of the same state and
/// event stand together; the first whose guard holds is taken.
template <class State, class Event, std::size_t States, std::size_t Events, std::size_t Rows>
class BoxTable {
 public:
  explicit constexpr BoxTable(const std::array<Row<State, Event>, Rows>& rows) : rows_(rows) {
    static_assert(Rows < none);
    for (auto& events : first_) {
      events.fill(none);
    }
    for (std::size_t i = Rows; i-- > 0;) {
      first_[index(rows[i].step.from)][index(rows[i].step.on)] = static_cast<std::uint8_t>(i);
    }
  }

  /// Takes the first row that fits, other than `disabled`; null where there is none.
  const Row<State, Event>* run(State& state, Event event, LinkCore& core,
                               std::size_t disabled) const {
    for (std::size_t i = first_[index(state)][index(event)];
         i < Rows && rows_[i].step.from == state && rows_[i].step.on == event; ++i) {
      const auto& step = rows_[i].step;
      if (i != disabled && (step.guard == nullptr || step.guard(core))) {
        state = step.to;
        if (step.act != nullptr) {
          step.act(core);
        }
        return &rows_[i];
      }
    }
    return nullptr;
  }

  [[nodiscard]] constexpr std::size_t size() const { return Rows; }
  [[nodiscard]] constexpr RowText text(std::size_t row) const {
    const auto& at = rows_[row];
    return {to_string(at.step.from), to_string(at.step.on), at.when, to_string(at.step.to), at.what,
            at.step.clause};
  }
  /// Rows of a state and event that do not stand together would never be found.
  [[nodiscard]] constexpr bool in_order() const {
    for (std::size_t i = 0; i < Rows; ++i) {
      std::size_t at = first_[index(rows_[i].step.from)][index(rows_[i].step.on)];
      for (; at < i; ++at) {
        if (rows_[at].step.from != rows_[i].step.from || rows_[at].step.on != rows_[i].step.on) {
          return false;
        }
      }
    }
    return true;
  }

 private:
  template <class Enum>
  static constexpr std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
  }
  static constexpr std::uint8_t none = 255;

  std::array<Row<State, Event>, Rows> rows_;
  std::array<std::array<std::uint8_t, Events>, States> first_{};
};

/// The rows of each table, in the order of its file: for the pages that print them, and for the
/// mutation check.
[[nodiscard]] std::size_t row_count(Box box);
[[nodiscard]] RowText row_text(Box box, std::size_t row);

}  // namespace strowger::ss7::mtp2
