// Two banks back to back over a line in memory, on a clock of their own; every tick runs within a
// real-time section, so that the guard sees to it that nothing allocates or locks.
#include "ss7_trunk/link_bank.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "ss7_trunk/bank_fixture.hpp"
#include "tdm_transports/loop_line.hpp"

namespace strowger::ss7_trunk {
namespace {

using test::BankEnd;
using test::first_link;
using test::numbered;
using ActionKind = ss7::mtp2::Action::Kind;
using CommandKind = ss7::mtp2::Command::Kind;

class Banks : public testing::Test {
 protected:
  explicit Banks(const MailboxSize& size = {})
      : lines_(tdm_transports::LoopLine::make_pair({})),
        a(*lines_.a, 16, ss7::mtp2::config_64_kbit(), size),
        b(*lines_.b, 16, ss7::mtp2::config_64_kbit(), size) {}

  void run(int milliseconds) {
    for (int i = 0; i < milliseconds; ++i) {
      now += core::milliseconds(1);
      a.tick(now);
      b.tick(now);
    }
  }
  void align() {
    a.desk.up(first_link, true);
    b.desk.up(first_link, true);
    run(1'000);
    ASSERT_TRUE(a.in_service() && b.in_service());
  }
  /// As many as the link takes, from number `next` on.
  void send_all_that_go(std::size_t& next) {
    while (a.send(numbered(next))) {
      ++next;
    }
  }
  void expect_numbered(const std::vector<std::string>& messages, std::size_t count) {
    ASSERT_EQ(messages.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(messages[i], numbered(i));
    }
  }

  tdm_transports::LoopLine::Pair lines_;
  core::Time now{};

 public:
  BankEnd a;
  BankEnd b;
};

TEST_F(Banks, align_and_pass_messages_both_ways_in_order) {
  align();
  for (std::size_t i = 0; i < 200; ++i) {
    ASSERT_TRUE(a.send(numbered(i)));
    ASSERT_TRUE(b.send(numbered(i)));
    run(5);
  }
  run(500);
  expect_numbered(b.user.messages, 200);
  expect_numbered(a.user.messages, 200);
  const LinkReport report = a.report(now);
  EXPECT_EQ(report.state, ss7::mtp2::LinkState::in_service);
  EXPECT_EQ(report.counters.messages_sent, 200U);
  EXPECT_EQ(report.mailbox.lost_up, 0U);
}

TEST_F(Banks, send_nothing_but_sios_until_they_are_started) {
  run(100);
  EXPECT_EQ(a.report(now).state, ss7::mtp2::LinkState::out_of_service);
  EXPECT_GT(b.report(now).counters.units_received, 50U);
  EXPECT_TRUE(a.user.indications.empty());
}

TEST_F(Banks, keep_messages_in_the_way_down_while_the_link_has_no_slot) {
  align();
  std::size_t sent = 0;
  send_all_that_go(sent);
  EXPECT_GT(sent, 2 * messages_a_link);
  const std::size_t first = sent;
  run(1);
  const LinkReport full = a.report(now);
  EXPECT_EQ(full.waiting + full.unacknowledged, messages_a_link);
  send_all_that_go(sent);
  EXPECT_GT(sent, first);  // the link has taken some
  run(9'000);
  expect_numbered(b.user.messages, sent);
  EXPECT_GT(a.report(now).mailbox.down_refused, 0U);
}

TEST_F(Banks, take_two_seconds_of_a_reader_that_does_not_read) {
  align();
  b.stalled = true;
  std::size_t sent = 0;
  for (int i = 0; i < 2'000; ++i) {
    send_all_that_go(sent);
    run(1);
  }
  EXPECT_TRUE(b.user.messages.empty());
  b.stalled = false;
  run(9'000);
  expect_numbered(b.user.messages, sent);
  EXPECT_EQ(b.report(now).mailbox.lost_up, 0U);
  EXPECT_EQ(b.report(now).mailbox.congestions, 0U);
  EXPECT_EQ(a.user.count(ActionKind::out_of_service), 0U);
  EXPECT_EQ(b.user.count(ActionKind::out_of_service), 0U);
}

TEST_F(Banks, take_two_seconds_of_the_shortest_messages_without_holding_the_far_end_back) {
  align();
  b.stalled = true;
  std::size_t sent = 0;
  for (int i = 0; i < 2'000; ++i) {
    while (a.send("msu")) {
      ++sent;
    }
    run(1);
  }
  b.stalled = false;
  run(3'000);
  EXPECT_EQ(b.user.messages.size(), sent);
  EXPECT_GT(b.report(now).mailbox.up_high_water, 24'000U);
  EXPECT_EQ(b.report(now).mailbox.congestions, 0U);
}

TEST_F(Banks, refuse_messages_that_no_unit_can_carry) {
  using ss7::mtp2::Refusal;
  const auto refusal = [this](std::size_t octets) {
    return a.desk.send(first_link, core::octets_of(std::string(octets, 'x'))).error();
  };
  EXPECT_EQ(refusal(2), Refusal::message_too_short);
  EXPECT_EQ(refusal(274), Refusal::message_too_long);
}

TEST_F(Banks, return_what_was_not_acknowledged_and_what_the_link_has_not_taken) {
  align();
  lines_.b->set_cut(true);
  std::size_t sent = 0;
  send_all_that_go(sent);
  run(50);
  send_all_that_go(sent);
  a.desk.down(first_link);
  run(1);
  a.desk.order(first_link, CommandKind::retrieve_bsnt);
  a.desk.order(first_link, CommandKind::retrieve_messages, 127);
  run(2'000);
  EXPECT_EQ(a.user.count(ActionKind::bsnt), 1U);
  EXPECT_EQ(a.user.count(ActionKind::retrieval_complete), 1U);
  expect_numbered(a.user.retrieved, sent);
}

TEST_F(Banks, forget_at_a_start_what_waited_from_before) {
  align();
  a.desk.down(first_link);
  run(10);
  a.send("of the link's earlier life");
  a.desk.up(first_link, true);
  run(3'000);
  ASSERT_TRUE(a.in_service());
  EXPECT_TRUE(b.user.messages.empty());
}

TEST_F(Banks, tell_of_processor_outages) {
  align();
  a.desk.order(first_link, CommandKind::local_processor_outage);
  run(100);
  EXPECT_EQ(b.user.count(ActionKind::remote_processor_outage), 1U);
  a.desk.order(first_link, CommandKind::local_processor_recovered);
  run(100);
  EXPECT_EQ(b.user.count(ActionKind::remote_processor_recovered), 1U);
}

TEST_F(Banks, take_a_link_out_by_its_error_rate_when_the_line_dies) {
  align();
  lines_.a->set_all_ones(true);
  run(500);
  ASSERT_EQ(b.user.count(ActionKind::out_of_service), 1U);
  EXPECT_EQ(b.desk.last_failure(first_link), ss7::mtp2::FailureReason::error_rate);
}

TEST_F(Banks, publish_their_lines) {
  run(100);
  EXPECT_EQ(a.bank.line_figures(0).counters.ticks, 100U);
  lines_.b->set_cut(true);
  run(10);
  EXPECT_EQ(a.bank.line_figures(0).alarms.bits, tdm::Alarms::red);
}

TEST_F(Banks, refuse_a_link_where_there_is_no_timeslot_or_somebody_lives) {
  EXPECT_FALSE(a.bank.add_link(0, 16, {}));
  EXPECT_FALSE(a.bank.add_link(0, 32, {}));
  EXPECT_FALSE(a.bank.add_link(1, 1, {}));
  EXPECT_EQ(a.bank.links(), 1U);
}

/// With room for a few dozen messages above.
class BanksWithLittleRoom : public Banks {
 protected:
  static MailboxSize little() {
    MailboxSize size;
    size.up_octets = 8U << 10U;
    return size;
  }
  BanksWithLittleRoom() : Banks(little()) {}
};

TEST_F(BanksWithLittleRoom, hold_the_far_end_back_and_lose_nothing) {
  align();
  b.stalled = true;
  std::size_t sent = 0;
  for (int i = 0; i < 2'000; ++i) {
    send_all_that_go(sent);
    run(1);
  }
  b.stalled = false;
  run(9'000);
  expect_numbered(b.user.messages, sent);
  const LinkReport report = b.report(now);
  EXPECT_EQ(report.mailbox.congestions, 1U);
  EXPECT_EQ(report.mailbox.lost_up, 0U);
  EXPECT_GT(report.mailbox.up_high_water, 6'000U);
  EXPECT_GT(a.report(now).counters.busy_received, 0U);
  EXPECT_EQ(a.user.count(ActionKind::out_of_service), 0U);
}

TEST_F(BanksWithLittleRoom, lose_the_link_cleanly_to_a_reader_that_has_died) {
  align();
  b.stalled = true;
  std::size_t sent = 0;
  send_all_that_go(sent);
  run(8'000);
  EXPECT_EQ(a.desk.last_failure(first_link), ss7::mtp2::FailureReason::congestion_too_long);
  b.stalled = false;
  run(5'000);
  EXPECT_TRUE(a.in_service() && b.in_service());  // and comes back when it reads again
  EXPECT_EQ(b.report(now).mailbox.lost_up, 0U);
}

// ---- captures

struct Seen {
  std::size_t in = 0;
  std::size_t out = 0;
  std::size_t shortest = SIZE_MAX;
  std::size_t longest = 0;
};

Seen seen_by(CaptureTap& tap) {
  Seen seen;
  while (const auto record = tap.fifo().front()) {
    CapturedHeader header;
    std::memcpy(&header, record->octets.data(), sizeof header);
    ++(header.sent != 0 ? seen.out : seen.in);
    seen.shortest = std::min<std::size_t>(seen.shortest, header.octets);
    seen.longest = std::max<std::size_t>(seen.longest, header.octets);
    tap.fifo().release();
  }
  return seen;
}

TEST_F(Banks, capture_by_direction_and_type) {
  align();
  const auto captured = [this](std::uint8_t bits) {
    LinkOrder order;
    order.kind = LinkOrder::Kind::capture;
    order.filter.bits = bits;
    a.desk.order(first_link, order);
    seen_by(a.bank.tap());
    for (int i = 0; i < 5; ++i) {
      b.send(numbered(0));
    }
    run(100);
    return seen_by(a.bank.tap());
  };
  const Seen all = captured(UnitFilter::everything);
  EXPECT_GT(all.in, 20U);
  EXPECT_GT(all.out, 20U);
  EXPECT_EQ(all.shortest, 3U);
  EXPECT_EQ(all.longest, 23U);
  const Seen messages = captured(UnitFilter::in | UnitFilter::message);
  EXPECT_EQ(messages.in, 5U);
  EXPECT_EQ(messages.out, 0U);
  const Seen fill_in = captured(UnitFilter::out | UnitFilter::fill_in);
  EXPECT_EQ(fill_in.in, 0U);
  EXPECT_GT(fill_in.out, 20U);
  EXPECT_EQ(fill_in.longest, 3U);
  EXPECT_EQ(captured(UnitFilter::in | UnitFilter::out | UnitFilter::status).in, 0U);
  EXPECT_EQ(captured(0).in, 0U);
}

TEST_F(Banks, lose_captured_units_first_and_count_them) {
  LinkOrder order;
  order.kind = LinkOrder::Kind::capture;
  order.filter.bits = UnitFilter::everything;
  a.desk.order(first_link, order);
  align();
  run(20'000);
  EXPECT_GT(a.bank.tap().lost(), 0U);
  EXPECT_TRUE(a.in_service());
}

}  // namespace
}  // namespace strowger::ss7_trunk
