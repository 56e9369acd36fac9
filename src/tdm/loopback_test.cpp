// What a loopback carries of an answered call: hold and transfer.
#include "tdm/loopback.hpp"

#include <gmock/gmock.h>

#include "tdm/engine_fixture.hpp"

namespace strowger::tdm {
namespace {

/// An answered call from a to b.
class AnsweredLoopback : public testing::Test {
 protected:
  AnsweredLoopback() {
    pair.start();
    pair.a.ask(Place{Hunt::on_span(SpanId(1)), caller("100", "200"), 0, 0}, pair.now);
    pair.run();
    a_call = pair.a.last(EventKind::dialing)->call;
    b_call = pair.b.last(EventKind::start)->call;
    pair.b.ask(Answer{b_call}, pair.now);
    pair.run();
  }
  [[nodiscard]] State state_a() const { return pair.a.engine.view(ChannelNumber(1)).state; }

  LoopbackPair pair;
  CallId a_call, b_call;
};

TEST_F(AnsweredLoopback, hold_and_its_end_are_told_to_the_far_end) {
  const RequestId request = pair.a.ask(SetHold{a_call, true}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::indication_completed)->request, request);
  EXPECT_EQ(pair.b.count(EventKind::held), 0U);
  pair.run();
  ASSERT_EQ(pair.b.count(EventKind::held), 1U);
  EXPECT_EQ(pair.b.last(EventKind::held)->call, b_call);
  EXPECT_EQ(pair.b.last(EventKind::held)->state, State::up) << "the far end's hold is not ours";
  pair.a.ask(SetHold{a_call, false}, pair.now);
  pair.run();
  EXPECT_EQ(pair.b.count(EventKind::retrieved), 1U);
}

TEST_F(AnsweredLoopback, both_ends_may_hold_at_once) {
  pair.a.ask(SetHold{a_call, true}, pair.now);
  pair.b.ask(SetHold{b_call, true}, pair.now);
  pair.run();
  EXPECT_EQ(pair.a.last(EventKind::held)->state, State::hold);
  EXPECT_EQ(pair.b.last(EventKind::held)->state, State::hold);
}

TEST_F(AnsweredLoopback, transfer_is_completed_when_the_far_end_has_taken_it) {
  const RequestId request = pair.a.ask(Transfer{a_call, caller("", "300").called}, pair.now);
  EXPECT_EQ(pair.a.count(EventKind::transfer_completed), 0U);
  EXPECT_EQ(state_a(), State::up);
  pair.a.ask(SetHold{a_call, true}, pair.now);
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::request_pending);
  pair.run();
  ASSERT_EQ(pair.b.count(EventKind::transfer_asked), 1U);
  EXPECT_EQ(pair.b.last(EventKind::transfer_asked)->caller.called.view(), "300");
  ASSERT_EQ(pair.a.count(EventKind::transfer_completed), 1U);
  EXPECT_EQ(pair.a.last(EventKind::transfer_completed)->request, request);
  EXPECT_EQ(state_a(), State::transfer);
  pair.a.ask(HangUp{a_call, Cause(16)}, pair.now);
  pair.run();
  EXPECT_EQ(pair.a.count(EventKind::released), 1U);
}

TEST_F(AnsweredLoopback, a_transfer_that_the_far_end_cannot_take_is_refused_and_the_call_stays) {
  pair.b.ask(Transfer{b_call, caller("", "300").called}, pair.now);
  pair.run();  // b's part is handed on
  pair.a.ask(Transfer{a_call, caller("", "400").called}, pair.now);
  pair.run();
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::refused_below);
  EXPECT_EQ(pair.a.last(EventKind::refused)->cause, cause::facility_rejected);
  EXPECT_EQ(state_a(), State::up);
  EXPECT_EQ(pair.b.count(EventKind::transfer_asked), 0U);
}

TEST_F(AnsweredLoopback, a_transfer_that_crosses_the_end_of_its_call_is_answered_once) {
  const RequestId request = pair.a.ask(Transfer{a_call, caller("", "300").called}, pair.now);
  pair.b.ask(HangUp{b_call, Cause(16)}, pair.now);
  pair.run();
  std::size_t answers = 0;
  for (const Event& event : pair.a.events) {
    answers += event.request == request ? 1U : 0U;
  }
  EXPECT_EQ(answers, 1U);
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::call_over);
  EXPECT_EQ(pair.b.count(EventKind::transfer_asked), 0U);
}

TEST_F(AnsweredLoopback, a_transfer_whose_answer_is_lost_ends_with_the_guard) {
  pair.a.ask(Transfer{a_call, caller("", "300").called}, pair.now);
  pair.a.sent.clear();
  pair.wait(core::seconds(61));
  EXPECT_EQ(pair.a.last(EventKind::refused)->error, TdmError::refused_below);
  EXPECT_EQ(state_a(), State::up);
}

}  // namespace
}  // namespace strowger::tdm
