// The stream engine on both loops: frames cut anywhere, and back-pressure up to whoever speaks.
#include <map>
#include <string>

#include "contract/both_loops_fixture.hpp"
#include "io/stream_pump.hpp"

namespace strowger::contract {
namespace {

using core::milliseconds;
using Kind = StreamSession::Action::Kind;
using Source = StreamSession::Source;
using Strings = std::vector<std::string>;

StreamSession::Config config() {
  return {.queue_octets = 3'000, .longest = 1'000, .quiet = milliseconds(300)};
}

/// Either end: an engine, and the connections it has.
class Party final : public io::AcceptHandler {
 public:
  explicit Party(io::Loop& loop)
      : session(loop, [born = loop.now()] { return StreamSession(config(), born); }), loop_(loop) {
    session.on_action = [this](const StreamSession::Action& action, core::Time now) {
      acted(action, now);
    };
  }

  io::StreamHandler* on_accept(std::unique_ptr<io::Stream> stream, core::Time) override {
    return &adopt(std::move(stream));
  }

  void connect(const core::Address& to) {
    Connection& connection = adopt(nullptr);
    connection.stream = loop_.connect(to, connection, options());
  }

  [[nodiscard]] static io::StreamOptions options() {
    io::StreamOptions result;
    result.send_limit_octets = 700;  // less than a frame, so that queues fill
    return result;
  }

  auto say(std::uint64_t connection, std::string_view text) {
    return session->command(StreamSession::Command{{connection}, text}, loop_.now());
  }

  class Connection final : public io::StreamHandler {
   public:
    Connection(Party& party, Source flow, std::unique_ptr<io::Stream> taken)
        : stream(std::move(taken)), party_(party), flow_(flow) {}

    void on_open(core::Time now) override {
      party_.session->event(StreamSession::FlowOpened{flow_}, now);
    }
    std::size_t on_octets(core::Octets octets, core::Time now) override {
      return party_.session->input(octets, flow_, now);
    }
    void on_writable(core::Time now) override { pump(now); }
    void on_closed(const io::Failure&, core::Time now) override {
      ++party_.closed;
      party_.session->event(StreamSession::FlowClosed{flow_}, now);
    }

    void pump(core::Time now) {
      pump_.pump(*stream, [&](core::MutableOctets room) {
        const std::size_t written = party_.session->transmit(flow_, room, now);
        party_.transmitted += written;
        return written;
      });
    }

    std::unique_ptr<io::Stream> stream;

   private:
    Party& party_;
    Source flow_;
    io::StreamPump pump_{251};  // frames are cut in the middle
  };

  LoopStand<StreamSession, StreamCodec> session;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections;
  std::function<void(std::uint64_t)> when_ready;
  Strings messages;
  std::size_t transmitted = 0;
  int notes = 0;
  int closed = 0;

 private:
  Connection& adopt(std::unique_ptr<io::Stream> stream) {
    const std::uint64_t number = next_++;
    auto connection = std::make_unique<Connection>(*this, Source{number}, std::move(stream));
    return *(connections[number] = std::move(connection));
  }

  void acted(const StreamSession::Action& action, core::Time now) {
    Connection& connection = *connections.at(action.flow.connection);
    switch (action.kind) {
      case Kind::message:
        messages.emplace_back(core::text_of(action.octets));
        break;
      case Kind::has_octets:
        connection.pump(now);
        break;
      case Kind::ready:
        if (when_ready) {
          when_ready(action.flow.connection);
        }
        break;
      case Kind::close:
        connection.stream->close();
        break;
      case Kind::note:
        ++notes;
        break;
    }
  }

  io::Loop& loop_;
  std::uint64_t next_ = 1;
};

class StreamTest : public ContractTest {
 protected:
  StreamTest() {
    client_.connect(listener_->local());
    EXPECT_TRUE(world_->run_until([&] { return opened(client_) && opened(server_); }));
  }

  static bool opened(const Party& party) {
    return !party.connections.empty() && party.session.wake.has_value();
  }
  void expect_same_again() {
    client_.session.expect_same_again();
    server_.session.expect_same_again();
  }

  Party client_{world_->near()};
  Party server_{world_->far()};
  std::unique_ptr<io::Listener> listener_ =
      world_->far().listen(world_->far_host(v4), server_, Party::options()).value();
};

TEST_P(StreamTest, carries_frames_both_ways) {
  EXPECT_TRUE(client_.say(1, "hello"));
  EXPECT_TRUE(server_.say(1, std::string(1'000, 'y')));
  EXPECT_TRUE(client_.say(1, std::string(999, 'x')));
  EXPECT_TRUE(world_->run_until(
      [&] { return server_.messages.size() == 2 && client_.messages.size() == 1; }));
  EXPECT_EQ(server_.messages, (Strings{"hello", std::string(999, 'x')}));
  EXPECT_EQ(client_.messages, Strings{std::string(1'000, 'y')});
  expect_same_again();
}

TEST_P(StreamTest, holds_its_speaker_back_and_loses_nothing) {
  Strings all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(std::to_string(i) + std::string(400, 'x'));
  }
  std::size_t next = 0;
  int refused = 0;
  const auto speak = [&](std::uint64_t) {
    while (next < all.size()) {
      if (!client_.say(1, all[next])) {
        ++refused;
        return;
      }
      ++next;
    }
  };
  client_.when_ready = speak;
  speak(1);
  EXPECT_LT(next, 10U) << "queue and stream together hold no more";
  EXPECT_TRUE(world_->run_until([&] { return server_.messages.size() == all.size(); }));
  EXPECT_EQ(server_.messages, all);
  EXPECT_GT(refused, 5);
  expect_same_again();
}

TEST_P(StreamTest, sends_a_sign_of_life_when_all_is_quiet) {
  EXPECT_TRUE(world_->run_until([&] { return client_.transmitted >= 2; }));
  world_->settle();
  EXPECT_TRUE(server_.messages.empty());
  EXPECT_EQ(server_.notes, 0);
  expect_same_again();
}

TEST_P(StreamTest, closes_a_connection_that_breaks_the_rules) {
  EXPECT_EQ(client_.say(1, std::string(1'001, 'x')).error(), StreamSession::Refusal::too_long);
  client_.connections.at(1)->stream->send(core::octets_of("\xff\xff rubbish"));
  EXPECT_TRUE(world_->run_until([&] { return client_.closed == 1; }));
  EXPECT_EQ(server_.notes, 1);
  EXPECT_EQ(client_.say(1, "hello?").error(), StreamSession::Refusal::unknown);
  EXPECT_EQ(client_.session.wake, std::nullopt) << "its timer went with it";
  expect_same_again();
}

STROWGER_BOTH_LOOPS(StreamTest);

}  // namespace
}  // namespace strowger::contract
