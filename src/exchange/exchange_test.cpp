// Calls as a whole: start, end, hang-up, media, overload, reload, stop, and what the console sees.
#include <gmock/gmock.h>

#include "exchange/call.hpp"
#include "exchange/exchange_fixture.hpp"
#include "exchange/worker.hpp"

namespace strowger::exchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Calls : public ExchangeTest {};

TEST_F(Calls, a_call_answers_plays_and_is_hung_up_at_the_end_of_its_extension) {
  start("[default]\nexten => 1,1,Answer()\nsame => n,Playback(hello-world)\n");
  dial("1");
  EXPECT_EQ(port_of("alice").playing, "hello-world");
  EXPECT_EQ(records.all.size(), 0U);
  pass(core::seconds(3));
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer", "hangup 16"));
  ASSERT_EQ(records.all.size(), 1U);
  EXPECT_EQ(records.all[0].destination, "1");
  EXPECT_EQ(records.all[0].disposition, records::Disposition::answered);
  EXPECT_EQ(records.all[0].billable_seconds(), 1);
  EXPECT_EQ(records.all[0].caller.quality.packets_received, 50U);
  EXPECT_FALSE(records.all[0].ended_by_caller);
  expect_idle();
}

TEST_F(Calls, the_caller_s_hang_up_ends_the_application_where_it_waits) {
  start("[default]\nexten => 1,1,Answer()\nsame => n,Echo()\nsame => n,Log(NOTICE,not reached)\n");
  dial("1");
  EXPECT_TRUE(port_of("alice").echo);
  driver.ends("alice");
  settle();
  EXPECT_FALSE(logged("not reached"));
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "answer"));
  ASSERT_EQ(records.all.size(), 1U);
  EXPECT_TRUE(records.all[0].ended_by_caller);
  EXPECT_EQ(records.all[0].cause, Cause::normal_clearing);
  EXPECT_EQ(records.all[0].last_application, "Echo");
  expect_idle();
}

TEST_F(Calls, extension_h_runs_after_hang_up_by_either_side) {
  const auto plan =
      "[default]\nexten => 1,1,Wait(5)\nsame => n,Hangup(17)\n"
      "exten => h,1,Log(NOTICE,cause ${HANGUPCAUSE} in ${EXTEN})\n";
  start(plan);
  dial("1");
  driver.ends("alice", Cause::normal_clearing);
  settle();
  EXPECT_TRUE(logged("cause 16 in h"));
  dial("1");
  pass(core::seconds(6));
  EXPECT_TRUE(logged("cause 17 in h"));
  EXPECT_THAT(alice().commands, ElementsAre("proceed", "hangup 17"));
  EXPECT_EQ(records.all.back().destination, "1");
  EXPECT_EQ(records.all.back().last_application, "Hangup");
  EXPECT_EQ(records.all.back().disposition, records::Disposition::busy);
  expect_idle();
}

TEST_F(Calls, extension_h_can_not_talk_to_the_caller_and_can_not_go_on_for_ever) {
  start(
      "[default]\nexten => 1,1,Answer()\nexten => 2,1,Answer()\nexten => h,1,GotoIf($[${X}]?9)\n"
      "same => n,Playback(hello)\nsame => n,Log(NOTICE,not reached)\n"
      "exten => h,9,Goto(h,9)\nexten => 3,1,Set(X=1)\n");
  dial("1");
  EXPECT_THAT(media.played(), IsEmpty());
  EXPECT_FALSE(logged("not reached"));
  expect_idle();
  dial("3");
  pass(core::seconds(1));
  EXPECT_TRUE(logged("goes round without end"));
  expect_idle();
}

TEST_F(Calls, lost_media_ends_the_call_with_cause_102) {
  start("[default]\nexten => 1,1,Answer()\nsame => n,MusicOnHold()\n");
  dial("1");
  media.time_out(alice().port);
  settle();
  EXPECT_EQ(alice().hangup_cause, Cause::recovery_on_timer_expiry);
  EXPECT_EQ(records.all.at(0).cause, Cause::recovery_on_timer_expiry);
  expect_idle();
}

TEST_F(Calls, a_port_that_never_reports_holds_no_call) {
  media.lose_port_closed = true;
  start("[default]\nexten => 1,1,Answer()\n");
  dial("1");
  EXPECT_EQ(exchange->counters().calls, 1U);
  EXPECT_THAT(records.all, IsEmpty());
  pass(config.linger);
  ASSERT_EQ(records.all.size(), 1U);
  EXPECT_EQ(records.all[0].caller.quality.packets_received, 7U);
  expect_idle();
}

