// The datagram engine on both loops, over a network that loses what the test tells it to.
#include <string>

#include "contract/both_loops_fixture.hpp"

namespace strowger::contract {
namespace {

using core::milliseconds;
using Kind = DatagramPeer::Action::Kind;
using Strings = std::vector<std::string>;

class Peer final : public io::UdpHandler {
 public:
  Peer(io::Loop& loop, const core::Address& local)
      : peer(loop,
             [born = loop.now()] {
               return DatagramPeer({.t1 = milliseconds(4), .memory = milliseconds(2'000)}, born);
             }),
        loop_(loop) {
    socket = loop.open_udp(local, *this, {}).value();
    peer.on_action = [this](const DatagramPeer::Action& action, core::Time now) {
      acted(action, now);
    };
  }

  void on_datagrams(std::span<const io::Datagram> datagrams, core::Time now) override {
    for (const io::Datagram& datagram : datagrams) {
      (void)peer->input(datagram.octets, datagram.peer, now);
    }
  }
  void on_send_failed(const core::Address& to, io::IoError, core::Time now) override {
    ++send_failed;
    peer->event(DatagramPeer::SendFailed{to}, now);
  }

  auto ask(const Peer& other, std::string_view text) {
    return peer->command(DatagramPeer::Ask{other.socket->local(), text}, loop_.now());
  }

  LoopStand<DatagramPeer, DatagramCodec> peer;
  std::unique_ptr<io::UdpSocket> socket;
  int lose = 0;       // so many of the next datagrams
  bool slow = false;  // answers nothing by itself
  Strings asked;
  Strings answers;
  int sent = 0;
  int failed = 0;
  int notes = 0;
  int send_failed = 0;

 private:
  void acted(const DatagramPeer::Action& action, core::Time now) {
    switch (action.kind) {
      case Kind::send:
        ++sent;
        if (lose-- <= 0) {
          socket->send(action.peer, action.octets);
        }
        break;
      case Kind::asked:
        asked.emplace_back(core::text_of(action.octets));
        if (!slow) {
          // From within a delivery: takes effect at once, its Send comes after.
          EXPECT_TRUE(peer->command(
              DatagramPeer::Answer{action.peer, action.number, "re: " + asked.back()}, now));
        }
        break;
      case Kind::answered:
        answers.emplace_back(core::text_of(action.octets));
        break;
      case Kind::failed:
        ++failed;
        break;
      case Kind::note:
        ++notes;
        break;
    }
  }

  io::Loop& loop_;
};

class DatagramTest : public ContractTest {
 protected:
  void expect_same_again() {
    near_.peer.expect_same_again();
    far_.peer.expect_same_again();
  }

  Peer near_{world_->near(), world_->near_host(v4)};
  Peer far_{world_->far(), world_->far_host(v4)};
};

TEST_P(DatagramTest, asks_and_is_answered) {
  EXPECT_EQ(near_.ask(far_, "how are you"), 1U);
  EXPECT_EQ(far_.ask(near_, "and you"), 1U);
  EXPECT_TRUE(world_->run_until([&] { return !near_.answers.empty() && !far_.answers.empty(); }));
  EXPECT_EQ(near_.answers, Strings{"re: how are you"});
  EXPECT_EQ(far_.answers, Strings{"re: and you"});
  expect_same_again();
}

TEST_P(DatagramTest, asks_again_until_an_answer_comes) {
  near_.lose = 2;
  far_.lose = 1;
  EXPECT_TRUE(near_.ask(far_, "hello"));
  EXPECT_TRUE(world_->run_until([&] { return near_.answers.size() == 1; }));
  EXPECT_EQ(far_.asked, Strings{"hello"}) << "a repeated question is asked once";
  EXPECT_GE(near_.sent, 4);
  EXPECT_GE(far_.sent, 2) << "a repeated question gets its answer again";
  expect_same_again();
}

TEST_P(DatagramTest, absorbs_repetitions_while_the_user_thinks) {
  far_.slow = true;
  EXPECT_TRUE(near_.ask(far_, "think"));
  EXPECT_TRUE(world_->run_until([&] { return near_.sent >= 4; }));
  EXPECT_EQ(far_.asked.size(), 1U);
  EXPECT_EQ(far_.sent, 0);
  EXPECT_TRUE(far_.peer->command(DatagramPeer::Answer{near_.socket->local(), 1, "done"},
                                 world_->far().now()));
  EXPECT_TRUE(world_->run_until([&] { return near_.answers.size() == 1; }));
  expect_same_again();
}

TEST_P(DatagramTest, gives_up_after_its_tries) {
  near_.lose = 1'000;
  EXPECT_TRUE(near_.ask(far_, "lost"));
  EXPECT_TRUE(world_->run_until([&] { return near_.failed == 1; }));
  EXPECT_EQ(near_.sent, 7);
  EXPECT_TRUE(near_.answers.empty());
  EXPECT_EQ(near_.peer.wake, std::nullopt);
  expect_same_again();
}

TEST_P(DatagramTest, gives_up_where_the_network_says_that_nobody_listens) {
  const core::Address gone = far_.socket->local();
  far_.socket.reset();
  EXPECT_TRUE(near_.peer->command(DatagramPeer::Ask{gone, "anyone"}, world_->near().now()));
  EXPECT_TRUE(world_->run_until([&] { return near_.failed == 1; }));
  EXPECT_GT(near_.send_failed, 0);
  EXPECT_LT(near_.sent, 7);
  near_.peer.expect_same_again();
}

TEST_P(DatagramTest, notes_what_makes_no_sense) {
  near_.socket->send(far_.socket->local(), core::octets_of("Q"));
  near_.socket->send(far_.socket->local(), core::octets_of("X1234hello"));
  near_.socket->send(far_.socket->local(), core::octets_of("A1234an answer to nothing"));
  EXPECT_TRUE(near_.ask(far_, "still there?"));
  EXPECT_TRUE(world_->run_until([&] { return near_.answers.size() == 1; }));
  EXPECT_EQ(far_.notes, 2);
  EXPECT_TRUE(far_.answers.empty());
  expect_same_again();
}

TEST_P(DatagramTest, refuses_a_command_that_makes_no_sense) {
  EXPECT_EQ(near_.ask(far_, std::string(201, 'x')).error(), DatagramPeer::Refusal::too_long);
  EXPECT_EQ(
      near_.peer->command(DatagramPeer::Answer{far_.socket->local(), 9, "?"}, core::Time{}).error(),
      DatagramPeer::Refusal::unknown);
  for (std::size_t i = 0; i < DatagramPeer::most_transactions; ++i) {
    EXPECT_TRUE(near_.ask(far_, "x"));
  }
  EXPECT_EQ(near_.ask(far_, "x").error(), DatagramPeer::Refusal::too_many);
  EXPECT_TRUE(
      world_->run_until([&] { return near_.answers.size() == DatagramPeer::most_transactions; }));
  expect_same_again();
}

STROWGER_BOTH_LOOPS(DatagramTest);

}  // namespace
}  // namespace strowger::contract
