#include "sip/flight_codec.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "base/engine_driver.hpp"
#include "base/flight_replay.hpp"
#include "crypto/flight_random.hpp"
#include "sip/flight_replay.hpp"

namespace strowger::sip {
namespace {

using core::Address;
using core::Time;
using Octets = std::vector<core::Octet>;

const Flow stranger{Transport::udp, 0, 0, Address::ipv4(192, 0, 2, 9, 5060)};

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

std::shared_ptr<const Settings> settings() {
  auto result = std::make_shared<Settings>();
  ListenerSettings listener;
  listener.local = listener.public_address = Address::ipv4(192, 0, 2, 1, 5060);
  result->listeners = {listener};
  result->allow_guest = true;
  for (const char* name : {"alice", "bob"}) {
    PeerSettings peer;
    peer.name = name;
    peer.credentials.ha1_md5 = "0123456789abcdef0123456789abcdef";
    if (peer.name == "bob") {
      peer.host = Address::ipv4(192, 0, 2, 8, 5060);
    }
    result->peers[name] = peer;
  }
  result->nonce_key[3] = 7;
  return result;
}

EngineLimits small() {
  EngineLimits limits;
  limits.transactions = 100;
  limits.registered_peers = 10;
  limits.connections = 10;
  limits.used_nonces = 10;
  limits.calls = 10;
  return limits;
}

TEST(SipFlightCodec, reads_every_event_and_command_back) {
  const CallHandle call{3, 4};
  const std::array<Flow, 2> targets{stranger, stranger};
  const std::array<ExtraHeader, 1> headers{{{"X-One", "1"}}};
  for (const Event& event : {Event(FlowOpened{stranger, 5}), Event(FlowClosed{stranger, 6}),
                             Event(SendFailed{stranger}), Event(Resolved{7, targets})}) {
    expect_round_trip(event);
  }
  for (const Command& command :
       {Command(Configure{settings()}), Command(Configure{}),
        Command(Place{"bob", "", "a", "b", "v=0", headers}), Command(Progress{call, 183, "v=0"}),
        Command(Answer{call, "v=0"}), Command(Hangup{call, 486, 17}), Command(Offer{call, "v=0"}),
        Command(AnswerOffer{call, 488, ""}), Command(SendInfo{call, "a/b", "c"}),
        Command(RestoreBinding{"a", "b", "c", "d", "e", 6, stranger, core::seconds(60)})}) {
    expect_round_trip(command);
  }
}

TEST(SipFlightCodec, refuses_what_does_not_exist) {
  FlightCodec codec;
  Octets octets = encoded(Event(SendFailed{stranger}));
  octets[8] = 9;  // of the transport's eight octets the last
  core::OctetReader transport(octets);
  Event event;
  codec.decode(transport, event);
  EXPECT_FALSE(transport.ok());
  const Octets unknown{200};
  core::OctetReader reader(unknown);
  Command command;
  codec.decode(reader, command);
  EXPECT_FALSE(reader.ok());
}

TEST(SipFlightCodec, reads_the_start_of_a_recording_back) {
  const Octets snapshot = encode_start(*settings(), small());
  const auto start = decode_start(snapshot);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->limits.transactions, 100U);
  EXPECT_EQ(start->settings->peers, settings()->peers);
  EXPECT_EQ(start->settings->nonce_key, settings()->nonce_key);
  EXPECT_EQ(encode_start(*start->settings, start->limits), snapshot);
  EXPECT_FALSE(decode_start(core::Octets(snapshot).first(snapshot.size() - 1)));
}

/// An engine under the recorder: rings and answers every call from within the delivery.
class Recorded {
 public:
  Recorded()
      : recorder_(
            base::FlightHeader{.engine = "sip", .snapshot = encode_start(*settings(), small())},
            {}),
        system_(1),
        random_(system_, &recorder_),
        engine_(settings(), small(), random_),
        driver_(engine_, *this, {}, Tap(&recorder_)) {}

  void deliver(const Action& action, Time now) {
    if (const auto* send = std::get_if<Send>(&action)) {
      sent.emplace_back(core::text_of(send->octets));
    } else if (const auto* incoming = std::get_if<CallIncoming>(&action)) {
      const CallHandle call = incoming->call;
      (void)driver_.command(Command(Progress{call, 180, ""}), now);
      (void)driver_.command(Command(Answer{call, "v=0\r\n"}), now);
    } else if (std::holds_alternative<CallEnded>(action)) {
      ++ended;
    }
  }
  void wake_at(std::optional<Time> when) { wake_ = when; }

  void input(std::string_view message, Time now) {
    (void)driver_.input(core::octets_of(message), stranger, now);
  }
  auto command(const Command& command, Time now) { return driver_.command(command, now); }
  void run_until(Time end) {
    while (wake_ && *wake_ <= end) {
      driver_.expire(*wake_);
    }
  }
  [[nodiscard]] base::FlightRecording recording() const {
    return base::read_flight(recorder_.dump()).value();
  }