TEST_F(Calls, a_call_without_media_runs_its_dialplan) {
  driver.without_media = true;
  start(
      "[default]\nexten => 1,1,Playback(hello)\nsame => n,Log(NOTICE,${PLAYBACKSTATUS})\n"
      "same => n,SayDigits(12)\nsame => n,StartMusicOnHold()\nsame => n,StopMusicOnHold()\n"
      "same => n,PlayTones(dial)\nsame => n,MusicOnHold(,1)\nsame => n,Dial(SIP/bob)\n");
  dial("1");
  EXPECT_TRUE(logged("FAILED"));
  pass(core::seconds(1));
  driver.answers("bob");
  settle();
  driver.ends("bob");
  settle();
  expect_idle();
}

TEST_F(Calls, calls_beyond_the_limit_are_refused_with_congestion_but_not_to_emergency_numbers) {
  config.max_calls = 1;
  config.emergency_extensions = {"112"};
  start("[default]\nexten => _X.,1,Wait(10)\n");
  dial("11");
  FakeDriver::FakeLeg& second = driver.call_in("bob", "11");
  FakeDriver::FakeLeg& third = driver.call_in("carol", "112");
  settle();
  EXPECT_THAT(second.commands, ElementsAre("hangup 42"));
  EXPECT_THAT(third.commands, ElementsAre("proceed"));
  EXPECT_EQ(exchange->counters().calls_refused, 1U);
  EXPECT_EQ(exchange->counters().calls, 2U);
  pass(core::seconds(11));
  expect_idle();
}

TEST_F(Calls, a_reload_is_seen_by_the_next_step_of_a_call_in_progress) {
  start("[default]\nexten => 1,1,Wait(1)\nsame => n,Log(NOTICE,old)\n");
  dial("1");
  reload("[globals]\nG=7\n[default]\nexten => 1,1,NoOp()\nsame => n,Log(NOTICE,new ${G})\n");
  EXPECT_EQ(exchange->counters().calls, 1U);
  pass(core::seconds(2));
  EXPECT_TRUE(logged("new 7"));
  EXPECT_FALSE(logged("old"));
  expect_idle();
}

TEST_F(Calls, a_graceful_stop_waits_for_calls_and_refuses_new_ones) {
  start("[default]\nexten => 1,1,Wait(10)\n");
  dial("1");
  bool stopped = false;
  exchange->stop(StopMode::graceful, [&] { stopped = true; });
  settle();
  EXPECT_FALSE(stopped);
  FakeDriver::FakeLeg& late = driver.call_in("bob", "1");
  settle();
  EXPECT_THAT(late.commands, ElementsAre("hangup 42"));
  pass(core::seconds(11));
  EXPECT_TRUE(stopped);
  expect_idle();
}

TEST_F(Calls, an_immediate_stop_hangs_all_up) {
  start("[default]\nexten => 1,1,Wait(10)\n");
  dial("1");
  bool stopped = false;
  exchange->stop(StopMode::immediate, [&] { stopped = true; });
  settle();
  EXPECT_TRUE(stopped);
  EXPECT_EQ(alice().hangup_cause, Cause::normal_unspecified);
  expect_idle();
}

TEST_F(Calls, an_aborted_stop_takes_calls_again) {
  start("[default]\nexten => 1,1,Wait(1)\n");
  dial("1");
  bool stopped = false;
  exchange->stop(StopMode::graceful, [&] { stopped = true; });
  settle();
  exchange->abort_stop();
  pass(core::seconds(2));
  EXPECT_FALSE(stopped);
  EXPECT_THAT(dial("1").commands, ElementsAre("proceed"));
  pass(core::seconds(2));
  expect_idle();
}

