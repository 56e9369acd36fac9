#include "tdm/flight_codec.hpp"

#include <gtest/gtest.h>

#include "base/engine_driver.hpp"
#include "tdm/engine_fixture.hpp"

namespace strowger::tdm {
namespace {

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

SpanConfig recorded_config() {
  SpanConfig config = span_config("a", 3);
  config.channels[1].group = "out";
  config.analog.hotline = caller("", "112").called;
  return config;
}

TEST(TdmFlightCodec, reads_every_event_and_command_back) {
  const CallId call = make_call_id(SpanId(1), 2, 3);
  expect_round_trip(SpanEngine::Source{7});
  expect_round_trip(SpanEngine::Event{ChannelNumber(3), Alarms{Alarms::blue}});
  for (const Command::What& what :
       {Command::What(StartSpan{}), Command::What(StopSpan{}),
        Command::What(
            Place{Hunt::on_group(1, HuntOrder::round_robin_down), caller("1", "2"), 3, 4}),
        Command::What(Answer{call}), Command::What(Indicate{call, Indication::busy}),
        Command::What(SetHold{call, false}), Command::What(Transfer{call, caller("", "9").called}),
        Command::What(HangUp{call, Cause(17)}), Command::What(Reset{ChannelNumber(2)}),
        Command::What(SetBlocked{ChannelNumber(2), false})}) {
    expect_round_trip(Command{RequestId(5), what});
  }
}

TEST(TdmFlightCodec, refuses_what_does_not_exist) {
  FlightCodec codec;
  Command command;
  Octets octets = encoded(Command{RequestId(1), Answer{}});
  octets[8] = 200;  // no such command
  core::OctetReader reader(octets);
  codec.decode(reader, command);
  EXPECT_FALSE(reader.ok());
  octets = encoded(Command{RequestId(1), HangUp{CallId(1), Cause(127)}});
  octets.back() = 200;  // no such cause
  core::OctetReader cause(octets);
  codec.decode(cause, command);
  EXPECT_FALSE(cause.ok());
}

TEST(TdmFlightCodec, reads_the_start_of_a_recording_back) {
  const std::vector<Group> groups{{"out", {{SpanId(1), ChannelNumber(2)}}}};
  const Octets snapshot = encode_start(SpanId(1), recorded_config(), groups);
  const auto start = decode_start(snapshot);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->config.channels.size(), 3U);
  EXPECT_EQ(start->config.analog.hotline.view(), "112");
  EXPECT_EQ(start->groups.at(0).channels, groups[0].channels);
  EXPECT_EQ(encode_start(start->id, start->config, start->groups), snapshot);
  EXPECT_FALSE(decode_start(core::Octets(snapshot).first(snapshot.size() - 1)));
}

/// A span under the recorder, whose messages are answered by a stand of another span.
class RecordedSpan {
 public:
  explicit RecordedSpan(std::string_view signalling = "loopback")
      : config_(with(recorded_config(), signalling)),
        recorder_(base::FlightHeader{.engine = std::string(flight_engine_name),
                                     .snapshot = encode_start(SpanId(1), config_, groups_)},
                  {}),
        engine_(SpanId(1), config_, groups_, module_),
        driver_(engine_, *this, {}, Tap(&recorder_)),
        far_config_(span_config("b", 3, GlareRule::control_all)),
        far(SpanId(2), far_config_, groups_, far_module_) {}

  void deliver(const SpanEngine::Action& action, core::Time at) {
    if (const auto* out = std::get_if<SignalOut>(&action)) {
      far.driver.input(out->message, SpanEngine::Source{}, at);
    } else if (const auto* event = std::get_if<Event>(&action)) {
      events.push_back(*event);
    }
  }
  void wake_at(std::optional<core::Time> /*when*/) {}
  void ask(const Command::What& what) {
    (void)driver_.command(Command{RequestId(++request_), what}, now);
    from_far();
  }
  void ask_far(const Command::What& what) {
    far.ask(what, now);
    from_far();
  }
  void alarm(std::uint8_t bits) {
    driver_.event(SpanEngine::Event{ChannelNumber(1), Alarms{bits}}, now);
  }
  void wait(core::Duration length) {
    now += length;
    driver_.expire(now);
  }
  void from_far() {
    while (!far.sent.empty()) {
      const auto message = far.sent.front();
      far.sent.pop_front();
      driver_.input(message, SpanEngine::Source{}, now);
    }
  }
  [[nodiscard]] base::FlightRecording recording() const {
    return base::read_flight(recorder_.dump()).value();
  }

 private:
  using Tap = base::FlightTap<SpanEngine, FlightCodec>;
  static SpanConfig with(SpanConfig config, std::string_view signalling) {
    config.signalling = signalling;
    return config;
  }
  SpanConfig config_;
  std::vector<Group> groups_;
  base::FlightRecorder recorder_;
  LoopbackModule module_;
  SpanEngine engine_;
  base::EngineDriver<SpanEngine, RecordedSpan, Tap> driver_;
  SpanConfig far_config_;
  LoopbackModule far_module_;
  std::uint64_t request_ = 0;

 public:
  std::vector<Event> events;
  EngineStand far;
  core::Time now = core::Time{1'000'000'000};
};

void make_calls(RecordedSpan& span) {
  span.ask_far(StartSpan{});
  span.ask(StartSpan{});
  span.ask(Place{Hunt::on_span(SpanId(1)), caller("100", "200"), 0, 0});
  span.ask_far(Answer{span.far.last(EventKind::start)->call});
  const CallId call = span.events.back().call;
  span.ask(SetHold{call, true});
  span.ask(Transfer{call, caller("", "300").called});
  span.alarm(Alarms::red);
  span.ask(HangUp{call, Cause(16)});
  span.ask(HangUp{call, Cause(16)});  // refused
  span.ask_far(Place{Hunt::on_span(SpanId(2)), caller("1", "2"), 0, 0});
  span.ask(Reset{ChannelNumber(2)});
  span.wait(core::seconds(70));
  span.ask(StopSpan{});
}

TEST(TdmFlightCodec, replays_a_spans_calls) {
  RecordedSpan span;
  make_calls(span);
  EXPECT_GT(span.events.size(), 8U);
  const auto report = replay_flight(span.recording());
  ASSERT_TRUE(report);
  EXPECT_GT(report->steps, 15U);
  EXPECT_FALSE(report->difference);
}

TEST(TdmFlightCodec, refuses_a_record_without_its_arguments) {
  RecordedSpan span;
  make_calls(span);
  base::FlightRecording recording = span.recording();
  for (base::FlightRecord& record : recording.records) {
    if (record.kind == base::FlightKind::event) {
      record.payload = core::Octets(record.payload).first(0);
    }
  }
  EXPECT_EQ(replay_flight(recording).error(), base::FlightError::bad_record);
}

TEST(TdmFlightCodec, refuses_what_it_cannot_make_an_engine_of) {
  RecordedSpan span("ss7");
  EXPECT_EQ(replay_flight(span.recording()).error(), base::FlightError::wrong_engine);
  base::FlightRecording other = span.recording();
  other.header.engine = "sip";
  EXPECT_EQ(replay_flight(other).error(), base::FlightError::wrong_engine);
}

}  // namespace
}  // namespace strowger::tdm
