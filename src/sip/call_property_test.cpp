// Whatever two exchanges and their users do, over a network that loses, doubles and reorders: each
// call ends exactly once on each side, and nothing is left of it.
#include <map>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "sip/call_layer.hpp"
#include "sip/sip_engine_fixture.hpp"

namespace strowger::sip::test {
namespace {

class Chaos {
 public:
  explicit Chaos(std::uint64_t seed)
      : world_(seed),
        transport_(world_.random.below(3) == 0 ? Transport::tcp : Transport::udp),
        nodes_{&add(1, 2), &add(2, 1)} {
    world_.impairment.loss = 0.3 * world_.random.fraction();
    world_.impairment.duplication = 0.2 * world_.random.fraction();
    world_.impairment.delay_max_ms = 1 + static_cast<std::int64_t>(world_.random.below(800));
    if (world_.random.below(4) == 0) {
      world_.impairment = {};  // and sometimes all is well
    }
  }

  void act() {
    Node& node = *nodes_[world_.random.below(2)];
    const CallHandle call = some_call(node);
    switch (world_.random.below(11)) {
      case 0:
      case 1:
        place(node);
        break;
      case 2:
        (void)node.command(Progress{call, 180, {}});
        break;
      case 3:
        (void)node.command(Progress{call, 183, answer_sdp});
        break;
      case 4:
      case 5:
        (void)node.command(Answer{call, answer_sdp});
        break;
      case 6:
        (void)node.command(Hangup{call, 486, 17});
        break;
      case 7:
        (void)node.command(Offer{call, offer_sdp});
        break;
      case 8:
        if (world_.random.below(4) == 0) {
          world_.break_connections();
        }
        break;
      case 9:
        (void)node.command(AnswerOffer{
            call, static_cast<std::uint16_t>(world_.random.below(2) == 0 ? 200 : 488), answer_sdp});
        break;
      default:
        (void)node.command(SendInfo{call, "text/plain", "x"});
        break;
    }
    world_.run_for(core::milliseconds(static_cast<std::int64_t>(world_.random.below(900))));
  }

  void finish() {
    for (Node* node : nodes_) {
      for (const auto& entry : std::vector<Seen>(node->log)) {
        if (entry.what == "incoming") {
          (void)node->command(Hangup{entry.call, 486, 16});
        }
      }
      for (const auto& call : placed_[node]) {
        (void)node->command(Hangup{call, 486, 16});
      }
    }
    // INVITEs that are still under way come in now.
    world_.run_for(core::seconds(40));
    for (Node* node : nodes_) {
      for (const auto& entry : std::vector<Seen>(node->log)) {
        (void)node->command(Hangup{entry.call, 486, 16});
      }
    }
    world_.run_until_idle(core::seconds(400));
  }

  void judge() {
    RC_CLASSIFY(nodes_[0]->engine().counters()[Count::flows_closed] > 0, "broken connections");
    RC_CLASSIFY(nodes_[0]->engine().counters()[Count::calls_answered] > 0, "answered calls");
    RC_CLASSIFY(nodes_[0]->engine().counters()[Count::offers_glared] > 0, "glare");
    for (Node* node : nodes_) {
      std::map<CallHandle, int> ends;
      for (const auto& call : placed_[node]) {
        ends[call] = 0;
      }
      for (const auto& entry : node->log) {
        if (entry.what == "incoming") {
          ends[entry.call] = 0;
        } else if (entry.what == "ended") {
          RC_ASSERT(ends.contains(entry.call));
          ++ends[entry.call];
        } else if (entry.call.valid()) {
          RC_LOG() << entry.what << " of a call";
          RC_ASSERT(ends[entry.call] == 0);  // nothing of a call after its end
        }
      }
      for (const auto& [call, times] : ends) {
        RC_ASSERT(times == 1);
      }
      RC_ASSERT(node->engine().calls().size() == 0U);
      RC_ASSERT(node->engine().transactions() == 0U);
      RC_ASSERT(node->engine().timers() == 0U);
    }
  }

 private:
  Node& add(std::uint8_t number, std::uint8_t other) {
    return world_.add(number, [other, this](Settings& s) {
      PeerSettings peer;
      peer.name = "trunk";
      peer.host = World::host(other);
      peer.authenticate = false;
      peer.transport = transport_;
      s.peers["trunk"] = peer;
    });
  }
  void place(Node& node) {
    const auto result = node.command(Place{.peer = "trunk",
                                           .uri = "100",
                                           .from_user = "a",
                                           .from_display = {},
                                           .sdp = offer_sdp,
                                           .headers = {}});
    if (result) {
      placed_[&node].push_back(*result);
    }
  }
  CallHandle some_call(Node& node) {
    std::vector<CallHandle> calls = placed_[&node];
    for (const auto& entry : node.log) {
      if (entry.what == "incoming") {
        calls.push_back(entry.call);
      }
    }
    return calls.empty() ? CallHandle{} : calls[world_.random.below(calls.size())];
  }

  World world_;
  Transport transport_;
  std::map<Node*, std::vector<CallHandle>> placed_;
  std::vector<Node*> nodes_;
};

TEST(Calls, end_exactly_once_whatever_happens) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    Chaos chaos(seed);
    for (int i = 0; i < 40; ++i) {
      chaos.act();
    }
    chaos.finish();
    chaos.judge();
  }));
}

}  // namespace
}  // namespace strowger::sip::test
