#include "tdm/trunks.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>

#include "tdm/engine_fixture.hpp"
#include "tdm/recorder_fixture.hpp"
#include "tdm/status.hpp"

namespace strowger::tdm {
namespace {

constexpr SpanId a{1}, b{2};

class TrunksTest : public testing::Test {
 protected:
  explicit TrunksTest(TdmConfig config = loopback_config(4)) : trunks(std::move(config), heard) {}
  void start() {
    ASSERT_TRUE(trunks.start_all());
    for (std::uint16_t i = 1; i <= trunks.span_count(); ++i) {
      heard.wait_until_up(SpanId(i));
    }
  }

  std::mutex of_the_user;
  Recorder heard;
  Trunks trunks;
};

TEST_F(TrunksTest, carries_a_call_from_place_to_released_at_both_ends) {
  start();
  const auto placed = trunks.place(Hunt::on_span(a), caller("100", "200"));
  ASSERT_TRUE(placed);
  const Event dialing = heard.answer_to(*placed);
  EXPECT_EQ(dialing.kind, EventKind::dialing);
  const Event start = heard.wait_for(EventKind::start);
  EXPECT_EQ(start.span, b);
  const auto answered = trunks.answer(start.call);
  EXPECT_EQ(heard.answer_to(*answered).kind, EventKind::indication_completed);
  EXPECT_EQ(heard.wait_for(EventKind::up).call, dialing.call);
  EXPECT_EQ(trunks.span(a)->status(ChannelNumber(1)).now.state, State::up);
  const auto hung_up = trunks.hang_up(dialing.call);
  EXPECT_EQ(heard.answer_to(*hung_up).kind, EventKind::released);
  EXPECT_EQ(heard.wait_for(EventKind::stop).call, start.call);
  const auto other = trunks.hang_up(start.call);
  EXPECT_EQ(heard.answer_to(*other).kind, EventKind::released);
  const auto history = trunks.span(a)->history(ChannelNumber(1));
  ASSERT_EQ(history.size(), 4U);
  EXPECT_EQ(history.back().to, State::down);
}

TEST_F(TrunksTest, the_whole_api_may_be_called_from_within_an_event) {
  heard.during_event = [this](const Event& event) {
    switch (event.kind) {
      case EventKind::start:
        EXPECT_TRUE(trunks.indicate(event.call, Indication::ringing));
        EXPECT_TRUE(trunks.answer(event.call));
        break;
      case EventKind::up:
        EXPECT_TRUE(trunks.hold(event.call));
        EXPECT_TRUE(trunks.hang_up(event.call));
        EXPECT_EQ(trunks.span(a)->status(event.channel).now.state, State::up);
        break;
      case EventKind::stop:
        EXPECT_TRUE(trunks.hang_up(event.call));
        break;
      default:
        break;
    }
  };
  start();
  ASSERT_TRUE(trunks.place(Hunt::on_span(a), caller("1", "2")));
  (void)heard.wait_for(
      [](const Event& event) { return event.kind == EventKind::released && event.span == a; });
  (void)heard.wait_for(
      [](const Event& event) { return event.kind == EventKind::released && event.span == b; });
}

TEST_F(TrunksTest, a_user_may_hold_a_lock_of_its_own_in_events_and_calls) {
  std::atomic<int> events{0};
  heard.during_event = [&](const Event& event) {
    const std::lock_guard lock(of_the_user);
    ++events;
    if (event.kind == EventKind::stop) {
      EXPECT_TRUE(trunks.hang_up(event.call));
    }
  };
  start();
  for (int i = 0; i < 50; ++i) {
    Result<RequestId> placed = RequestId{};
    {
      const std::lock_guard lock(of_the_user);
      placed = trunks.place(Hunt::on_span(a), caller("1", "2"));
    }
    ASSERT_TRUE(placed);
    const Event dialing = heard.answer_to(*placed);
    Result<RequestId> hung_up = RequestId{};
    {
      const std::lock_guard lock(of_the_user);
      hung_up = trunks.hang_up(dialing.call);
      EXPECT_FALSE(trunks.span(a)->history(ChannelNumber(1)).empty());
    }
    ASSERT_TRUE(hung_up);
    EXPECT_EQ(heard.answer_to(*hung_up).kind, EventKind::released);
  }
  trunks.stop_all();
  EXPECT_GT(events, 0);
}

TEST_F(TrunksTest, stop_answers_what_was_asked_and_ends_every_call) {
  start();
  std::vector<RequestId> asked;
  for (int i = 0; i < 6; ++i) {
    const auto request = trunks.place(Hunt::on_span(a), caller("1", "2"));
    if (request) {
      asked.push_back(*request);
    }
  }
  ASSERT_TRUE(trunks.stop(a));
  EXPECT_EQ(trunks.place(Hunt::on_span(a), caller("1", "2")).error(), TdmError::span_stopped);
  std::size_t answered = 0;
  std::size_t dialing = 0;
  std::size_t released = 0;
  for (const Event& event : heard.events()) {
    answered += std::count(asked.begin(), asked.end(), event.request) > 0 ? 1U : 0U;
    dialing += event.kind == EventKind::dialing ? 1U : 0U;
    released += event.kind == EventKind::released && event.span == a ? 1U : 0U;
  }
  EXPECT_EQ(answered, asked.size());
  EXPECT_EQ(released, dialing);
  EXPECT_EQ(trunks.span(a)->counters().calls, 0U);
}

TEST_F(TrunksTest, a_span_starts_again_after_its_stop) {
  start();
  ASSERT_TRUE(trunks.stop(a));
  EXPECT_EQ(trunks.stop(a).error(), TdmError::span_stopped);
  heard.clear();
  ASSERT_TRUE(trunks.start(a));
  EXPECT_EQ(trunks.start(a).error(), TdmError::wrong_state);
  heard.wait_until_up(a);
  const auto placed = trunks.place(Hunt::on_span(a), caller("1", "2"));
  EXPECT_EQ(heard.answer_to(*placed).kind, EventKind::dialing);
}

TEST_F(TrunksTest, start_and_stop_are_refused_from_within_an_event) {
  std::atomic<bool> refused{false};
  heard.during_event = [&](const Event& event) {
    if (event.kind == EventKind::start) {
      refused = trunks.stop(a).error() == TdmError::wrong_thread &&
                trunks.stop(b).error() == TdmError::wrong_thread;
    }
  };
  start();
  ASSERT_TRUE(trunks.place(Hunt::on_span(a), caller("1", "2")));
  (void)heard.wait_for(EventKind::start);
  trunks.stop_all();
  EXPECT_TRUE(refused);
}

TEST_F(TrunksTest, alarms_reach_the_user_from_any_thread) {
  start();
  std::thread line([this] {
    EXPECT_TRUE(trunks.span(a)->alarms_are(ChannelNumber(2), Alarms{Alarms::yellow}));
  });
  line.join();
  EXPECT_EQ(heard.wait_for(EventKind::alarm_trap).channel, ChannelNumber(2));
  EXPECT_EQ(trunks.span(a)->status(ChannelNumber(2)).now.alarms.bits, Alarms::yellow);
}

TEST(Trunks, a_channel_that_is_being_reset_shows_it) {
  TdmConfig config = loopback_config(1);
  Recorder user;
  Trunks alone(config, user);
  ASSERT_TRUE(alone.start(a));
  ASSERT_TRUE(alone.reset({a, ChannelNumber(1)}));  // the far end does not run: no answer comes
  while (!alone.span(a)->status(ChannelNumber(1)).now.resetting) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(user.events().empty());
}

TEST_F(TrunksTest, what_does_not_exist_is_refused_at_once) {
  EXPECT_EQ(trunks.answer(CallId(7)).error(), TdmError::no_such_span);
  EXPECT_EQ(trunks.place(Hunt::on_group(9), {}).error(), TdmError::no_such_group);
  EXPECT_EQ(trunks.transfer(make_call_id(a, 0, 1), "").error(), TdmError::bad_argument);
  EXPECT_EQ(trunks.find_span("zebra"), std::nullopt);
  EXPECT_EQ(trunks.find_group("out"), std::uint16_t{0});
}

TdmConfig analog_config() {
  TdmConfig config;
  for (const ChannelType type : {ChannelType::fxo, ChannelType::fxs}) {
    const bool fxo = type == ChannelType::fxo;
    SpanConfig span = span_config(fxo ? "line" : "phones", 1);
    span.signalling = "analog";
    span.signalling_peer = fxo ? "phones" : "line";
    span.analog.digit_timeout = core::milliseconds(100);
    span.channels[0].type = type;
    config.spans.push_back(span);
  }
  return config;
}

TEST(Trunks, join_analog_ports_back_to_back) {
  Recorder heard;
  Trunks trunks(analog_config(), heard);
  ASSERT_TRUE(trunks.start_all());
  heard.wait_until_up(a);
  heard.wait_until_up(b);
  ASSERT_TRUE(trunks.place(Hunt::on_span(a), caller("", "42")));
  EXPECT_EQ(heard.wait_for(EventKind::start).caller.called.view(), "42");
  TdmConfig wrong = analog_config();
  wrong.spans[0].channels[0].type = ChannelType::b;
  EXPECT_THROW(Trunks(wrong, heard), std::invalid_argument);
}

/// Keeps what the cpu monitor tells.
struct Warned final : EventListener {
  void on_event(const Event& /*event*/) override {}
  void on_cpu_alarm(unsigned percent, bool on) override {
    const std::lock_guard lock(mutex);
    told.emplace_back(percent, on);
    heard.notify_all();
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    heard.wait(lock, [&] { return told.size() >= count; });
  }
  std::mutex mutex;
  std::condition_variable heard;
  std::vector<std::pair<unsigned, bool>> told;
};

/// A machine that is idle, or busy all the time.
class Machine {
 public:
  std::optional<CpuTimes> read() {
    const std::uint64_t total = total_ += 100;
    busy_ += busy ? 100U : 0U;
    return CpuTimes{busy_, total};
  }
  std::atomic<bool> busy{false};

