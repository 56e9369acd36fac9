#include "ss7_trunk/link_desk.hpp"

#include <gtest/gtest.h>

#include "ss7_trunk/bank_fixture.hpp"
#include "ss7_trunk/test_user.hpp"
#include "tdm_transports/loop_line.hpp"

namespace strowger::ss7_trunk {
namespace {

using test::BankEnd;
using test::first_link;
using ActionKind = ss7::mtp2::Action::Kind;

class Desks : public testing::Test {
 protected:
  void run(int milliseconds) {
    for (int i = 0; i < milliseconds; ++i) {
      now += core::milliseconds(1);
      a.tick(now);
      b.tick(now);
    }
  }

  tdm_transports::LoopLine::Pair lines = tdm_transports::LoopLine::make_pair({});
  BankEnd a{*lines.a, 1};
  BankEnd b{*lines.b, 1};
  core::Time now{};
};

TEST_F(Desks, align_again_a_second_after_a_failure) {
  a.desk.up(first_link, true);
  b.desk.up(first_link, true);
  run(1'000);
  ASSERT_TRUE(a.in_service() && b.in_service());
  lines.a->set_cut(true);
  run(1'000);
  EXPECT_FALSE(b.in_service());
  lines.a->set_cut(false);
  run(4'000);
  EXPECT_TRUE(a.in_service() && b.in_service());
  EXPECT_GE(a.report(now).counters.alignments, 2U);
}

TEST_F(Desks, wait_for_t17_before_they_align_again) {
  a.desk.up(first_link, true);
  b.desk.up(first_link, true);
  run(1'000);
  b.desk.down(first_link);
  run(100);
  ASSERT_EQ(a.user.count(ActionKind::out_of_service), 1U);
  EXPECT_EQ(a.report(now).state, ss7::mtp2::LinkState::out_of_service);
  ASSERT_TRUE(a.desk.next_deadline());
  EXPECT_GT(*a.desk.next_deadline(), now);
  run(1'000);
  EXPECT_EQ(a.report(now).state, ss7::mtp2::LinkState::initial_alignment);
}

TEST_F(Desks, leave_a_link_down_that_was_taken_down) {
  a.desk.up(first_link, true);
  b.desk.up(first_link, true);
  run(1'000);
  b.desk.down(first_link);
  run(20'000);
  EXPECT_FALSE(b.desk.wanted(first_link));
  EXPECT_EQ(b.user.count(ActionKind::out_of_service), 1U);
  EXPECT_EQ(b.report(now).state, ss7::mtp2::LinkState::out_of_service);
  EXPECT_EQ(a.desk.last_failure(first_link), ss7::mtp2::FailureReason::received_sios);
  b.desk.up(first_link, true);
  run(5'000);
  EXPECT_TRUE(a.in_service() && b.in_service());
}

TEST_F(Desks, say_when_a_link_does_not_answer) {
  EXPECT_FALSE(a.desk.report(first_link, core::milliseconds(1)));
}

TEST_F(Desks, refuse_orders_and_messages_beyond_their_room) {
  int orders = 0;
  while (a.desk.order(first_link, ss7::mtp2::Command::Kind::stop)) {
    ++orders;
  }
  EXPECT_EQ(orders, 64);
  int messages = 0;
  while (a.send("message")) {
    ++messages;
  }
  EXPECT_GT(messages, 500);
}

// ---- the test user

/// The links' own user is a recorder; this one sends through its desk and hears what the other
/// end's recorder heard.
class TestUsers : public Desks {
 protected:
  void in_service() {
    sender.on_indication(first_link, {ActionKind::in_service, {}, 0});
    receiver.on_indication(first_link, {ActionKind::in_service, {}, 0});
    a.desk.up(first_link, true);
    b.desk.up(first_link, true);
    run(1'000);
    sender.attach(a.desk);
  }
  void run_test(int milliseconds) {
    for (int i = 0; i < milliseconds; ++i) {
      sender.turn(now);
      run(1);
    }
    run(200);
  }
  void hear_all() {
    for (const std::string& message : b.user.messages) {
      receiver.on_message(first_link, core::octets_of(message));
    }
    b.user.messages.clear();
  }

  TestUser sender{1};
  TestUser receiver{1};
};

TEST_F(TestUsers, send_at_their_rate_and_find_all_in_order) {
  in_service();
  sender.send(first_link, 50);
  run_test(4'001);
  hear_all();
  EXPECT_EQ(sender.figures(first_link).sent, 200U);
  const TestFigures figures = receiver.figures(first_link);
  EXPECT_EQ(figures.received, 200U);
  EXPECT_EQ(figures.missing + figures.repeated + figures.damaged + figures.others, 0U);
}

TEST_F(TestUsers, see_what_is_missing_repeated_or_damaged) {
  in_service();
  sender.send(first_link, 50);
  run_test(201);
  auto& messages = b.user.messages;
  ASSERT_EQ(messages.size(), 10U);
  messages.erase(messages.begin() + 2, messages.begin() + 4);
  messages.push_back(messages[3]);
  messages[1].back() = static_cast<char>(messages[1].back() + 1);
  messages.emplace_back("somebody else's");
  hear_all();
  const TestFigures figures = receiver.figures(first_link);
  EXPECT_EQ(figures.damaged, 1U);
  EXPECT_EQ(figures.missing, 3U);
  EXPECT_EQ(figures.repeated, 1U);
  EXPECT_EQ(figures.others, 1U);
  EXPECT_EQ(figures.received, 7U);
}

TEST_F(TestUsers, send_nothing_while_the_link_is_out) {
  sender.attach(a.desk);
  sender.send(first_link, 50);
  run_test(1'000);
  EXPECT_EQ(sender.figures(first_link).sent, 0U);
  EXPECT_TRUE(sender.busy());
  sender.send(first_link, 0);
  EXPECT_FALSE(sender.busy());
}

TEST_F(TestUsers, count_anew_when_the_link_comes_back) {
  in_service();
  sender.send(first_link, 50);
  run_test(201);
  hear_all();
  sender.on_indication(first_link, {ActionKind::out_of_service, {}, 0});
  sender.on_indication(first_link, {ActionKind::in_service, {}, 0});
  receiver.on_indication(first_link, {ActionKind::in_service, {}, 0});
  run_test(201);
  hear_all();
  const TestFigures figures = receiver.figures(first_link);
  EXPECT_GE(figures.received, 19U);
  EXPECT_EQ(figures.missing + figures.repeated, 0U);
}

}  // namespace
}  // namespace strowger::ss7_trunk
