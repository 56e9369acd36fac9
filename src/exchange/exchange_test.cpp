// Calls as a whole: start, end, hang-up, reload, overload, stop, and what the console sees.
#include <gmock/gmock.h>

#include "exchange/exchange_fixture.hpp"

namespace strowger::exchange {
namespace {

using ::testing::ElementsAre;

class Calls : public ExchangeTest {};

TEST_F(Calls, a_call_answers_plays_and_is_hung_up_at_the_end_of_its_extension) {
  start("[default]\nexten => 1,1,Answer()\nsame => n,Playback(hello-world)\n");
  dial("1");
  EXPECT_EQ(port_of("alice").playing, "hello-world");
  EXPECT_EQ(records.all.size(), 0U);
  pass(core::seconds(3));
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer", "hangup 16"));
  ASSERT_EQ(records.all.size(), 1U);
  EXPECT_EQ(records.all[0].destination, "1");
  EXPECT_EQ(records.all[0].disposition, records::Disposition::answered);
  EXPECT_EQ(records.all[0].billable_seconds(), 1);
  EXPECT_EQ(records.all[0].caller.quality.packets_received, 50U);
  EXPECT_FALSE(records.all[0].ended_by_caller);
  expect_idle();
}

}  // namespace
}  // namespace strowger::exchange
