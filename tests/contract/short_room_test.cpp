// Whatever is asked of an engine comes out the same through room for a single step as through room
// for a hundred, and a recording of either gives the same again.
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "contract/stand_fixture.hpp"

namespace strowger::contract {
namespace {

using core::milliseconds;
using core::Octets;
using core::Time;

constexpr core::StepSize roomy{200, 20'000};

/// Two stands of the same engine, one short of room, that are told the same.
template <class E, class Codec>
class Pair {
 public:
  explicit Pair(const std::function<E()>& fresh) : tight_(fresh), wide_(fresh, roomy) {}

  template <class Tell>
  void tell(Time now, Tell&& tell) {
    for (auto* stand : {&tight_, &wide_}) {
      tell(*stand);
      stand->expire_all(now);
    }
  }

  void expect_equal() {
    RC_ASSERT(tight_.outputs == wide_.outputs);
    RC_ASSERT(tight_.wake == wide_.wake);
  }
  void expect_same_again() {
    tight_.expect_same_again();
    wide_.expect_same_again();
    RC_ASSERT(!testing::Test::HasFailure());
  }

 private:
  Stand<E, Codec> tight_;
  Stand<E, Codec> wide_;
};

std::vector<core::Octet> some_octets(int most) {
  return *rc::gen::resize(
      most, rc::gen::container<std::vector<core::Octet>>(rc::gen::inRange<core::Octet>(0, 255)));
}

Time later(Time now) {
  return now + milliseconds(*rc::gen::inRange(0, 300));
}

TEST(ShortRoom, changes_nothing_for_a_pulled_engine) {
  EXPECT_TRUE(rc::check("pulled", [] {
    Pair<PulledLink, PulledCodec> pair([] { return PulledLink({}); });
    Time now{};
    const int steps = *rc::gen::inRange(1, 40);
    core::Octet heard = 0;
    for (int i = 0; i < steps; ++i) {
      now = later(now);
      const int kind = *rc::gen::inRange(0, 4);
      const auto octets = some_octets(30);
      pair.tell(now, [&](auto& stand) {
        std::array<core::Octet, 20> room{};
        if (kind == 0) {
          (void)stand->command(PulledLink::Command{octets}, now);
        } else if (kind == 1) {
          (void)stand->transmit(room, now);
        } else if (kind == 2) {
          (void)stand->input(octets, PulledLink::Source{}, now);
        } else {
          // Three units in one piece: two messages and a fill-in.
          const auto next = [&](int n) { return static_cast<core::Octet>(heard + n); };
          const std::array<core::Octet, 13> units{2, next(1), 1,   'h', 'i',     2, next(2),
                                                  1, 'y',     'o', 0,   next(2), 1};
          (void)stand->input(units, PulledLink::Source{}, now);
        }
      });
      heard = static_cast<core::Octet>(heard + (kind == 3 ? 2 : 0));
      pair.expect_equal();
    }
    pair.expect_same_again();
  }));
}

TEST(ShortRoom, changes_nothing_for_a_datagram_engine) {
  EXPECT_TRUE(rc::check("datagram", [] {
    Pair<DatagramPeer, DatagramCodec> pair([] { return DatagramPeer({}, Time{}); });
    const auto peer = core::Address::ipv4(192, 0, 2, 1, 5060);
    Time now{};
    const int steps = *rc::gen::inRange(1, 60);
    for (int i = 0; i < steps; ++i) {
      now = later(now);
      const int kind = *rc::gen::inRange(0, 5);
      const auto number = *rc::gen::inRange<core::Octet>(1, 10);
      const auto octets = some_octets(220);
      pair.tell(now, [&](auto& stand) {
        if (kind == 0) {
          (void)stand->command(DatagramPeer::Ask{peer, core::text_of(octets)}, now);
        } else if (kind == 1) {
          const std::array<core::Octet, 6> question{'Q', 0, 0, 0, number, '?'};
          (void)stand->input(question, peer, now);
        } else if (kind == 2) {
          const std::array<core::Octet, 6> answer{'A', 0, 0, 0, number, '!'};
          (void)stand->input(answer, peer, now);
        } else if (kind == 3) {
          (void)stand->command(DatagramPeer::Answer{peer, number, "yes"}, now);
        } else {
          stand->event(DatagramPeer::SendFailed{peer}, now);
        }
      });
      pair.expect_equal();
    }
    pair.expect_same_again();
  }));
}

TEST(ShortRoom, changes_nothing_for_a_stream_engine) {
  EXPECT_TRUE(rc::check("stream", [] {
    Pair<StreamSession, StreamCodec> pair(
        [] { return StreamSession({.queue_octets = 50, .longest = 20}, Time{}); });
    Time now{};
    const int steps = *rc::gen::inRange(1, 60);
    for (int i = 0; i < steps; ++i) {
      now = now + milliseconds(*rc::gen::inRange(0, 6'000));
      const int kind = *rc::gen::inRange(0, 5);
      const StreamSession::Source flow{*rc::gen::inRange<std::uint64_t>(0, 3)};
      const bool close = *rc::gen::inRange(0, 5) == 0;
      const std::string text(*rc::gen::inRange<std::size_t>(0, 25), 'x');
      const auto octets = some_octets(30);
      pair.tell(now, [&](auto& stand) {
        std::array<core::Octet, 40> room{};
        if (kind == 0) {
          (void)stand->command(StreamSession::Command{flow, text}, now);
        } else if (kind == 1) {
          (void)stand->transmit(flow, room, now);
        } else if (kind == 2) {
          const std::array<core::Octet, 10> frames{0, 1, 'a', 0, 0, 0, 2, 'b', 'c', 0};
          (void)stand->input(frames, flow, now);
        } else if (kind == 3) {
          (void)stand->input(octets, flow, now);
        } else if (close) {
          stand->event(StreamSession::FlowClosed{flow}, now);
        } else {
          stand->event(StreamSession::FlowOpened{flow}, now);
        }
      });
      pair.expect_equal();
    }
    pair.expect_same_again();
  }));
}

TEST(ShortRoom, changes_nothing_for_an_engine_with_completions) {
  EXPECT_TRUE(rc::check("completions", [] {
    Pair<BlockStore, BlockCodec> pair([] { return BlockStore({}); });
    Time now{};
    const std::array<core::Octet, BlockStore::block_octets> block{1, 2, 3};
    const int steps = *rc::gen::inRange(1, 80);
    for (int i = 0; i < steps; ++i) {
      now = now + milliseconds(*rc::gen::inRange(0, 15));
      const int kind = *rc::gen::inRange(0, 6);
      const auto number = *rc::gen::inRange<std::uint64_t>(0, 8);
      // Tags rise by the number of pages with each use, so small numbers hit what is under way.
      const auto tag = *rc::gen::inRange<std::uint64_t>(0, 80);
      const bool ok = *rc::gen::inRange(0, 4) != 0;
      pair.tell(now, [&](auto& stand) {
        if (kind == 0) {
          (void)stand->command(BlockStore::Put{number, block}, now);
        } else if (kind == 1) {
          (void)stand->command(BlockStore::Get{number, number}, now);
        } else if (kind == 2) {
          (void)stand->command(BlockStore::Flush{}, now);
        } else {
          stand->event(BlockStore::Completion{tag, ok, block}, now);
        }
      });
      pair.expect_equal();
    }
    pair.expect_same_again();
  }));
}

}  // namespace
}  // namespace strowger::contract
