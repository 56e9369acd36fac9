#include "websocket/flight_codec.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "base/engine_driver.hpp"
#include "base/flight_replay.hpp"
#include "base/flight_tap.hpp"
#include "crypto/flight_random.hpp"
#include "websocket/websocket_fixture.hpp"

namespace strowger::websocket {
namespace {

using core::Time;
using Octets = std::vector<core::Octet>;

template <class T>
Octets encoded(const T& value) {
  base::FlightScratch scratch;
  const core::Octets octets =
      scratch.encoded([&](core::OctetWriter& writer) { FlightCodec().encode(value, writer); });
  return {octets.begin(), octets.end()};
}

/// Decodes and encodes again; refuses every shorter record.
template <class T>
void expect_round_trip(const T& value) {
  const Octets octets = encoded(value);
  FlightCodec codec;
  T decoded;
  core::OctetReader reader(octets);
  codec.decode(reader, decoded);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.rest().empty());
  EXPECT_EQ(encoded(decoded), octets);
  for (std::size_t size = 0; size < octets.size(); ++size) {
    core::OctetReader cut(core::Octets(octets).first(size));
    codec.decode(cut, decoded);
    EXPECT_FALSE(cut.ok()) << size;
  }
}

TEST(WebsocketFlightCodec, reads_every_event_and_command_back) {
  const ConnectionId id{3, 4};
  for (const Event& event : {Event(FlowClosed{id}), Event(Returned{7})}) {
    expect_round_trip(event);
  }
  OpenClient client;
  client.request.host = "h";
  client.request.subprotocols = {"a", "b"};
  client.request.extra = {{"X", "y"}};
  const std::string text = "hello";
  const core::Octets some = core::octets_of(text);
  for (const Command& command :
       {Command(OpenServer{}), Command(client), Command(OpenUpgraded{DeflateAgreement{9, 10}, "u"}),
        Command(Accept{id, "sip", {{"X", "y"}}}), Command(Refuse{id, 403, "no", {}}),
        Command(Send{id, Kind::binary, some, false, false}), Command(Ping{id, some}),
        Command(SendEncoded{id, base::BufferPool().copy(some).value(), 9}),
        Command(Close{id, 1000, "bye"}), Command(Abort{id})}) {
    expect_round_trip(command);
  }
}

TEST(WebsocketFlightCodec, refuses_what_does_not_exist) {
  FlightCodec codec;
  Octets octets = encoded(Command(Send{ConnectionId{1, 1}, Kind::text, {}, true}));
  octets[16] = 9;  // of the kind's eight octets the last
  core::OctetReader kind(octets);
  Command command;
  codec.decode(kind, command);
  EXPECT_FALSE(kind.ok());
  const Octets unknown{200};
  core::OctetReader reader(unknown);
  codec.decode(reader, command);
  EXPECT_FALSE(reader.ok());
}

TEST(WebsocketFlightCodec, reads_the_start_of_a_recording_back) {
  Settings settings;
  settings.max_connections = 7;
  settings.deflate.level = 3;
  settings.close_timeout = core::seconds(9);
  const Octets snapshot = encode_start(settings);
  const auto start = decode_start(snapshot);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->max_connections, 7U);
  EXPECT_EQ(start->deflate.level, 3);
  EXPECT_EQ(start->close_timeout, core::seconds(9));
  EXPECT_EQ(encode_start(*start), snapshot);
  EXPECT_FALSE(decode_start(core::Octets(snapshot).first(snapshot.size() - 1)));
}

/// A client engine under the recorder, since clients draw their masks by chance: it answers what it
/// hears from within the delivery, and hands its octets out in pieces.
class Recorded {
 public:
  Recorded()
      : recorder_(base::FlightHeader{.engine = std::string(flight_engine_name),
                                     .started = Time{1'000'000},
                                     .snapshot = encode_start(Stand::quiet_settings())},
                  {}),
        system_(1),
        random_(system_, &recorder_),
        engine_(Stand::quiet_settings(), random_, Time{1'000'000}),
        driver_(engine_, *this, {}, Tap(&recorder_)) {}