TEST_F(Calls, the_console_lists_calls_shows_one_and_hangs_one_up) {
  start("[default]\nexten => 1,1,Answer()\nsame => n,Set(COLOUR=red)\nsame => n,Wait(60)\n");
  dial("1");
  pass(core::seconds(5));
  exchange->ladder(alice().id, "alice", "Strowger", "INVITE sip:1");
  const auto all = calls();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].application, "Wait");
  EXPECT_EQ(all[0].application_data, "60");
  EXPECT_EQ(all[0].priority, 3);
  EXPECT_EQ(all[0].age.seconds(), 5);
  ASSERT_EQ(all[0].channels.size(), 1U);
  EXPECT_EQ(all[0].channels[0].state, "Up");
  const auto detail = show(all[0].channels[0].name);
  ASSERT_TRUE(detail);
  EXPECT_THAT(detail->variables, ::testing::Contains(::testing::Pair("COLOUR", "red")));
  EXPECT_EQ(detail->ladder.back().text, "INVITE sip:1");
  EXPECT_GT(detail->frame_octets, 0U);
  std::size_t count = 0;
  exchange->hang_up(all[0].unique_id, Cause::call_rejected, [&](std::size_t n) { count = n; });
  settle();
  EXPECT_EQ(count, 1U);
  EXPECT_EQ(alice().hangup_cause, Cause::call_rejected);
  const auto finished = show(all[0].unique_id);
  ASSERT_TRUE(finished);
  EXPECT_TRUE(finished->info.over);
  expect_idle();
}

TEST_F(Calls, events_of_legs_that_are_gone_are_counted_and_harm_nothing) {
  start("[default]\nexten => 1,1,Hangup()\n");
  FakeDriver::FakeLeg& leg = dial("1");
  exchange->deliver(leg.id, LegRinging{});
  exchange->deliver(LegId{77, 1}, LegRinging{});
  settle();
  EXPECT_EQ(exchange->counters().stale_events, 1U);
  expect_idle();
}

Task<> wait_for_one(Call& call, std::vector<CallEvent>& events) {
  const CallEvent event = co_await call.wait(call.now() + core::seconds(5));
  events.push_back(event);
}

TEST_F(Calls, a_completion_posted_from_elsewhere_is_an_event_and_is_lost_once_the_call_is_gone) {
  Shared shared(config, Services{media, records, nullptr, zones, log->logger("calls")});
  Worker worker(shared, loop, 0);
  Call call(worker, CallId{}, LegId{0, 1}, driver, LegIncoming{});
  std::vector<CallEvent> events;
  Task<> task = wait_for_one(call, events);
  task.start();
  call.on_completion(42);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, CallEvent::Kind::completed);
  EXPECT_EQ(events[0].tag, 42U);
  call.completion(43)();  // the worker knows no such call
  settle();
  EXPECT_EQ(shared.counters.stale_events, 1U);
}

TEST_F(Calls, a_completion_for_a_call_that_is_gone_does_not_reach_the_next_one_in_its_place) {
  Shared shared(config, Services{media, records, nullptr, zones, log->logger("calls")});
  shared.drivers.emplace("SIP", &driver);
  start("[default]\n");
  Worker worker(shared, loop, 0);
  LegIncoming incoming;
  incoming.name = "SIP/alice-1";
  worker.deliver(LegId{0, 1}, incoming);  // no such extension: over as soon as its leg ends
  settle();
  const CallId first = worker.list().at(0).id;
  const auto late = worker.completion(first, 1);
  worker.deliver(LegId{0, 1}, LegEnded{});
  worker.deliver(LegId{0, 2}, incoming);
  settle();
  const CallId second = worker.list().at(0).id;
  EXPECT_EQ(second.slot.slot, first.slot.slot);
  late();
  settle();
  EXPECT_EQ(shared.counters.stale_events, 1U);
}

TEST_F(Calls, an_established_call_takes_little_memory_for_its_coroutines) {
  start("[default]\nexten => 1,1,Dial(SIP/bob,20,r)\n");
  dial("1");
  driver.answers("bob");
  settle();
  const auto detail = show(calls().at(0).unique_id);
  EXPECT_LE(detail->frame_octets, 8U << 10U);
  driver.ends("alice");
  settle();
  expect_idle();
}

TEST(LadderText, draws_a_column_a_party_and_an_arrow_a_line) {
  Ladder ladder(3);
  ladder.add({{0}, "gone", "gone", "forgotten"});
  ladder.add({{1'000'000'000}, "alice", "Strowger", "INVITE"});
  ladder.add({{1'250'000'000}, "Strowger", "Strowger", "Dial(SIP/bob)"});
  ladder.add({{1'500'000'000}, "Strowger", "alice", "180 Ringing"});
  EXPECT_EQ(ladder.forgotten(), 1U);
  EXPECT_EQ(draw_ladder(ladder.lines()),
            "          alice                         Strowger\n"
            "    0.000 |-- INVITE ------------------>|\n"
            "    0.250 |                             | * Dial(SIP/bob)\n"
            "    0.500 |<- 180 Ringing --------------|\n");
}

}  // namespace
}  // namespace strowger::exchange
