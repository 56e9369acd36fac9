// The promise table: every request that the state map lets a user make, in every state and on every
// side where it does, is answered by exactly one event with its number: the promised one, or
// refused. Whatever the signalling replies, and whatever happens meanwhile.
#include <gtest/gtest.h>

#include "scripted.hpp"

namespace strowger::tdm::test {
namespace {

/// Of each row that users ask, on each of its sides.
struct Asked {
  StateRow row;
  bool outgoing;
};

std::vector<Asked> all_asked() {
  std::vector<Asked> all;
  for (const StateRow& row : trunk_state_map()) {
    for (const bool outgoing : {true, false}) {
      const bool of_side = row.side == Side::both || (row.side == Side::outgoing) == outgoing;
      const bool reached = (outgoing || row.from != State::dialing) &&
                           !(outgoing && (row.from == State::ring || row.from == State::busy));
      if (is_asked(row.on) && of_side && reached) {
        all.push_back({row, outgoing});
      }
    }
  }
  return all;
}

std::string in_short(const Asked& asked) {
  return std::string(to_string(asked.row.on)) + " in " + std::string(to_string(asked.row.from)) +
         (asked.outgoing ? ", outgoing" : ", incoming");
}

void prepare(ScriptedSpan& span, const Asked& asked) {
  if (asked.row.from != State::down) {
    span.bring(asked.outgoing, asked.row.from);
  }
}

/// The events that answer a request.
std::vector<Event> answers(const ScriptedSpan& span, RequestId request) {
  std::vector<Event> all;
  for (const Event& event : span.stand.events) {
    if (event.request == request) {
      all.push_back(event);
    }
  }
  return all;
}

void expect_answer(const ScriptedSpan& span, RequestId request, EventKind kind,
                   TdmError error = TdmError::none) {
  const auto all = answers(span, request);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(to_string(all[0].kind), to_string(kind));
  EXPECT_EQ(to_string(all[0].error), to_string(error));
}

TEST(Promises, all_rows_that_users_ask_are_tried) {
  EXPECT_GT(all_asked().size(), 50U);
}

TEST(Promises, a_request_that_is_carried_out_at_once_is_answered_as_promised) {
  for (const Asked& asked : all_asked()) {
    SCOPED_TRACE(in_short(asked));
    ScriptedSpan span;
    prepare(span, asked);
    const RequestId request = span.ask(span.command_of(asked.row.on));
    expect_answer(span, request, promised_by(asked.row.on));
  }
}

TEST(Promises, a_request_that_is_completed_later_is_answered_as_promised_then) {
  for (const Asked& asked : all_asked()) {
    if (asked.row.on == Trigger::hang_up) {
      continue;  // its own cases follow
    }
    SCOPED_TRACE(in_short(asked));
    ScriptedSpan span;
    prepare(span, asked);
    span.module.next = Reply::later;
    const RequestId request = span.ask(span.command_of(asked.row.on));
    EXPECT_TRUE(answers(span, request).empty());
    span.say([&](SignallingPort& port) {
      port.completed(asked.row.on == Trigger::place ? port.call_on(ChannelNumber(1)) : span.call);
    });
    expect_answer(span, request, promised_by(asked.row.on));
  }
}

TEST(Promises, a_request_that_fails_at_once_is_refused_and_changes_nothing) {
  for (const auto& [reply, error] : {std::pair(Reply::refused, TdmError::refused_below),
                                     std::pair(Reply::not_supported, TdmError::not_supported)}) {
    for (const Asked& asked : all_asked()) {
      if (asked.row.on == Trigger::hang_up) {
        continue;  // no signalling may refuse it
      }
      SCOPED_TRACE(in_short(asked));
      ScriptedSpan span;
      prepare(span, asked);
      span.module.next = reply;
      const RequestId request = span.ask(span.command_of(asked.row.on));
      expect_answer(span, request, EventKind::refused, error);
      EXPECT_EQ(span.stand.engine.view(ChannelNumber(1)).state, asked.row.from);
    }
  }
}

TEST(Promises, a_request_that_fails_later_is_refused_then_and_changes_nothing) {
  for (const Asked& asked : all_asked()) {
    if (asked.row.on == Trigger::hang_up) {
      continue;
    }
    SCOPED_TRACE(in_short(asked));
    ScriptedSpan span;
    prepare(span, asked);
    span.module.next = Reply::later;
    const RequestId request = span.ask(span.command_of(asked.row.on));
    span.say([&](SignallingPort& port) {
      port.failed(port.call_on(ChannelNumber(1)), cause::temporary_failure);
    });
    expect_answer(span, request, EventKind::refused, TdmError::refused_below);
    EXPECT_EQ(span.stand.engine.view(ChannelNumber(1)).state, asked.row.from);
  }
}

TEST(Promises, a_request_under_way_when_the_call_ends_is_refused) {
  for (const Asked& asked : all_asked()) {
    if (asked.row.on == Trigger::hang_up || asked.row.from == State::down) {
      continue;
    }
    SCOPED_TRACE(in_short(asked));
    ScriptedSpan span;
    prepare(span, asked);
    span.module.next = Reply::later;
    const RequestId request = span.ask(span.command_of(asked.row.on));
    span.report(Trigger::disconnected, cause::user_busy.value());
    expect_answer(span, request, EventKind::refused, TdmError::call_over);
    EXPECT_EQ(span.stand.count(EventKind::stop), 1U);
  }
}

TEST(Promises, a_request_under_way_when_the_user_hangs_up_is_refused_and_both_are_answered) {
  for (const Asked& asked : all_asked()) {
    if (asked.row.on == Trigger::hang_up || asked.row.from == State::down) {
      continue;
    }
    SCOPED_TRACE(in_short(asked));
    ScriptedSpan span;
    prepare(span, asked);
    span.module.next = Reply::later;
    const RequestId request = span.ask(span.command_of(asked.row.on));
    const RequestId hang_up = span.ask(HangUp{span.call, cause::normal_clearing});
    span.report(Trigger::released);
    expect_answer(span, request, EventKind::refused, TdmError::call_over);
    expect_answer(span, hang_up, EventKind::released);
  }
}

TEST(Promises, a_request_whose_answer_never_comes_is_answered_by_the_guard) {
  for (const Asked& asked : all_asked()) {
    SCOPED_TRACE(in_short(asked));
    ScriptedSpan span;
    prepare(span, asked);
    span.module.next = Reply::later;
    const RequestId request = span.ask(span.command_of(asked.row.on));
    span.wait(core::seconds(61));
    if (asked.row.on == Trigger::hang_up) {
      expect_answer(span, request, EventKind::released);
    } else {
      expect_answer(span, request, EventKind::refused, TdmError::refused_below);
    }
  }
}

TEST(Promises, hang_up_is_answered_by_released_in_every_state) {
  for (const Asked& asked : all_asked()) {
    if (asked.row.on != Trigger::hang_up) {
      continue;
    }
    for (const Trigger end : {Trigger::released, Trigger::disconnected}) {
      SCOPED_TRACE(in_short(asked));
      ScriptedSpan span;
      prepare(span, asked);
      span.module.next = Reply::later;
      const RequestId request = span.ask(span.command_of(Trigger::hang_up));
      span.report(end);  // where both ends release at once, the confirmation follows
      span.report(Trigger::released);
      expect_answer(span, request, EventKind::released);
      EXPECT_TRUE(span.stand.engine.at_rest());
    }
  }
}

TEST(Promises, a_second_hang_up_is_refused_while_the_first_is_under_way) {
  ScriptedSpan span;
  span.bring(true, State::up);
  span.module.next = Reply::later;
  const RequestId first = span.ask(span.command_of(Trigger::hang_up));
  const RequestId second = span.ask(span.command_of(Trigger::hang_up));
  expect_answer(span, second, EventKind::refused, TdmError::already_released);
  span.report(Trigger::released);
  expect_answer(span, first, EventKind::released);
}

TEST(Promises, what_a_state_does_not_permit_is_refused) {
  for (std::size_t s = 0; s < state_count; ++s) {
    const auto state = static_cast<State>(s);
    if (state == State::down || state == State::ring || state == State::busy ||
        state == State::collect) {
      continue;  // an outgoing call is never there
    }
    for (const Promise& promise : promises()) {
      const bool permitted = find_row(trunk_state_map(), true, state, promise.asked) != nullptr;
      if (permitted || promise.asked == Trigger::place || promise.asked == Trigger::hang_up) {
        continue;
      }
      SCOPED_TRACE(std::string(to_string(promise.asked)) + " in " + std::string(to_string(state)));
      ScriptedSpan span;
      span.bring(true, state);
      const RequestId request = span.ask(span.command_of(promise.asked));
      expect_answer(span, request, EventKind::refused, TdmError::wrong_state);
    }
  }
}

TEST(Promises, reset_is_answered_by_restart_at_once_later_or_by_the_guard) {
  for (const int way : {0, 1, 2}) {
    SCOPED_TRACE(way);
    ScriptedSpan span;
    span.bring(true, State::up);
    span.module.next = way == 0 ? Reply::done : Reply::later;
    const RequestId request = span.ask(Reset{ChannelNumber(1)});
    if (way == 1) {
      span.say([](SignallingPort& port) { port.reset_done(ChannelNumber(1)); });
    } else if (way == 2) {
      span.wait(core::seconds(61));
    }
    expect_answer(span, request, EventKind::restart);
    EXPECT_EQ(span.stand.count(EventKind::stop), 1U);
  }
}

TEST(Promises, blocking_is_answered_by_the_channels_status) {
  ScriptedSpan span;
  const RequestId request = span.ask(SetBlocked{ChannelNumber(2), true});
  expect_answer(span, request, EventKind::signalling_status_changed);
  EXPECT_EQ(span.stand.events.back().status, SignallingStatus::suspended);
}

TEST(Promises, a_span_that_stops_answers_whatever_is_under_way) {
  for (const Asked& asked : all_asked()) {
    SCOPED_TRACE(in_short(asked));
    ScriptedSpan span;
    prepare(span, asked);
    span.module.next = Reply::later;
    const RequestId request = span.ask(span.command_of(asked.row.on));
    const RequestId stop = span.ask(StopSpan{});
    EXPECT_EQ(answers(span, request).size(), 1U);
    EXPECT_EQ(span.stand.events.back().request, stop);
    EXPECT_TRUE(span.stand.engine.at_rest());
  }
}

}  // namespace
}  // namespace strowger::tdm::test
