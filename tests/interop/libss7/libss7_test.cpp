// Our link against libss7's, on virtual time: alignment, traffic both ways, loss, duplication and
// damage, restart of either end. Traffic is signalling link tests (Q.707): each SLTM of ours must
// be answered by libss7 with an SLTA of the same pattern, and each of its with one of ours; and
// ISUP messages of libss7. Of libss7 it is known that it drops the link on processor outage and
// busy, and that it does not run T7: that is expected of it.
#include <array>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "libss7_peer.hpp"
#include "ss7/mtp2/link.hpp"

namespace strowger::interop {
namespace {

using namespace ss7::mtp2;
using core::milliseconds;
using core::seconds;
using Octets = std::vector<core::Octet>;

// Service indicators (Q.704 14.2.1) and headings (Q.704 15, Q.707 5.3).
constexpr core::Octet management = 0;
constexpr core::Octet isup = 5;
constexpr core::Octet traffic_restart_allowed = 0x17;
constexpr core::Octet sltm = 0x11;
constexpr core::Octet slta = 0x21;
constexpr core::Octet loop_back_acknowledgement = 0x24;  // Q.763 table 4

/// SIO, label (DPC 2, OPC 1, SLC 0), heading, length in the high half of an octet, pattern.
Octets test_message(core::Octet heading, const std::string& pattern) {
  Octets message{
      0x81, 0x02, 0x40, 0x00, 0x00, heading, static_cast<core::Octet>(pattern.size() << 4U)};
  for (const char c : pattern) {  // insert() makes g++ 12 warn of bounds at -O2
    message.push_back(static_cast<core::Octet>(c));
  }
  return message;
}

class Libss7 : public ::testing::Test {
 protected:
  Libss7() {
    restart_peer();
    restart_ours();
  }

  void restart_peer() {
    peer_ = std::make_unique<Libss7Peer>(STROWGER_LIBSS7_PEER);
    peer_->tick(now_);
    peer_->start();
  }
  void restart_ours() {
    link_ = std::make_unique<Link>(config_64_kbit(), room_);
    order(Command::Kind::power_on);
    order(Command::Kind::start);
  }

  template <class Call>
  void with_actions(Call&& call) {
    core::Actions<Action> actions(records_, arena_);
    call(actions);
    for (const Action& action : actions.all()) {
      deliver(action);
    }
  }
  bool order(Command::Kind kind, core::Octets message = {}) {
    bool taken = false;
    with_actions([&](auto& actions) {
      taken = link_->command({kind, message, 0}, now_, actions).has_value();
    });
    return taken;
  }

  void deliver(const Action& action) {
    switch (action.kind) {
      case Action::Kind::message:
        hear({action.message.begin(), action.message.end()});
        break;
      case Action::Kind::in_service:
        replies_.push_back(test_message(sltm, "first"));  // as Q.707 2.2 asks of each end
        break;
      case Action::Kind::out_of_service:
        reasons_.push_back(action.reason);
        start_again_ = true;
        break;
      default:
        break;
    }
  }
  void hear(const Octets& message) {
    const core::Octet service = message[0] & 0x0FU;
    Octets reply = message;
    reply[1] = 0x02;  // the label turned round
    reply[2] = 0x40;
    reply[3] = 0x00;
    if (service == isup) {
      isup_.push_back(message);
    } else if (service == management) {
      if (message[5] == traffic_restart_allowed) {
        replies_.push_back(reply);
      }
    } else if (message[5] == sltm) {
      reply[5] = slta;
      replies_.push_back(reply);
    } else if (message[5] == slta) {
      answered_.push_back(std::string(message.begin() + 7, message.end()));
    }
  }

  bool chance(unsigned of_a_thousand) { return random_() % 1000 < of_a_thousand; }

  /// One signal unit each way, each millisecond.
  void tick() {
    std::array<core::Octet, max_unit_octets> room{};
    const core::Octets unit = core::Octets(room).first(link_->transmit(room, now_));
    if (!chance(lost_)) {
      peer_->give(unit);
      if (chance(doubled_)) {
        peer_->give(unit);
      }
    }
    peer_->tick(now_);
    const Octets theirs = peer_->take();
    if (!theirs.empty() && !chance(lost_)) {
      with_actions([&](auto& actions) {
        if (chance(damaged_)) {
          link_->event(LineEvent::unit_in_error, now_, actions);
          return;
        }
        link_->input(theirs, {}, now_, actions);
        if (chance(doubled_)) {
          link_->input(theirs, {}, now_, actions);
        }
      });
    }
    now_ += milliseconds(1);
    while (link_->next_deadline() && *link_->next_deadline() <= now_) {
      with_actions([&](auto& actions) { link_->expire(now_, actions); });
    }
    for (const Octets& reply : std::exchange(replies_, {})) {
      order(Command::Kind::message, reply);
    }
    if (std::exchange(start_again_, false)) {
      order(Command::Kind::start);
    }
    for (const auto event : peer_->events()) {
      // Up is level 3's word: libss7 has had its own signalling link test answered.
      peer_up_ = (peer_up_ || event == Libss7Peer::Event::up) && event != Libss7Peer::Event::down &&
                 event != Libss7Peer::Event::link_down;
    }
  }
  void run(core::Duration time) {
    for (const core::Time end = now_ + time; now_ < end;) {
      tick();
    }
  }
  bool both_up() const { return link_->in_service() && peer_up_; }
  bool run_until_both_up(core::Duration limit) {
    for (const core::Time end = now_ + limit; now_ < end && !both_up();) {
      tick();
    }
    run(seconds(1));
    return both_up();
  }

