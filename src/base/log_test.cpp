#include "base/log.hpp"

#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace strowger::base {
namespace {

class LogTest : public testing::Test {
 protected:
  Log open(LogLevel level) {
    LogConfig config;
    config.console = false;
    config.level = level;
    config.listener = [this](LogLevel, std::string_view line) { lines_.emplace_back(line); };
    return Log::open(config).value();
  }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, writes_component_sentence_and_fields) {
  const Log log = open(LogLevel::info);
  log.logger("sip").info("registered", {{"peer", "alice"},
                                        {"port", 5060},
                                        {"octets", std::uint64_t{7}},
                                        {"secure", true},
                                        {"loss", 0.5},
                                        {"name", std::string("Al ice")},
                                        {"empty", ""}});
  EXPECT_EQ(lines_.at(0),
            "info sip: registered peer=alice port=5060 octets=7 secure=true loss=0.5 "
            "name=\"Al ice\" empty=\"\"");
}

TEST_F(LogTest, lets_no_value_forge_a_line_or_a_field) {
  const Log log = open(LogLevel::info);
  log.logger("sip").warning("call", {{"from", "x\n2026-01-01 error root: \"all is lost\""},
                                     {"to", "bob admin=true"},
                                     {"agent", "\x1b[31mred\x7f"}});
  EXPECT_EQ(lines_.at(0),
            "warning sip: call from=\"x\\n2026-01-01 error root: \\\"all is lost\\\"\" "
            "to=\"bob admin=true\" agent=\"\\x1b[31mred\\x7f\"");
}

TEST_F(LogTest, drops_lines_below_the_level_and_follows_a_change) {
  Log log = open(LogLevel::warning);
  const Logger logger = log.logger("a");
  logger.info("quiet");
  EXPECT_FALSE(logger.enabled(LogLevel::info));
  log.set_level(LogLevel::debug);
  logger.debug("loud");
  logger.named("b").trace("quiet");
  EXPECT_EQ(lines_, std::vector<std::string>{"debug a: loud"});
  EXPECT_EQ(log.level(), LogLevel::debug);
  log.set_level(LogLevel::off);
  logger.error("nothing");
  EXPECT_EQ(lines_.size(), 1U);
}

TEST_F(LogTest, outlives_its_owner_through_its_loggers) {
  Logger logger;
  logger.error("a logger without a log discards");
  logger = open(LogLevel::info).logger("kept");
  logger.info("still here");
  EXPECT_EQ(lines_, std::vector<std::string>{"info kept: still here"});
}

TEST(Log, writes_whole_lines_from_many_threads_to_a_file) {
  const std::string path = testing::TempDir() + "strowger_log_" + std::to_string(::getpid());
  LogConfig config;
  config.console = false;
  config.file = path;
  Log log = Log::open(config).value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([logger = log.logger("t" + std::to_string(i))] {
      for (int line = 0; line < 500; ++line) {
        logger.info("a line of some length", {{"number", line}});
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  log.flush();
  std::ifstream file(path);
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    EXPECT_NE(line.find(": a line of some length number="), std::string::npos) << line;
  }
  EXPECT_EQ(lines, 2'000);
  std::remove(path.c_str());
}

TEST(Log, says_what_to_do_when_its_file_cannot_be_written) {
  LogConfig config;
  config.file = "/proc/nowhere/strowger.log";
  const auto log = Log::open(config);
  ASSERT_FALSE(log);
  EXPECT_NE(log.error().find("'/proc/nowhere/strowger.log' can't be written"), std::string::npos);
}

TEST(LogLevel, has_names) {
  EXPECT_EQ(log_level("Warning"), LogLevel::warning);
  EXPECT_EQ(log_level("loud"), std::nullopt);
  EXPECT_EQ(to_string(LogLevel::off), "off");
}

TEST(Escaped, keeps_letters_of_any_language) {
  EXPECT_EQ(escaped("Zoë Ćirić 電話 🙂"), "Zoë Ćirić 電話 🙂");
}

TEST(Escaped, shows_what_is_no_utf8_octet_by_octet) {
  EXPECT_EQ(escaped("a\xff"), "a\\xff");
  EXPECT_EQ(escaped("\xc3"), "\\xc3") << "truncated";
  EXPECT_EQ(escaped("\xc0\x8a"), "\\xc0\\x8a") << "overlong line feed";
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
}

TEST(Escaped, disarms_c1_controls_separators_and_overrides) {
  EXPECT_EQ(escaped("\xc2\x9b"), "\\xc2\\x9b") << "CSI";
  EXPECT_EQ(escaped("\xe2\x80\xa8"), "\\xe2\\x80\\xa8") << "line separator";
  EXPECT_EQ(escaped("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "right-to-left override";
  EXPECT_EQ(escaped(std::string_view("\0\t\r", 3)), "\\x00\\t\\r");
}

}  // namespace
}  // namespace strowger::base
