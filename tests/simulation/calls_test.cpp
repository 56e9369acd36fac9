// Phones call each other through an exchange over a bad network: whatever happens to the messages,
// every call ends once, at both ends, and nothing is left of it.
#include <gtest/gtest.h>

#include "world.hpp"

namespace strowger::simulation {
namespace {

struct Weather {
  const char* name;
  io::LinkOptions link;
};

io::LinkOptions link(core::Duration delay, core::Duration jitter, double loss, double duplication) {
  io::LinkOptions options;
  options.delay = delay;
  options.jitter = jitter;
  options.loss = loss;
  options.duplication = duplication;
  return options;
}

class Calls : public testing::TestWithParam<Weather> {};

TEST_P(Calls, end_once_at_both_ends_and_leave_nothing) {
  const auto seed = seed_or(20261124);
  SCOPED_TRACE("./run sim --seed " + std::to_string(seed));
  World world(seed, 12, GetParam().link, {});
  world.let_them_call(core::seconds(120), 6);
  world.run_for(core::seconds(150));
  world.wind_up();

  EXPECT_EQ(world.leftovers(), "");
  std::size_t begun = 0;
  std::size_t answered = 0;
  for (const auto& phone : world.phones) {
    EXPECT_EQ(phone->calls_begun(), phone->calls_ended());
    begun += phone->calls_begun();
    answered += phone->calls_answered();
  }
  EXPECT_GT(begun, 72U);
  EXPECT_GT(answered, 20U) << "too few calls were answered to prove anything";
  const auto& counters = world.exchange->counters();
  EXPECT_EQ(world.records.all.size() >= counters.calls_started, true)
      << world.records.all.size() << " records of " << counters.calls_started << " calls";
}

INSTANTIATE_TEST_SUITE_P(
    Weather, Calls,
    testing::Values(
        Weather{"calm", link(core::milliseconds(1), {}, 0, 0)},
        Weather{"far", link(core::milliseconds(150), core::milliseconds(100), 0, 0)},
        Weather{"lossy", link(core::milliseconds(10), core::milliseconds(20), 0.1, 0.02)},
        Weather{"awful", link(core::milliseconds(40), core::milliseconds(300), 0.3, 0.1)}),
    [](const auto& weather) { return weather.param.name; });

TEST(SimulatedCalls, of_phones_that_lose_power_end_at_the_other_side) {
  const auto seed = seed_or(7);
  SCOPED_TRACE("./run sim --seed " + std::to_string(seed));
  Habits patient;
  patient.answers = 1;
  patient.rings_for = core::seconds(1);
  patient.talks_for = core::seconds(600);
  World world(seed, 6, link(core::milliseconds(5), {}, 0, 0), patient);
  world.phones[0]->dial("101");
  world.phones[2]->dial("103");
  world.run_for(core::seconds(5));
  ASSERT_EQ(world.exchange->counters().calls, 2U);
  world.phones[0]->lose_power();
  world.phones[3]->lose_power();
  // The other side hangs up; BYE towards the dead phone runs into its timer.
  world.phones[1]->hang_up_all();
  world.phones[2]->hang_up_all();
  world.run_for(core::seconds(60));
  EXPECT_EQ(world.exchange->counters().calls, 0U);
  EXPECT_EQ(world.media.open_ports(), 0U);
  EXPECT_EQ(world.sip->legs(), 0U);
}

TEST(SimulatedCalls, are_the_same_again_from_the_same_seed) {
  const auto run = [](std::uint64_t seed) {
    World world(seed, 8, link(core::milliseconds(20), core::milliseconds(60), 0.1, 0.05), {});
    world.let_them_call(core::seconds(60), 4);
    world.run_for(core::seconds(90));
    world.wind_up();
    return std::tuple(world.network.events(), world.records.all.size(), world.media.played());
  };
  EXPECT_EQ(run(3), run(3));
  EXPECT_NE(std::get<0>(run(3)), std::get<0>(run(4)));
}

}  // namespace
}  // namespace strowger::simulation
