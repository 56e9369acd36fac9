#include "base/engine_driver.hpp"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "base/echo_engine_fixture.hpp"

namespace strowger::base {
namespace {

using core::octets_of;
using core::Time;

struct Host {
  void deliver(const EchoEngine::Action& action, Time now) {
    said += core::text_of(action.said);
    said += ' ';
    if (on_delivery) {
      on_delivery(action, now);
    }
  }
  void wake_at(std::optional<Time> when) {
    ++armed;
    wake = when;
  }

  std::string said;
  std::function<void(const EchoEngine::Action&, Time)> on_delivery;
  std::optional<Time> wake;
  int armed = 0;
};

class EngineDriverTest : public testing::Test {
 protected:
  using Driver = EngineDriver<EchoEngine, Host>;

  EchoEngine engine_;
  Host host_;
  Driver driver_{engine_, host_};  // exactly max_step: every action fills its area
};

TEST_F(EngineDriverTest, gets_everything_out_through_room_for_one_step) {
  EXPECT_EQ(driver_.input(octets_of("abcde"), EchoEngine::Source{1}, Time{5}), 5U);
  EXPECT_EQ(host_.said, "a b c d e ");
  EXPECT_EQ(host_.wake, std::nullopt);
}

TEST_F(EngineDriverTest, leaves_what_a_stream_did_not_consume) {
  EXPECT_EQ(driver_.input(octets_of("ab.c"), EchoEngine::Source{1}, Time{5}), 2U);
  EXPECT_EQ(host_.said, "a b ");
}

TEST_F(EngineDriverTest, brings_out_in_bulk_what_a_command_began) {
  EXPECT_EQ(driver_.command(EchoEngine::Command{5}, Time{5}), 4U);
  EXPECT_EQ(host_.said, "again again again again again ");
  EXPECT_EQ(driver_.command(EchoEngine::Command{1'001}, Time{5}).error(),
            EchoEngine::Refusal::too_many);
}

TEST_F(EngineDriverTest, gives_way_after_its_rounds_and_asks_to_be_woken) {
  (void)driver_.command(EchoEngine::Command{100}, Time{5});
  EXPECT_EQ(host_.said.size(), 17 * std::string("again ").size());
  EXPECT_EQ(host_.wake, Time{5});
  while (host_.wake) {
    driver_.expire(*host_.wake);
  }
  EXPECT_EQ(host_.said.size(), 100 * std::string("again ").size());
}

TEST_F(EngineDriverTest, delivers_what_a_delivery_causes_after_what_came_before) {
  Driver roomy(engine_, host_, {.room = {8, 100}});
  bool first = true;
  host_.on_delivery = [&](const EchoEngine::Action&, Time now) {
    if (std::exchange(first, false)) {
      EXPECT_EQ(roomy.command(EchoEngine::Command{1}, now), 0U) << "takes effect at once";
      roomy.event(EchoEngine::Event{7}, now);
      EXPECT_EQ(host_.said, "a ") << "nothing is delivered within a delivery";
    }
  };
  (void)roomy.input(octets_of("abc"), EchoEngine::Source{1}, Time{5});
  EXPECT_EQ(host_.said, "a b c again event ");
}

TEST_F(EngineDriverTest, keeps_the_octets_of_an_input_from_within_a_delivery) {
  bool first = true;
  host_.on_delivery = [&](const EchoEngine::Action&, Time now) {
    if (std::exchange(first, false)) {
      std::string passing = "xyz";
      EXPECT_EQ(driver_.input(octets_of(passing), EchoEngine::Source{2}, now), 3U);
      passing = "???";
    }
  };
  (void)driver_.input(octets_of("ab"), EchoEngine::Source{1}, Time{5});
  EXPECT_EQ(host_.said, "a x y z b ");
}

TEST_F(EngineDriverTest, arms_once_for_each_call_from_outside) {
  host_.on_delivery = [&](const EchoEngine::Action& action, Time now) {
    if (action.from == 1) {
      driver_.event(EchoEngine::Event{2}, now);
    }
  };
  (void)driver_.input(octets_of("abc"), EchoEngine::Source{1}, Time{5});
  EXPECT_EQ(host_.armed, 1);
  std::array<core::Octet, 3> room{};
  EXPECT_EQ(driver_.transmit(room, Time{6}), 3U);
  EXPECT_EQ(host_.armed, 2);
}

}  // namespace
}  // namespace strowger::base
