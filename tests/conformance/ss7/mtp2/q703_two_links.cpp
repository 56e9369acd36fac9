// Two of our links over HDLC, octet by octet, on lines that flip bits: whatever happens, messages
// arrive once, in order; and links that failed come back.
#include <random>

#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

using core::milliseconds;
using core::seconds;

/// One end of the line, with a level 3 that starts the link whenever it is out.
class End {
 public:
  explicit End(const Config& config)
      : link(config, room_),
        receiver_({config.numbers == Config::Numbers::seven_bits ? 3U : 6U, max_unit_octets}) {
    order(Kind::power_on, {});
    order(Kind::start, {});
  }

  bool order(Kind kind, core::Time now, core::Octets message = {}) {
    bool taken = false;
    with_actions([&](auto& actions) {
      taken = link.command({kind, message, 0}, now, actions).has_value();
    });
    return taken;
  }
  void transmit(core::MutableOctets line, core::Time now) {
    transmitter_.transmit(line, [&](core::MutableOctets unit) { return link.transmit(unit, now); });
  }
  void receive(core::Octets line, core::Time now) {
    receiver_.input(line, [&](const hdlc::ReceiverEvent& event) {
      with_actions([&](auto& actions) {
        if (event.kind == hdlc::ReceiverEvent::Kind::frame) {
          link.input(event.frame, {}, now, actions);
        } else if (hdlc::is_unit_in_error(event.kind)) {
          link.event(LineEvent::unit_in_error, now, actions);
        }
      });
    });
  }
  void expire(core::Time now) {
    if (link.next_deadline() && *link.next_deadline() <= now) {
      with_actions([&](auto& actions) { link.expire(now, actions); });
    }
    if (link.state() == LinkState::out_of_service) {
      order(Kind::start, now);
    }
  }

 private:
  template <class Call>
  void with_actions(Call&& call) {
    core::Actions<Action> actions(records_, arena_);
    call(actions);
    EXPECT_EQ(actions.refused(), 0U);
    for (const Action& action : actions.all()) {
      if (action.kind == Action::Kind::message) {
        heard.emplace_back(core::text_of(action.message));
      }
      failures += action.kind == Action::Kind::out_of_service ? 1 : 0;
    }
  }

  MessageRoom<300> room_{};
  std::array<Action, 64> records_{};
  std::array<core::Octet, 4096> arena_{};

 public:
  Link link;
  std::vector<std::string> heard;
  int failures = 0;

 private:
  hdlc::Transmitter transmitter_;
  hdlc::Receiver receiver_;
};

class Line {
 public:
  Line(const Config& config, unsigned seed) : random_(seed), near(config), far(config) {}

  void run(core::Duration time) {
    for (const core::Time end = now + time; now < end;) {
      std::array<core::Octet, 8> to_far{};
      std::array<core::Octet, 8> to_near{};
      near.transmit(to_far, now);
      far.transmit(to_near, now);
      spoil(to_far);
      spoil(to_near);
      far.receive(to_far, now);
      near.receive(to_near, now);
      now += milliseconds(1);
      near.expire(now);
      far.expire(now);
    }
  }
  bool up() const { return near.link.in_service() && far.link.in_service(); }

 private:
  void spoil(core::MutableOctets line) {
    for (core::Octet& octet : line) {
      if (octets_an_error > 0 && random_() % octets_an_error == 0) {
        octet = static_cast<core::Octet>(octet ^ 1U << random_() % 8);
      }
    }
  }

  std::mt19937 random_;

 public:
  End near;
  End far;
  core::Time now{};
  unsigned octets_an_error = 0;  // one flipped bit in so many; 0: none
};

void expect_once_and_in_order(const Config& config, unsigned seed) {
  Line line(config, seed);
  line.run(seconds(12));
  ASSERT_TRUE(line.up());
  line.octets_an_error = 3'000;
  std::vector<std::string> asked;
  for (std::size_t i = 0; i < 300; ++i) {
    asked.push_back("message " + std::to_string(i) + std::string(i % 97, 'x'));
    EXPECT_TRUE(line.near.order(Kind::message, line.now, core::octets_of(asked.back())));
    EXPECT_TRUE(line.far.order(Kind::message, line.now, core::octets_of(asked.back())));
    line.run(milliseconds(37));
  }
  line.octets_an_error = 0;
  line.run(seconds(3));
  EXPECT_TRUE(line.up());
  EXPECT_EQ(line.near.failures + line.far.failures, 0);
  EXPECT_EQ(line.far.heard, asked);
  EXPECT_EQ(line.near.heard, asked);
  const Counters counters = line.near.link.counters(line.now);
  EXPECT_GT(counters.units_in_error, 10U);
  EXPECT_GT(counters.messages_retransmitted, 0U);
}

TEST(Q703, Q703_5_messages_arrive_once_and_in_order_over_a_line_that_flips_bits) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    Config config;
    config.disabled = mutation();
    expect_once_and_in_order(config, seed);
  }
}

TEST(Q703, Q703_6_messages_arrive_once_and_in_order_by_cyclic_retransmission) {
  Config config;
  config.correction = Config::Correction::preventive_cyclic;
  config.disabled = mutation();
  expect_once_and_in_order(config, 4);
}

TEST(Q703, Q703_10_a_bad_line_takes_the_link_out_and_a_good_one_brings_it_back) {
  Config config;
  config.disabled = mutation();
  Line line(config, 5);
  line.run(seconds(12));
  ASSERT_TRUE(line.up());
  line.octets_an_error = 20;
  line.run(seconds(20));
  EXPECT_FALSE(line.up());
  EXPECT_GT(line.near.failures, 0);
  line.octets_an_error = 0;
  line.run(seconds(60));
  EXPECT_TRUE(line.up());
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
