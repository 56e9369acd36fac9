// A message and the end of its connection in the same octets: who is told of both together may
// still answer the message before the close frame goes out.
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "websocket/websocket_fixture.hpp"

namespace strowger::websocket {
namespace {

/// An engine whose caller lends room for much, so that octets are read to their end in one call.
class Roomy {
 public:
  Roomy() : id_(engine_.command(Command(OpenUpgraded{}), now_, actions_).value()) {
    actions_.clear();
  }
  /// The names of what the engine told.
  std::string feed(const std::string& octets) {
    EXPECT_EQ(engine_.input(core::octets_of(octets), id_, now_, actions_), octets.size());
    return told();
  }
  std::string lose() {
    engine_.event(Event(FlowClosed{id_}), now_, actions_);
    return told();
  }
  std::string expire() {
    engine_.expire(now_, actions_);
    return told();
  }
  bool say(std::string_view text) {
    const bool said =
        engine_.command(Send{id_, Kind::text, core::octets_of(text), true}, now_, actions_)
            .has_value();
    actions_.clear();
    return said;
  }
  bool is_due() const { return engine_.next_deadline().value_or(core::time_never) <= now_; }
  std::string sent() {
    std::array<core::Octet, 1'000> room;
    return std::string(core::text_of(core::Octets(room).first(engine_.transmit(id_, room, now_))));
  }

 private:
  std::string told() {
    std::string out;
    for (const Action& action : actions_.all()) {
      if (const auto* closed = std::get_if<Closed>(&action)) {
        out += "closed " + std::to_string(closed->code) + std::string(closed->reason) +
               (closed->clean ? " clean " : " ");
      } else {
        out += std::holds_alternative<Message>(action) ? "message " : "";
      }
    }
    actions_.clear();
    return out;
  }

  crypto::SeededRandom random_{1};
  core::Time now_{1'000'000'000};
  Engine engine_{Stand::quiet_settings(), random_, now_};
  std::array<Action, 64> records_;
  std::vector<core::Octet> arena_ = std::vector<core::Octet>(256U << 10U);
  core::Actions<Action> actions_{records_, arena_};
  ConnectionId id_;
};

TEST(PendingEnd, lets_a_message_be_answered_before_the_close_frame) {
  Roomy end;
  EXPECT_EQ(end.feed(frame(0x81, "hello") + close_frame(3'000, "bye") + frame(0x81, "late")),
            "message ");
  EXPECT_TRUE(end.is_due());
  EXPECT_TRUE(end.say("answer"));
  EXPECT_EQ(end.feed(frame(0x81, "later still")), "") << "nothing is read any more";
  EXPECT_EQ(end.expire(), "closed 3000bye clean ");
  EXPECT_EQ(frames_of(end.sent(), false), (std::vector<std::string>{"81:answer", "88:0bb8"}));
  EXPECT_FALSE(end.say("too late"));
}

TEST(PendingEnd, lets_a_message_be_answered_before_the_connection_fails) {
  Roomy end;
  EXPECT_EQ(end.feed(frame(0x81, "hello") + frame(0x83)), "message ");
  EXPECT_TRUE(end.say("answer"));
  EXPECT_EQ(end.expire(), "closed 1002reserved_opcode ");
  EXPECT_EQ(frames_of(end.sent(), false), (std::vector<std::string>{"81:answer", "88:03ea"}));
}

TEST(PendingEnd, waits_for_nothing_where_no_message_came) {
  Roomy end;
  EXPECT_EQ(end.feed(frame(0x01, "half") + close_frame(1000)), "closed 1000 clean ");
}

TEST(PendingEnd, is_told_where_the_connection_below_goes_first) {
  Roomy end;
  EXPECT_EQ(end.feed(frame(0x81, "hello") + close_frame(3'000, "bye")), "message ");
  EXPECT_EQ(end.lose(), "closed 3000bye ");
  EXPECT_EQ(end.expire(), "");
}

}  // namespace
}  // namespace strowger::websocket
