// The pulled engine on both loops: a line of eight octets a millisecond each way.
#include <array>
#include <string>

#include "contract/both_loops_fixture.hpp"

namespace strowger::contract {
namespace {

using core::milliseconds;
using Strings = std::vector<std::string>;

/// One end: asks its engine for octets on every tick, whatever there is to say.
class End final : public io::UdpHandler {
 public:
  End(io::Loop& loop, const core::Address& local)
      : loop_(loop), link(loop, [] { return PulledLink({.t7 = milliseconds(100)}); }) {
    socket = loop.open_udp(local, *this, {}).value();
    link.on_action = [this](const PulledLink::Action& action, core::Time) {
      if (action.kind == PulledLink::Action::Kind::received) {
        received.emplace_back(core::text_of(action.message));
      }
      acknowledged += action.kind == PulledLink::Action::Kind::acknowledged ? 1 : 0;
      failed += action.kind == PulledLink::Action::Kind::failed ? 1 : 0;
    };
  }
  ~End() override { loop_.cancel(timer_); }

  void run(const core::Address& peer) {
    peer_ = peer;
    tick();
  }

  void on_datagrams(std::span<const io::Datagram> datagrams, core::Time now) override {
    for (const io::Datagram& datagram : datagrams) {
      EXPECT_EQ(link->input(datagram.octets, PulledLink::Source{}, now), datagram.octets.size());
    }
  }

  auto say(std::string_view text) {
    return link->command(PulledLink::Command{core::octets_of(text)}, loop_.now());
  }

 private:
  io::Loop& loop_;
  core::Address peer_;
  io::TimerHandle timer_;

  void tick() {
    std::array<core::Octet, 8> room{};
    EXPECT_EQ(link->transmit(room, loop_.now()), room.size()) << "the line never stops";
    ++ticks;
    if (!mute) {
      socket->send(peer_, room);
    }
    timer_ = loop_.call_at(loop_.now() + milliseconds(1), [this] { tick(); });
  }

 public:
  LoopStand<PulledLink, PulledCodec> link;
  std::unique_ptr<io::UdpSocket> socket;
  Strings received;
  int acknowledged = 0;
  int failed = 0;
  int ticks = 0;
  bool mute = false;
};

class PulledTest : public ContractTest {
 protected:
  PulledTest() {
    near_.run(far_.socket->local());
    far_.run(near_.socket->local());
  }

  End near_{world_->near(), world_->near_host(v4)};
  End far_{world_->far(), world_->far_host(v4)};
};

TEST_P(PulledTest, carries_messages_both_ways_one_at_a_time) {
  for (const char* text : {"one", "two", "three", "four", "five"}) {
    EXPECT_TRUE(near_.say(text));
  }
  EXPECT_TRUE(far_.say("a longer message that takes several ticks of the line"));
  EXPECT_TRUE(world_->run_until([&] { return near_.acknowledged == 5 && far_.acknowledged == 1; }));
  EXPECT_EQ(far_.received, (Strings{"one", "two", "three", "four", "five"}));
  EXPECT_EQ(near_.received, Strings{"a longer message that takes several ticks of the line"});
  near_.link.expect_same_again();
  far_.link.expect_same_again();
}

TEST_P(PulledTest, fills_in_while_there_is_nothing_to_say) {
  EXPECT_TRUE(world_->run_until([&] { return near_.ticks > 20 && far_.ticks > 20; }));
  EXPECT_TRUE(near_.link.outputs.empty());
  EXPECT_EQ(near_.link.wake, std::nullopt);
  near_.link.expect_same_again();
}

TEST_P(PulledTest, fails_when_the_acknowledgement_is_too_late) {
  far_.mute = true;
  EXPECT_TRUE(near_.say("anyone?"));
  EXPECT_TRUE(near_.say("anyone at all?"));
  EXPECT_TRUE(world_->run_until([&] { return near_.failed == 1; }));
  EXPECT_EQ(near_.say("hello").error(), PulledLink::Refusal::link_failed);
  EXPECT_EQ(near_.acknowledged, 0);
  near_.link.expect_same_again();
}

TEST_P(PulledTest, refuses_what_it_cannot_queue_and_changes_nothing) {
  EXPECT_EQ(near_.say("").error(), PulledLink::Refusal::too_long);
  EXPECT_EQ(near_.say(std::string(63, 'x')).error(), PulledLink::Refusal::too_long);
  for (std::size_t i = 0; i < PulledLink::most_queued; ++i) {
    EXPECT_TRUE(near_.say("x"));
  }
  EXPECT_EQ(near_.say("x").error(), PulledLink::Refusal::queue_full);
  EXPECT_TRUE(world_->run_until([&] { return far_.received.size() == PulledLink::most_queued; }));
  near_.link.expect_same_again();
}

STROWGER_BOTH_LOOPS(PulledTest);

}  // namespace
}  // namespace strowger::contract
