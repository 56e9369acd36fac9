#include "media/shard_router.hpp"

#include <string>

#include <gtest/gtest.h>

namespace strowger::media {
namespace {

/// What was dispatched, as text: "0:move2>1" ...
class RouterTest : public testing::Test {
 protected:
  void route(const Command& command) { router.route(command, dispatch); }
  std::string taken() { return std::exchange(log, {}); }
  static PortId port(std::uint32_t slot) { return {slot, 1}; }

  std::string log;
  ShardRouter::Dispatch dispatch = [this](std::uint32_t shard, const Command& command) {
    log += (log.empty() ? "" : " ") + std::to_string(shard) + ":";
    if (const auto* const move = std::get_if<MovePort>(&command)) {
      log += "move" + std::to_string(move->port.slot) + ">" + std::to_string(move->shard);
    } else if (const auto* const bridge = std::get_if<BridgePorts>(&command)) {
      log += "bridge" + std::to_string(bridge->a.slot) + "," + std::to_string(bridge->b.slot);
    } else if (const auto* const echo = std::get_if<EchoPort>(&command)) {
      log += "echo" + std::to_string(echo->port.slot) + (echo->on ? "+" : "-");
    } else if (const auto* const close = std::get_if<ClosePort>(&command)) {
      log += "close" + std::to_string(close->port.slot);
    } else if (const auto* const join = std::get_if<JoinConference>(&command)) {
      log += "join" + std::to_string(join->port.slot);
    }
  };
  ShardRouter router{2, 8};
};

TEST_F(RouterTest, spreads_ports_evenly_and_puts_partners_together) {
  router.add(port(0), {});
  router.add(port(1), {});
  router.add(port(2), {});
  EXPECT_EQ(router.load(0), 2U);
  EXPECT_EQ(router.load(1), 1U);
  router.add(port(3), port(0));
  EXPECT_EQ(router.shard_of(port(3)), router.shard_of(port(0)));
  router.remove(port(0));
  router.remove(port(3));
  router.add(port(4), {});
  EXPECT_EQ(router.load(0) + router.load(1), 3U);
}

TEST_F(RouterTest, moves_one_of_two_to_the_other_before_they_are_bridged) {
  router.add(port(0), {});
  router.add(port(1), {});
  route(BridgePorts{port(0), port(1)});
  EXPECT_EQ(taken(), "1:move1>0");
  EXPECT_EQ(router.load(0), 2U);
  router.arrived(port(1), dispatch);
  EXPECT_EQ(taken(), "0:bridge0,1");
  EXPECT_TRUE(router.held().empty());
}

TEST_F(RouterTest, keeps_the_order_of_commands_for_each_port_while_one_moves) {
  router.add(port(0), {});
  router.add(port(1), {});
  router.add(port(2), {});
  route(BridgePorts{port(0), port(1)});
  route(EchoPort{port(0), true});  // waits behind the bridge, though its port stands still
  route(EchoPort{port(1), false});
  route(EchoPort{port(2), true});  // has nothing to do with it
  EXPECT_EQ(taken(), "1:move1>0 0:echo2+");
  router.arrived(port(1), dispatch);
  EXPECT_EQ(taken(), "0:bridge0,1 0:echo0+ 0:echo1-");
}

TEST_F(RouterTest, moves_a_port_again_where_a_waiting_command_wants_it) {
  router.add(port(0), {});
  router.add(port(1), {});
  router.add(port(2), port(0));
  router.add(port(3), port(1));
  route(BridgePorts{port(0), port(1)});
  route(BridgePorts{port(3), port(1)});
  route(ClosePort{port(1)});
  EXPECT_EQ(taken(), "1:move1>0");
  router.arrived(port(1), dispatch);
  EXPECT_EQ(taken(), "0:bridge0,1 0:move1>1");
  router.arrived(port(1), dispatch);
  EXPECT_EQ(taken(), "1:bridge3,1 1:close1");
  EXPECT_EQ(router.moves(), 2U);
}

TEST_F(RouterTest, moves_no_port_that_is_closing_and_none_for_a_stale_name) {
  router.add(port(0), {});
  router.add(port(1), {});
  route(ClosePort{port(1)});
  route(BridgePorts{port(0), port(1)});
  EXPECT_EQ(taken(), "1:close1 0:bridge0,1");
  router.remove(port(1));
  router.add({1, 2}, {});
  route(BridgePorts{port(0), port(1)});
  EXPECT_EQ(taken(), "0:bridge0,1");
  EXPECT_EQ(router.moves(), 0U);
}

TEST_F(RouterTest, brings_all_parties_to_the_shard_of_their_conference) {
  router.add(port(0), {});
  router.add(port(1), {});
  const auto room = router.add_conference(port(1));
  ASSERT_TRUE(room);
  EXPECT_EQ(room->shard, 1U);
  route(JoinConference{port(1), room->id, {}});
  route(JoinConference{port(0), room->id, {}});
  EXPECT_EQ(taken(), "1:join1 0:move0>1");
  router.arrived(port(0), dispatch);
  EXPECT_EQ(taken(), "1:join0");
  EXPECT_EQ(router.remove_conference(room->id), std::optional(1U));
  EXPECT_FALSE(router.remove_conference(room->id));
  route(JoinConference{port(0), room->id, {}});
  EXPECT_EQ(taken(), "1:join0") << "the shard will find no such conference";
}

TEST_F(RouterTest, opens_as_many_conferences_as_there_may_be_ports) {
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(router.add_conference({}));
  }
  EXPECT_FALSE(router.add_conference({}));
}

}  // namespace
}  // namespace strowger::media