  std::vector<std::string> sent;
  int ended = 0;

 private:
  using Tap = base::FlightTap<Engine, FlightCodec>;
  base::FlightRecorder recorder_;
  crypto::SeededRandom system_;
  crypto::RecordedRandom random_;
  Engine engine_;
  base::EngineDriver<Engine, Recorded, Tap> driver_;
  std::optional<Time> wake_;
};

std::string request(std::string_view method, std::string_view number) {
  const std::string name(method);
  return name + " sip:100@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK" +
         std::string(number) + name +
         "\r\nFrom: <sip:x@192.0.2.9>;tag=1\r\nTo: <sip:100@192.0.2.1>" + "\r\nCall-ID: c" +
         std::string(number) + "\r\nCSeq: " + std::string(number) + " " + name +
         "\r\nContact: <sip:x@192.0.2.9:5060>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
}

base::ReplayReport replayed(const base::FlightRecording& recording) {
  const auto start = decode_start(recording.header.snapshot);
  crypto::ReplayedRandom random(recording);
  Engine engine(start.value().settings, start->limits, random);
  FlightCodec codec;
  return base::Replayer<Engine, FlightCodec>(engine, codec).run(recording).value();
}

TEST(SipFlightCodec, replays_registrations_calls_and_retransmissions) {
  Recorded engine;
  engine.input(request("OPTIONS", "1"), Time{1'000'000});
  engine.input(request("REGISTER", "2"), Time{2'000'000});
  engine.input("garbage", Time{3'000'000});
  engine.input(request("INVITE", "3"), Time{4'000'000});
  const auto placed = engine.command(Place{"bob", "", "100", "", "v=0\r\n", {}}, Time{5'000'000});
  ASSERT_TRUE(placed);
  EXPECT_FALSE(engine.command(Place{"nobody", "", "100", "", "v=0\r\n", {}}, Time{6'000'000}));
  engine.run_until(Time{} + core::seconds(100));
  EXPECT_EQ(engine.ended, 2) << "one was never acknowledged, one never answered";
  EXPECT_GT(engine.sent.size(), 15U);

  const base::ReplayReport report = replayed(engine.recording());
  EXPECT_GT(report.steps, 20U);
  EXPECT_FALSE(report.difference) << "at step " << report.difference->step;
}

TEST(SipFlightReplay, tells_each_call_in_a_line_that_no_message_can_forge) {
  Recorded engine;
  engine.input(request("OPTIONS", "1"), Time{1'000'000});
  engine.input("\x1b[2J rubbish\r\n\r\n", Time{2'000'000});
  (void)engine.command(Place{"bob", "", "100", "", "v=0\r\n", {}}, Time{5'000'000});
  std::vector<std::string> lines;
  const auto report =
      replay_flight(engine.recording(), [&](const std::string& line) { lines.push_back(line); });
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->difference);
  ASSERT_EQ(lines.size(), report->steps);
  EXPECT_EQ(lines[0].substr(0, 75),
            "0 +0.001000 s input udp 192.0.2.9:5060 OPTIONS sip:100@192.0.2.1 SIP/2.0 ->");
  EXPECT_NE(lines[0].find("send udp 192.0.2.9:5060 SIP/2.0 "), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("\\x1b[2J rubbish"), std::string::npos) << lines[1];
  EXPECT_NE(lines.back().find("command place -> "), std::string::npos) << lines.back();
}

TEST(SipFlightReplay, refuses_the_recording_of_another_engine) {
  base::FlightRecording recording;
  recording.header.engine = "mtp2";
  EXPECT_EQ(replay_flight(recording, {}).error(), base::FlightError::wrong_engine);
  recording.header.engine = "sip";
  EXPECT_EQ(replay_flight(recording, {}).error(), base::FlightError::bad_record);
}

TEST(SipFlightCodec, finds_the_call_that_another_chance_made_differ) {
  Recorded engine;
  engine.input(request("OPTIONS", "1"), Time{1'000'000});
  (void)engine.command(Place{"bob", "", "100", "", "v=0\r\n", {}}, Time{5'000'000});
  const base::FlightRecording recording = engine.recording();
  const auto start = decode_start(recording.header.snapshot);
  crypto::SeededRandom other(2);
  Engine fresh(start.value().settings, start->limits, other);
  FlightCodec codec;
  const auto report = base::Replayer<Engine, FlightCodec>(fresh, codec).run(recording);
  ASSERT_TRUE(report && report->difference);
  EXPECT_TRUE(report->difference->kind == base::FlightKind::command ||
              report->difference->kind == base::FlightKind::input);
}

}  // namespace
}  // namespace strowger::sip
