#include "database/database.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "database/schema.hpp"
#include "database/sqlite.hpp"

namespace strowger::database {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

/// A folder of its own for each test, gone afterwards.
class DatabaseTest : public testing::Test {
 public:
  DatabaseTest() {
    std::string name = (std::filesystem::temp_directory_path() / "strowger-db-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~DatabaseTest() override { std::filesystem::remove_all(folder_); }

 protected:
  [[nodiscard]] std::string path() const { return (folder_ / "strowger.db").string(); }

  [[nodiscard]] std::unique_ptr<Database> open(Options options = {}) const {
    options.path = path();
    auto database = Database::open(options);
    EXPECT_TRUE(database) << database.error();
    return database ? std::move(*database) : nullptr;
  }

  static void wait_until_written(Database& database) {
    std::promise<void> written;
    ASSERT_TRUE(database.when_written([&] { written.set_value(); }));
    written.get_future().wait();
  }

  static std::vector<CallRow> newest(Database& database, std::size_t most) {
    std::promise<std::vector<CallRow>> rows;
    const bool taken = database.newest_calls(
        most, [&](std::vector<CallRow> read) { rows.set_value(std::move(read)); });
    EXPECT_TRUE(taken);
    return taken ? rows.get_future().get() : std::vector<CallRow>();
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(DatabaseTest, keeps_key_values_over_a_restart) {
  {
    const auto database = open();
    KeyValueStore& store = database->key_values();
    EXPECT_TRUE(store.put("fam", "a", "1"));
    EXPECT_TRUE(store.put("fam", "a", "2"));
    EXPECT_TRUE(store.put("fam", "gone", "x"));
    EXPECT_TRUE(store.put("other", "a/b", "3"));
    EXPECT_TRUE(store.erase("fam", "gone"));
    EXPECT_FALSE(store.erase("fam", "never"));
    EXPECT_FALSE(store.erase("nofamily", "never"));
    EXPECT_EQ(store.get("fam", "a"), "2");
  }
  const auto database = open();
  EXPECT_EQ(database->key_values().get("fam", "a"), "2");
  EXPECT_EQ(database->key_values().get("fam", "gone"), std::nullopt);
  EXPECT_EQ(database->key_values().get("other", "a/b"), "3");
}

TEST_F(DatabaseTest, erases_and_lists_what_stands_below_a_prefix) {
  {
    const auto database = open();
    KeyValueStore& store = database->key_values();
    for (const char* key : {"a", "a/1", "a/2", "ab", "a%"}) {
      EXPECT_TRUE(store.put("fam", key, key));
    }
    EXPECT_THAT(store.entries("fam", "a"),
                ElementsAre(Pair("a", "a"), Pair("a/1", "a/1"), Pair("a/2", "a/2")));
    EXPECT_THAT(store.entries("fam", ""), SizeIs(5));
    EXPECT_THAT(store.entries("none", ""), IsEmpty());
    EXPECT_TRUE(store.put("empty", "soon", ""));
    EXPECT_TRUE(store.erase("empty", "soon"));
    EXPECT_THAT(store.families(), ElementsAre("fam"));
    EXPECT_EQ(store.erase_family("fam", "a"), 3U);
    EXPECT_EQ(store.erase_family("none", ""), 0U);
  }
  {
    const auto database = open();
    EXPECT_THAT(database->key_values().entries("fam", ""),
                ElementsAre(Pair("a%", "a%"), Pair("ab", "ab")));
    EXPECT_EQ(database->key_values().erase_family("fam", ""), 2U);
  }
  EXPECT_THAT(open()->key_values().entries("fam", ""), IsEmpty());
}

TEST_F(DatabaseTest, bounds_names_and_values) {
  const auto database = open();
  KeyValueStore& store = database->key_values();
  EXPECT_FALSE(store.put("", "k", "v"));
  EXPECT_FALSE(store.put("f", "", "v"));
  EXPECT_FALSE(store.put(std::string(257, 'f'), "k", "v"));
  EXPECT_FALSE(store.put("f", std::string(257, 'k'), "v"));
  EXPECT_FALSE(store.put("f", "k", std::string(8193, 'v')));
  EXPECT_TRUE(store.put("f", "k", std::string(8192, 'v')));
  EXPECT_TRUE(store.put("f", "odd \xff' name", std::string("a\0b", 3)));
  EXPECT_EQ(store.get("f", "odd \xff' name"), std::string("a\0b", 3));
}

TEST_F(DatabaseTest, keeps_registrations_until_they_are_forgotten) {
  const RegistrationRow row{"sip",
                            "alice",
                            "sip:alice@192.0.2.1:5060",
                            "",
                            "abc",
                            7,
                            "test",
                            "udp:192.0.2.1:5060",
                            core::WallTime{123'456'789}};
  RegistrationRow newer = row;
  newer.cseq = 8;
  {
    const auto database = open();
    EXPECT_TRUE(database->keep(row));
    EXPECT_TRUE(database->keep(newer));
    RegistrationRow second = row;
    second.contact = "sip:alice@192.0.2.2";
    EXPECT_TRUE(database->keep(second));
    RegistrationRow foreign = row;
    foreign.protocol = "iax2";
    EXPECT_TRUE(database->keep(foreign));
    EXPECT_THAT(database->registrations_at_start("sip"), IsEmpty());
  }
  {
    const auto database = open();
    EXPECT_THAT(database->registrations_at_start("sip"), SizeIs(2));
    EXPECT_TRUE(database->forget("sip", "alice", "sip:alice@192.0.2.2"));
  }
  const auto rows = open()->registrations_at_start("sip");
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].contact, row.contact);
  EXPECT_EQ(rows[0].cseq, 8);
  EXPECT_EQ(rows[0].expires_at, row.expires_at);
  EXPECT_EQ(rows[0].source, "udp:192.0.2.1:5060");
}

CallRow call_number(int number) {
  CallRow call;
  call.start = "2026-11-24T13:45:35.000Z";
  call.end = "2026-11-24T13:46:35.000Z";
  call.src = "100";
  call.dst = std::to_string(number);
  call.duration = 60;
  call.cause = 16;
  call.callee.mos = 4.4;
  call.caller.packets_lost = 3;
  return call;
}

TEST_F(DatabaseTest, appends_calls_and_gives_the_newest_first) {
  const auto database = open();
  CallRow answered = call_number(1);
  answered.answer = "2026-11-24T13:45:40.000Z";
  EXPECT_TRUE(database->append(answered));
  EXPECT_TRUE(database->append(call_number(2)));
  EXPECT_TRUE(database->append(call_number(3)));
  const auto rows = newest(*database, 2);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].dst, "3");
  EXPECT_EQ(rows[0].answer, std::nullopt);
  EXPECT_EQ(rows[1].dst, "2");
  EXPECT_EQ(rows[1].duration, 60);
  EXPECT_EQ(rows[1].cause, 16);
  EXPECT_DOUBLE_EQ(rows[1].callee.mos, 4.4);
  EXPECT_EQ(rows[1].caller.packets_lost, 3);
  EXPECT_EQ(newest(*database, 10).back().answer, answered.answer);
}

TEST_F(DatabaseTest, writes_many_changes_in_few_commits) {
  const auto database = open();
  constexpr int calls = 5'000;
  for (int i = 0; i < calls; ++i) {
    ASSERT_TRUE(database->append(call_number(i)));
  }
  wait_until_written(*database);
  const Counters counters = database->counters();
  EXPECT_EQ(counters.written, calls + 1U);
  EXPECT_LT(counters.commits, calls);
  EXPECT_THAT(newest(*database, 10'000), SizeIs(calls));
}

TEST_F(DatabaseTest, waits_out_trouble_refuses_beyond_its_limit_and_loses_nothing_it_took) {
  std::promise<std::string> trouble;
  std::promise<std::string> relief;
  Options options;
  options.queue_limit = 3;
  options.retry_after = core::milliseconds(1);
  options.on_trouble = [&, first = true](std::string_view text) mutable {
    (std::exchange(first, false) ? trouble : relief).set_value(std::string(text));
  };
  auto database = open(options);
  auto other = Connection::open(path());
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->execute("BEGIN EXCLUSIVE"));
  EXPECT_TRUE(database->append(call_number(1)));
  EXPECT_THAT(trouble.get_future().get(), HasSubstr("tried again"));
  EXPECT_TRUE(database->append(call_number(2)));
  EXPECT_TRUE(database->key_values().put("f", "k", "v"));
  EXPECT_FALSE(database->append(call_number(3)));
  EXPECT_FALSE(database->key_values().put("f", "k", "w"));
  EXPECT_EQ(database->key_values().get("f", "k"), "v");
  EXPECT_EQ(database->counters().refused, 2U);
  EXPECT_EQ(database->counters().waiting, 3U);
  ASSERT_TRUE(other->execute("ROLLBACK"));
  EXPECT_EQ(relief.get_future().get(), "the database can be written again");
  EXPECT_EQ(database->counters().most_waiting, 3U);
  database.reset();
  const auto again = open();
  EXPECT_THAT(newest(*again, 10), SizeIs(2));
  EXPECT_EQ(again->key_values().get("f", "k"), "v");
}

TEST_F(DatabaseTest, gives_up_at_its_end_when_trouble_lasts) {
  auto database = open();
  auto other = Connection::open(path());
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->execute("BEGIN EXCLUSIVE"));
  EXPECT_TRUE(database->append(call_number(1)));
  database.reset();
  ASSERT_TRUE(other->execute("ROLLBACK"));
  EXPECT_THAT(newest(*open(), 10), IsEmpty());
}

TEST_F(DatabaseTest, drops_a_change_that_can_never_be_written_and_writes_the_rest) {
  const auto database = open();
  {
    auto other = Connection::open(path());
    ASSERT_TRUE(other);
    ASSERT_TRUE(
        other->execute("CREATE TRIGGER no_two BEFORE INSERT ON calls WHEN NEW.dst = '2' "
                       "BEGIN SELECT RAISE(ABORT, 'not two'); END"));
  }
  for (int i = 1; i <= 3; ++i) {
    EXPECT_TRUE(database->append(call_number(i)));
  }
  EXPECT_THAT(newest(*database, 10), SizeIs(2));
  EXPECT_EQ(database->counters().failed, 1U);
}

TEST_F(DatabaseTest, brings_an_older_file_up_to_date_without_loss) {
  {
    auto old = Connection::open(path());
    ASSERT_TRUE(old);
    ASSERT_TRUE(old->execute(
        "CREATE TABLE key_values (family TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY (family, key)) WITHOUT ROWID;"
        "INSERT INTO key_values VALUES ('f', 'k', 'old'); PRAGMA user_version=1;"));
  }
  const auto database = open();
  EXPECT_EQ(database->key_values().get("f", "k"), "old");
  EXPECT_TRUE(database->append(call_number(1)));
  EXPECT_THAT(newest(*database, 1), SizeIs(1));
}

TEST_F(DatabaseTest, refuses_what_it_cannot_use_with_advice) {
  EXPECT_THAT(Database::open({"/nonexistent/folder/x.db", {}, {}, {}}).error(),
              HasSubstr("see that its folder exists"));
  std::ofstream(path()) << "this is no database, but long enough to look at: "
                        << std::string(200, 'x');
  EXPECT_THAT(Database::open({path(), {}, {}, {}}).error(), HasSubstr("move the file away"));
  std::filesystem::remove(path());
  {
    auto newer = Connection::open(path());
    ASSERT_TRUE(newer);
    ASSERT_TRUE(newer->execute("PRAGMA user_version=" + std::to_string(schema_version() + 1)));
  }
  EXPECT_THAT(Database::open({path(), {}, {}, {}}).error(),
              HasSubstr("use the program that wrote it"));
}

}  // namespace
}  // namespace strowger::database