 private:
  std::uint64_t total_ = 0;
  std::uint64_t busy_ = 0;
};

TEST(CpuAlarm, warns_and_refuses_new_calls_while_it_is_on_as_configured) {
  for (const auto& [warn, reject] : {std::pair(true, true), std::pair(true, false)}) {
    TdmConfig config = loopback_config(4);
    config.cpu.enabled = true;
    config.cpu.interval = core::milliseconds(10);
    config.cpu.warn = warn;
    config.cpu.reject = reject;
    Machine machine;
    Warned user;
    Trunks trunks(config, user, {}, [&machine] { return machine.read(); });
    ASSERT_TRUE(trunks.start_all());
    EXPECT_TRUE(trunks.place(Hunt::on_span(a), caller("1", "2")));
    machine.busy = true;
    user.wait_for(1);
    EXPECT_EQ(user.told[0], std::pair(100U, true));
    EXPECT_TRUE(trunks.cpu().alarm);
    const auto placed = trunks.place(Hunt::on_span(a), caller("1", "2"));
    EXPECT_EQ(placed.has_value(), !reject);
    EXPECT_TRUE(placed || placed.error() == TdmError::overloaded);
    machine.busy = false;
    user.wait_for(2);
    EXPECT_FALSE(user.told[1].second);
    EXPECT_TRUE(trunks.place(Hunt::on_span(a), caller("1", "2")));
    trunks.stop_all();
  }
}

TEST(CpuAlarm, says_nothing_where_the_action_is_to_reject_alone) {
  TdmConfig config = loopback_config(1);
  config.cpu.enabled = true;
  config.cpu.interval = core::milliseconds(10);
  config.cpu.warn = false;
  config.cpu.reject = true;
  Machine machine;
  machine.busy = true;
  Warned user;
  Trunks trunks(config, user, {}, [&machine] { return machine.read(); });
  ASSERT_TRUE(trunks.start_all());
  while (trunks.place(Hunt::on_span(a), caller("1", "2")).has_value() ||
         trunks.place(Hunt::on_span(a), caller("1", "2")).error() != TdmError::overloaded) {
    std::this_thread::yield();
  }
  trunks.stop_all();
  EXPECT_TRUE(user.told.empty());
}

TEST_F(TrunksTest, stands_in_tables_for_people) {
  start();
  ASSERT_TRUE(trunks.set_blocked({a, ChannelNumber(2)}, true));
  EXPECT_TRUE(trunks.span(a)->alarms_are(ChannelNumber(3), Alarms{Alarms::yellow}));
  (void)heard.wait_for(EventKind::alarm_trap);
  const auto placed = trunks.place(Hunt::on_span(a), caller("1", "2"));
  const Event dialing = heard.answer_to(*placed);
  (void)heard.wait_for(EventKind::start);
  ASSERT_TRUE(trunks.stop(b));
  const auto spans = span_rows(trunks);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "a");
  EXPECT_EQ(spans[0].channels, 4U);
  EXPECT_EQ(spans[0].blocked, 1U);
  EXPECT_EQ(spans[0].in_alarm, 1U);
  EXPECT_TRUE(spans[0].running);
  EXPECT_FALSE(spans[1].running);
  EXPECT_EQ(spans[1].status, SignallingStatus::down);
  EXPECT_EQ(spans[1].counters.incoming, 1U);
  const auto channels = channel_rows(trunks, a);
  ASSERT_EQ(channels.size(), 4U);
  EXPECT_EQ(channels[2].now.alarms.bits, Alarms::yellow);
  EXPECT_EQ(channels[2].config.timeslot, 3);
  EXPECT_EQ(channels[0].channel, (ChannelRef{a, dialing.channel}));
  EXPECT_TRUE(channel_rows(trunks, SpanId(7)).empty());
}

class TwoPairs : public TrunksTest {
 protected:
  TwoPairs() : TrunksTest(loopback_config(2, true)) {}
  [[nodiscard]] std::vector<int> spans_of_places(HuntOrder order, int places) {
    std::vector<int> spans;
    for (int i = 0; i < places; ++i) {
      const auto placed = trunks.place(Hunt::on_group(0, order), caller("1", "2"));
      const Event answer = heard.answer_to(*placed);
      spans.push_back(answer.kind == EventKind::dialing ? answer.span.value() : 0);
    }
    return spans;
  }
};

TEST_F(TwoPairs, a_group_is_hunted_across_spans_in_its_order) {
  start();
  EXPECT_THAT(spans_of_places(HuntOrder::top_down, 5), testing::ElementsAre(1, 1, 3, 3, 0));
}

TEST_F(TwoPairs, a_group_is_hunted_round_across_spans) {
  start();
  EXPECT_THAT(spans_of_places(HuntOrder::bottom_up, 2), testing::ElementsAre(3, 3));
  EXPECT_THAT(spans_of_places(HuntOrder::round_robin_up, 3), testing::ElementsAre(1, 1, 0));
}

TEST_F(TwoPairs, a_hunt_passes_over_a_span_that_is_stopped) {
  start();
  ASSERT_TRUE(trunks.stop(SpanId(3)));
  EXPECT_THAT(spans_of_places(HuntOrder::top_down, 3), testing::ElementsAre(1, 1, 0));
}

TEST(Trunks, refuses_a_configuration_that_cannot_be_carried_out) {
  Recorder heard;
  TdmConfig config = loopback_config(1);
  config.spans[1].signalling_peer = "x";
  EXPECT_THROW(Trunks(config, heard), std::invalid_argument);
  config = loopback_config(1);
  config.spans[0].signalling = "carrier-pigeon";
  EXPECT_THROW(Trunks(config, heard), std::invalid_argument);
}

TEST(Trunks, a_full_command_queue_refuses_and_no_event_follows) {
  TdmConfig config = loopback_config(1);
  config.spans[0].queue_commands = 2;
  Recorder heard;
  std::promise<void> in_event, go_on;
  std::shared_future<void> gate = go_on.get_future().share();
  std::atomic<bool> first{true};
  heard.during_event = [&](const Event& event) {
    if (event.kind == EventKind::refused && first.exchange(false)) {
      in_event.set_value();
      gate.wait();  // holds the span's thread
    }
  };
  Trunks trunks(config, heard);
  ASSERT_TRUE(trunks.start(a));
  ASSERT_TRUE(trunks.answer(make_call_id(a, 0, 99)));
  in_event.get_future().wait();
  EXPECT_TRUE(trunks.answer(make_call_id(a, 0, 99)));
  EXPECT_TRUE(trunks.answer(make_call_id(a, 0, 99)));
  EXPECT_EQ(trunks.answer(make_call_id(a, 0, 99)).error(), TdmError::queue_full);
  go_on.set_value();
  trunks.stop_all();
  const auto events = heard.events();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const Event& event) { return event.kind == EventKind::refused; }),
            3);
  EXPECT_EQ(trunks.span(a)->queue_counters().refused_commands, 1U);
}

}  // namespace
}  // namespace strowger::tdm
