#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "database/database.hpp"
#include "exchange/records/database_records.hpp"
#include "exchange/records/json_lines.hpp"
#include "exchange/records/record.hpp"

namespace strowger::exchange::records {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr std::int64_t second = 1'000'000'000;

CallRecord answered_call() {
  CallRecord record;
  record.source = "100";
  record.destination = "101";
  record.destination_context = "internal";
  record.caller_id = "\"Alice\" <100>";
  record.last_application = "Dial";
  record.last_data = "SIP/101,20,r";
  record.start = {1'795'527'935 * second};
  record.answer = core::WallTime{1'795'527'940 * second + second / 2};
  record.end = {1'795'528'000 * second};
  record.disposition = Disposition::answered;
  record.unique_id = "1795527935.1";
  record.linked_id = "1795527935.1";
  record.cause = Cause::normal_clearing;
  record.ended_by_caller = true;
  record.caller.channel = "SIP/100-00000001";
  record.caller.quality.mos = 4.4;
  record.callee.channel = "SIP/101-00000002";
  record.callee.cause = Cause::normal_clearing;
  record.callee.quality.packets_lost = 3;
  return record;
}

TEST(CallRecord, counts_whole_seconds_and_never_less_than_none) {
  CallRecord record = answered_call();
  EXPECT_EQ(record.duration_seconds(), 65);
  EXPECT_EQ(record.billable_seconds(), 59);
  record.answer.reset();
  EXPECT_EQ(record.billable_seconds(), 0);
  record.end = {0};
  EXPECT_EQ(record.duration_seconds(), 0);
}

TEST(CallRecord, is_one_line_of_json_with_asterisks_names) {
  const std::string line = to_json_line(answered_call());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["start"], "2026-11-24T13:45:35.000Z");
  EXPECT_EQ(json["answer"], "2026-11-24T13:45:40.500Z");
  EXPECT_EQ(json["src"], "100");
  EXPECT_EQ(json["dst"], "101");
  EXPECT_EQ(json["clid"], "\"Alice\" <100>");
  EXPECT_EQ(json["channel"], "SIP/100-00000001");
  EXPECT_EQ(json["dstchannel"], "SIP/101-00000002");
  EXPECT_EQ(json["duration"], 65);
  EXPECT_EQ(json["billsec"], 59);
  EXPECT_EQ(json["disposition"], "ANSWERED");
  EXPECT_EQ(json["cause"], 16);
  EXPECT_EQ(json["ended_by"], "caller");
  EXPECT_DOUBLE_EQ(json["caller"]["quality"]["mos"], 4.4);
  EXPECT_EQ(json["callee"]["quality"]["packets_lost"], 3);
}

TEST(CallRecord, survives_what_callers_may_send) {
  CallRecord record = answered_call();
  record.caller_id = "\xff\xfe \"\n{}";
  record.answer.reset();
  record.callee = {};
  const auto json = nlohmann::json::parse(to_json_line(record));
  EXPECT_THAT(json["clid"].get<std::string>(), HasSubstr("\"\n{}"));
  EXPECT_TRUE(json["answer"].is_null());
  EXPECT_TRUE(json["callee"].is_null());
}

TEST(CallRecord, goes_to_every_sink) {
  class Counter final : public RecordSink {
   public:
    void write(const CallRecord&) override { ++count; }
    int count = 0;
  };
  Counter one;
  Counter two;
  Fanout fanout({&one, &two});
  fanout.write(answered_call());
  EXPECT_EQ(one.count + two.count, 2);
}

class RecordFiles : public testing::Test {
 public:
  RecordFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "strowger-cdr-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~RecordFiles() override { std::filesystem::remove_all(folder_); }

 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::vector<std::string> lines(const std::string& name) const {
    std::ifstream file(path(name));
    std::vector<std::string> read;
    for (std::string line; std::getline(file, line);) {
      read.push_back(line);
    }
    return read;
  }
  [[nodiscard]] std::unique_ptr<JsonLines> open(JsonLinesOptions options) const {
    auto opened = JsonLines::open(std::move(options));
    EXPECT_TRUE(opened) << opened.error();
    return opened ? std::move(*opened) : nullptr;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(RecordFiles, json_lines_are_appended_over_restarts) {
  for (int run = 0; run < 2; ++run) {
    JsonLinesOptions options;
    options.path = path("calls.jsonl");
    const auto sink = open(options);
    for (int i = 0; i < 100; ++i) {
      sink->write(answered_call());
    }
  }
  const auto written = lines("calls.jsonl");
  ASSERT_THAT(written, SizeIs(200));
  EXPECT_EQ(nlohmann::json::parse(written.back())["dst"], "101");
}

TEST_F(RecordFiles, json_lines_turn_over_and_keep_so_many_old_files) {
  JsonLinesOptions options;
  options.path = path("calls.jsonl");
  options.turn_over_octets = 1;
  options.old_files = 2;
  for (int i = 0; i < 4; ++i) {
    CallRecord record = answered_call();
    record.destination = std::to_string(i);
    open(options)->write(record);
  }
  const auto destination = [&](const std::string& name) {
    const auto written = lines(name);
    return written.size() == 1 ? nlohmann::json::parse(written[0])["dst"].get<std::string>() : "-";
  };
  EXPECT_EQ(destination("calls.jsonl"), "3");
  EXPECT_EQ(destination("calls.jsonl.1"), "2");
  EXPECT_EQ(destination("calls.jsonl.2"), "1");
  EXPECT_FALSE(std::filesystem::exists(path("calls.jsonl.3")));
}

TEST_F(RecordFiles, json_lines_wait_out_a_full_disk_and_refuse_beyond_their_queue) {
  std::promise<std::string> trouble;
  JsonLinesOptions options;
  options.path = "/dev/full";  // every write fails with ENOSPC
  options.queue_limit = 2;
  options.on_trouble = [&](std::string_view text) { trouble.set_value(std::string(text)); };
  const auto sink = open(options);
  sink->write(answered_call());
  EXPECT_THAT(trouble.get_future().get(), HasSubstr("No space left on device"));
  sink->write(answered_call());
  sink->write(answered_call());
  EXPECT_EQ(sink->refused(), 1U);
  EXPECT_EQ(sink->written(), 0U);
}

TEST_F(RecordFiles, a_folder_that_is_not_there_is_said_at_once) {
  JsonLinesOptions options;
  options.path = path("none/calls.jsonl");
  const auto opened = JsonLines::open(options);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error(), HasSubstr("see that the folder exists"));
}

TEST_F(RecordFiles, the_database_keeps_every_field) {
  database::Options options;
  options.path = path("strowger.db");
  auto database = database::Database::open(options);
  ASSERT_TRUE(database) << database.error();
  DatabaseRecords(**database).write(answered_call());
  std::promise<std::vector<database::CallRow>> read;
  ASSERT_TRUE((*database)->newest_calls(
      1, [&](std::vector<database::CallRow> rows) { read.set_value(std::move(rows)); }));
  const auto rows = read.get_future().get();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].src, "100");
  EXPECT_EQ(rows[0].answer, "2026-11-24T13:45:40.500Z");
  EXPECT_EQ(rows[0].billsec, 59);
  EXPECT_EQ(rows[0].disposition, "ANSWERED");
  EXPECT_EQ(rows[0].ended_by, "caller");
  EXPECT_DOUBLE_EQ(rows[0].caller.mos, 4.4);
  EXPECT_EQ(rows[0].callee.packets_lost, 3);
  EXPECT_EQ(rows[0].callee.cause, 16);
}

}  // namespace
}  // namespace strowger::exchange::records