  /// Signalling link tests of ours and ISUP messages of theirs, all answered and in order.
  void expect_traffic(int count) {
    answered_.clear();
    isup_.clear();
    std::vector<std::string> asked;
    for (int i = 0; i < count; ++i) {
      asked.push_back("test " + std::to_string(i));
      EXPECT_TRUE(order(Command::Kind::message, test_message(sltm, asked.back())));
      peer_->say_loop_back_acknowledgement(i + 1);
      run(milliseconds(20));
    }
    const unsigned lost = std::exchange(lost_, 0);
    const unsigned damaged = std::exchange(damaged_, 0);
    run(seconds(2));
    lost_ = lost;
    damaged_ = damaged;
    EXPECT_TRUE(both_up());
    EXPECT_EQ(answered_, asked);
    ASSERT_EQ(isup_.size(), static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      const Octets& message = isup_[static_cast<std::size_t>(i)];
      EXPECT_EQ(message[5] | message[6] << 8, i + 1) << "circuits come in order";
      EXPECT_EQ(message[7], loop_back_acknowledgement);
    }
  }

  MessageRoom<256> room_{};
  std::array<Action, 16> records_{};
  std::array<core::Octet, 1024> arena_{};
  core::Time now_{};
  std::unique_ptr<Link> link_;
  std::unique_ptr<Libss7Peer> peer_;
  std::minstd_rand random_{7};
  unsigned lost_ = 0;
  unsigned doubled_ = 0;
  unsigned damaged_ = 0;
  bool start_again_ = false;
  bool peer_up_ = false;
  std::vector<FailureReason> reasons_;
  std::vector<Octets> replies_;
  std::vector<Octets> isup_;
  std::vector<std::string> answered_;
};

TEST_F(Libss7, aligns_and_stays_in_service) {
  ASSERT_TRUE(run_until_both_up(seconds(30)));
  run(seconds(60));
  EXPECT_TRUE(both_up());
  EXPECT_EQ(link_->counters(now_).failures, 0U);
}

TEST_F(Libss7, aligns_in_emergency) {
  link_ = std::make_unique<Link>(config_64_kbit(), room_);
  order(Command::Kind::power_on);
  order(Command::Kind::emergency);
  order(Command::Kind::start);
  const core::Time begin = now_;
  while (!link_->in_service() && now_ < begin + seconds(30)) {
    tick();
  }
  EXPECT_TRUE(link_->in_service());
  EXPECT_LT((now_ - begin).milliseconds(), 3'000);
}

TEST_F(Libss7, carries_traffic_both_ways) {
  ASSERT_TRUE(run_until_both_up(seconds(30)));
  expect_traffic(300);
  EXPECT_EQ(link_->counters(now_).failures, 0U);
}

TEST_F(Libss7, carries_traffic_over_a_line_that_loses) {
  ASSERT_TRUE(run_until_both_up(seconds(30)));
  lost_ = 30;
  expect_traffic(200);
  EXPECT_GT(link_->counters(now_).messages_retransmitted, 0U);
  EXPECT_GT(link_->counters(now_).negative_acknowledgements_sent, 0U);
}

TEST_F(Libss7, carries_traffic_over_a_line_that_doubles) {
  ASSERT_TRUE(run_until_both_up(seconds(30)));
  doubled_ = 300;
  expect_traffic(200);
  EXPECT_EQ(link_->counters(now_).failures, 0U);
}

TEST_F(Libss7, carries_traffic_over_a_line_that_damages) {
  ASSERT_TRUE(run_until_both_up(seconds(30)));
  damaged_ = 3;
  expect_traffic(300);
  EXPECT_GT(link_->counters(now_).units_in_error, 5U);
}

TEST_F(Libss7, comes_up_again_after_libss7_was_restarted) {
  ASSERT_TRUE(run_until_both_up(seconds(30)));
  expect_traffic(20);
  peer_up_ = false;
  restart_peer();
  ASSERT_TRUE(run_until_both_up(seconds(60)));
  ASSERT_FALSE(reasons_.empty());
  expect_traffic(20);
}

TEST_F(Libss7, comes_up_again_after_we_were_restarted) {
  ASSERT_TRUE(run_until_both_up(seconds(30)));
  expect_traffic(20);
  restart_ours();
  ASSERT_TRUE(run_until_both_up(seconds(60)));
  expect_traffic(20);
}

TEST_F(Libss7, comes_up_again_after_a_processor_outage_at_which_libss7_drops_the_link) {
  ASSERT_TRUE(run_until_both_up(seconds(30)));
  EXPECT_TRUE(order(Command::Kind::local_processor_outage));
  run(milliseconds(100));
  ASSERT_FALSE(reasons_.empty());
  EXPECT_FALSE(link_->in_service());
  ASSERT_TRUE(run_until_both_up(seconds(60)));
  expect_traffic(20);
}

}  // namespace
}  // namespace strowger::interop