  void deliver(const Action& action, Time now) {
    if (const auto* message = std::get_if<Message>(&action)) {
      heard += core::text_of(message->octets);
      (void)driver_.command(Command(Send{id, message->kind, message->octets, true}), now);
      if (message->lease != 0) {
        driver_.event(Event(Returned{message->lease}), now);
      }
    }
  }
  void wake_at(std::optional<Time> when) { wake_ = when; }

  void input(std::string_view octets, Time now) {
    inbox_ += octets;
    inbox_.erase(0, driver_.input(core::octets_of(inbox_), id, now));
  }
  auto command(const Command& command, Time now) { return driver_.command(command, now); }
  std::string transmit(Time now) {
    std::string sent;
    std::array<core::Octet, 100> room;
    while (const std::size_t size = driver_.transmit(id, room, now)) {
      sent += core::text_of(core::Octets(room).first(size));
    }
    return sent;
  }
  void run_until(Time end) {
    while (wake_ && *wake_ <= end) {
      driver_.expire(*wake_);
    }
  }
  [[nodiscard]] base::FlightRecording recording() const {
    return base::read_flight(recorder_.dump()).value();
  }

  ConnectionId id;
  std::string heard;

 private:
  using Tap = base::FlightTap<Engine, FlightCodec>;
  base::FlightRecorder recorder_;
  crypto::SeededRandom system_;
  crypto::RecordedRandom random_;
  Engine engine_;
  base::EngineDriver<Engine, Recorded, Tap> driver_;
  std::optional<Time> wake_;
  std::string inbox_;
};

base::FlightRecording a_dialogue() {
  Recorded engine;
  OpenClient open;
  open.request.host = "h";
  engine.id = engine.command(open, Time{2'000'000}).value();
  const std::string request = engine.transmit(Time{2'000'000});
  crypto::Digester digester;
  const std::string key = request.substr(request.find("Sec-WebSocket-Key: ") + 19, 24);
  const std::string extensions = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  engine.input(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
          std::string(accept_text(key, digester).view()) + "\r\n" + extensions + "\r\n",
      Time{3'000'000});
  TestDeflater deflater;
  const std::string large(40'000, 'l');
  engine.input(raw({0x81, "hello", false}) + raw({0xc1, deflater(large), false}), Time{4'000'000});
  engine.input(raw({0x01, "in ", false}) + raw({0x89, "ping", false}), Time{5'000'000});
  engine.input(raw({0x80, "parts", false}), Time{6'000'000});
  (void)engine.transmit(Time{7'000'000});
  (void)engine.command(Close{engine.id, 1000, "bye"}, Time{8'000'000});
  (void)engine.command(Ping{engine.id, {}}, Time{8'000'000});  // too late: refused
  (void)engine.transmit(Time{9'000'000});
  engine.run_until(Time{} + core::seconds(60));
  EXPECT_EQ(engine.heard, "hello" + large + "in parts");
  return engine.recording();
}

core::Result<base::ReplayReport, base::FlightError> replayed(const base::FlightRecording& recording,
                                                             crypto::Random& random) {
  const auto start = decode_start(recording.header.snapshot);
  Engine engine(start.value(), random, recording.header.started);
  FlightCodec codec;
  return base::Replayer<Engine, FlightCodec>(engine, codec).run(recording);
}

TEST(WebsocketFlightCodec, replays_a_whole_dialogue) {
  const base::FlightRecording recording = a_dialogue();
  crypto::ReplayedRandom random(recording);
  const auto report = replayed(recording, random);
  ASSERT_TRUE(report);
  EXPECT_GT(report->steps, 12U);
  EXPECT_FALSE(report->difference) << "at step " << report->difference->step;
}

TEST(WebsocketFlightCodec, finds_the_call_that_another_chance_made_differ) {
  const base::FlightRecording recording = a_dialogue();
  crypto::SeededRandom other(2);
  const auto report = replayed(recording, other);
  ASSERT_TRUE(report && report->difference);
  EXPECT_EQ(report->difference->kind, base::FlightKind::transmit)
      << "the first octets to differ are those of the key";
}

}  // namespace
}  // namespace strowger::websocket
