#include <array>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/echo_engine_fixture.hpp"
#include "base/engine_driver.hpp"
#include "base/flight_replay.hpp"

namespace strowger::base {
namespace {

using core::octets_of;
using core::Time;
using File = std::vector<core::Octet>;

struct Host {
  void deliver(const EchoEngine::Action&, Time) {}
  void wake_at(std::optional<Time>) {}
};

FlightHeader header() {
  FlightHeader result;
  result.engine = "echo";
  result.build = "0.1.0";
  result.seed = 42;
  result.started = Time{7};
  result.snapshot = {1, 2, 3};
  return result;
}

/// One call of each kind, `rounds` times; returns the dump. `recorder` may have a sink.
File fly(FlightRecorder& recorder, int rounds = 1) {
  using Tap = FlightTap<EchoEngine, EchoCodec>;
  EchoEngine engine;
  Host host;
  EngineDriver<EchoEngine, Host, Tap> driver(engine, host, {}, Tap(&recorder));
  for (int i = 0; i < rounds; ++i) {
    (void)driver.input(octets_of("ab"), EchoEngine::Source{1}, Time{10 + i});
    driver.event(EchoEngine::Event{3}, Time{20 + i});
    (void)driver.command(EchoEngine::Command{3}, Time{30 + i});
    (void)driver.command(EchoEngine::Command{3'000}, Time{40 + i});
    driver.expire(Time{50 + i});
    std::array<core::Octet, 4> room{};
    (void)driver.transmit(room, Time{60 + i});
  }
  return recorder.dump();
}

File fly(int rounds = 1) {
  FlightRecorder recorder(header(), {});
  return fly(recorder, rounds);
}

core::Result<ReplayReport, FlightError> replay(const FlightRecording& recording,
                                               core::Octet flaw = 0) {
  EchoEngine engine(flaw);
  EchoCodec codec;
  return Replayer<EchoEngine, EchoCodec>(engine, codec).run(recording);
}

TEST(Flight, reads_back_its_header_and_every_call) {
  const auto recording = read_flight(fly());
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->header.engine, "echo");
  EXPECT_EQ(recording->header.build, "0.1.0");
  EXPECT_EQ(recording->header.seed, 42U);
  EXPECT_EQ(recording->header.started, Time{7});
  EXPECT_EQ(recording->header.snapshot, (File{1, 2, 3}));
  std::string kinds;
  for (const FlightRecord& record : recording->records) {
    kinds += std::string(to_string(record.kind)) + " ";
  }
  EXPECT_EQ(kinds,
            "input outcome input outcome event outcome command outcome expire outcome expire "
            "outcome command outcome expire outcome transmit outcome ");
  EXPECT_EQ(recording->records[0].at, Time{10});
  EXPECT_EQ(recording->records[0].room.records, 1U);
}

TEST(Flight, replays_to_the_same_outcome) {
  const auto report = replay(read_flight(fly(20)).value());
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->difference);
  EXPECT_EQ(report->steps, 180U);
}

TEST(Flight, finds_the_first_call_that_came_out_otherwise) {
  const auto report = replay(read_flight(fly(2)).value(), 'b');
  ASSERT_TRUE(report);
  ASSERT_TRUE(report->difference);
  EXPECT_EQ(report->difference->step, 1U);
  EXPECT_EQ(report->difference->kind, FlightKind::input);
  EXPECT_EQ(report->difference->at, Time{10});
  EXPECT_EQ(report->difference->actions_then, 1U);
  EXPECT_EQ(report->steps, 2U);
}

TEST(Flight, keeps_the_newest_records_in_its_ring_and_says_that_it_lost_some) {
  FlightRecorder recorder(header(), {.ring_octets = 1'000});
  const auto recording = read_flight(fly(recorder, 50));
  ASSERT_TRUE(recording) << to_string(recording.error());
  EXPECT_EQ(recording->lost, recorder.lost());
  EXPECT_EQ(recording->lost + recording->records.size(), recorder.recorded());
  EXPECT_GT(recording->records.size(), 20U);
  EXPECT_EQ(recording->records[recording->records.size() - 2].at, Time{60 + 49});
  EXPECT_EQ(replay(*recording).error(), FlightError::lost_records);
}

TEST(Flight, counts_a_record_that_fits_no_ring_as_lost) {
  FlightRecorder recorder(header(), {.ring_octets = 10});
  const auto recording = read_flight(fly(recorder));
  ASSERT_TRUE(recording);
  EXPECT_TRUE(recording->records.empty());
  EXPECT_EQ(recording->lost, 18U);
}

TEST(Flight, streams_a_recording_that_is_good_up_to_wherever_it_ends) {
  File file;
  FlightRecorderConfig config;
  config.ring_octets = 0;
  config.sink = [&](core::Octets octets) { file.insert(file.end(), octets.begin(), octets.end()); };
  FlightRecorder recorder(header(), config);
  const std::size_t header_octets = file.size();
  (void)fly(recorder);
  const auto whole = read_flight(file);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->records.size(), 18U);
  EXPECT_EQ(replay(*whole)->steps, 9U);
  for (std::size_t size = header_octets; size < file.size(); ++size) {
    const File cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    const auto part = read_flight(cut);
    ASSERT_TRUE(part) << size;
    const auto report = replay(*part);
    ASSERT_TRUE(report) << size;
    EXPECT_FALSE(report->difference) << size;
  }
}

TEST(Flight, makes_the_call_that_never_returned) {
  File file;
  FlightRecorderConfig config;
  config.sink = [&](core::Octets octets) { file.insert(file.end(), octets.begin(), octets.end()); };
  FlightRecorder recorder(header(), config);
  recorder.begin(FlightKind::expire, Time{1}, {1, 8}, {});
  EXPECT_EQ(replay(read_flight(file).value())->steps, 1U);
}

TEST(Flight, gives_again_what_was_drawn_by_chance) {
  FlightRecorder recorder(header(), {});
  recorder.chance(octets_of("birth"));
  recorder.begin(FlightKind::expire, Time{1}, {1, 8}, {});
  recorder.chance(octets_of("tag"));
  FlightOutcome<EchoEngine, EchoCodec> nothing;
  FlightScratch scratch;
  EchoCodec codec;
  nothing.actions({}, std::nullopt, codec, scratch);
  recorder.end(nothing.digest(), 0);
  const FlightRecording recording = read_flight(recorder.dump()).value();
  const auto report = replay(recording);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->steps, 1U);
  EXPECT_FALSE(report->difference);

  FlightChance chance(recording);
  std::array<core::Octet, 5> five{};
  std::array<core::Octet, 3> three{};
  EXPECT_TRUE(chance.draw(five));
  EXPECT_EQ(core::text_of(five), "birth");
  EXPECT_FALSE(chance.draw(five)) << "it drew three then";
  EXPECT_EQ(five[0], 0);
  EXPECT_TRUE(chance.draw(three));
  EXPECT_EQ(core::text_of(three), "tag");
  EXPECT_FALSE(chance.draw(three)) << "no more";
}

TEST(Flight, refuses_an_outcome_without_a_call) {
  FlightRecorder recorder(header(), {});
  recorder.end(1, 0);
  EXPECT_EQ(replay(read_flight(recorder.dump()).value()).error(), FlightError::bad_record);
}

TEST(Flight, refuses_damaged_recordings) {
  const File good = fly();
  for (std::size_t i = 0; i < good.size(); ++i) {
    File bad = good;
    bad[i] ^= 0x10U;
    EXPECT_FALSE(read_flight(bad)) << i;
    EXPECT_FALSE(read_flight(File(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i))));
  }
  EXPECT_EQ(read_flight(File{'x'}).error(), FlightError::not_a_recording);
  File later = good;
  later[9] = 2;
  EXPECT_EQ(read_flight(later).error(), FlightError::unknown_version);
}

TEST(Flight, refuses_a_record_that_does_not_decode) {
  FlightRecorder recorder(header(), {});
  recorder.begin(FlightKind::event, Time{1}, {1, 8}, octets_of("abc"));
  EXPECT_EQ(replay(read_flight(recorder.dump()).value()).error(), FlightError::bad_record);
  FlightRecorder greedy(header(), {});
  greedy.begin(FlightKind::expire, Time{1}, {UINT32_MAX, UINT32_MAX}, {});
  EXPECT_EQ(replay(read_flight(greedy.dump()).value()).error(), FlightError::bad_record);
}

TEST(Flight, keeps_a_file) {
  const std::string path = testing::TempDir() + "strowger_flight_test";
  const File file = fly();
  ASSERT_TRUE(write_flight_file(path, file));
  EXPECT_EQ(read_flight_file(path), file);
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  {
    const auto sink = flight_file_sink(path);
    ASSERT_TRUE(sink);
    (*sink)(octets_of("one"));
    (*sink)(octets_of("two"));
    EXPECT_EQ(core::text_of(read_flight_file(path).value()), "onetwo");
  }
  std::remove(path.c_str());
  EXPECT_FALSE(read_flight_file(path));
  EXPECT_FALSE(flight_file_sink("/proc/nowhere/file"));
  EXPECT_FALSE(write_flight_file("/proc/nowhere/file", file));
}

}  // namespace
}  // namespace strowger::base
