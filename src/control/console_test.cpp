#include <cstdlib>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/command_table.hpp"
#include "control/console_client.hpp"
#include "control/console_server.hpp"
#include "control/output.hpp"

namespace strowger::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CommandTable sample_commands() {
  CommandTable commands;
  commands.add(
      {"core show channels", "[verbose]", "Lists channels.",
       [](Invocation& in) {
         in.output.table({"channels",
                          {{"Channel", "channel"}, {"Seconds", "seconds"}},
                          {{std::string("SIP/alice-1"), std::int64_t{7}}}});
         in.output.fact("Active channels", "active_channels", std::int64_t{1});
       },
       [](const std::vector<std::string>&) { return std::vector<std::string>{"verbose"}; }});
  commands.add({"core show calls", "", "Lists calls.", [](Invocation&) {}, nullptr});
  return commands;
}

TEST(SplitWords, keeps_quoted_words_together) {
  EXPECT_THAT(split_words(R"( a "b c" d\ e "" )"), ElementsAre("a", "b c", "d e", ""));
}

TEST(Output, aligns_numbers_to_the_right_and_says_the_same_in_json) {
  Output output;
  output.table(
      {"peers",
       {{"Name", "name"}, {"Port", "port"}},
       {{std::string("alice"), std::int64_t{5060}}, {std::string("bo"), std::int64_t{7}}}});
  EXPECT_EQ(output.text(), "Name   Port\nalice  5060\nbo        7\n");
  EXPECT_THAT(output.json(), HasSubstr("\"port\": 5060"));
}

TEST(CommandTable, runs_the_longest_match_and_completes_each_word) {
  const CommandTable commands = sample_commands();
  Output output;
  commands.run("core show channels", output);
  EXPECT_THAT(output.text(), HasSubstr("SIP/alice-1"));
  EXPECT_THAT(commands.complete("core show c"), ElementsAre("calls", "channels"));
  EXPECT_THAT(commands.complete("core show channels "), ElementsAre("verbose"));
  EXPECT_THAT(commands.complete(""), ElementsAre("core"));
}

TEST(CommandTable, says_what_it_does_not_know) {
  Output output;
  sample_commands().run("core shaw", output);
  EXPECT_EQ(output.exit_code(), 2);
  EXPECT_THAT(output.text(), HasSubstr("No such command 'core shaw'"));
}

class Console : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/strowger-console-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = ConsoleServer::socket_path(folder_);
  }
  void TearDown() override {
    unlink(path_.c_str());
    rmdir(folder_.c_str());
  }

  std::string folder_;
  std::string path_;
  CommandTable commands_ = sample_commands();
};

TEST_F(Console, answers_text_json_and_completions_over_the_socket) {
  ConsoleServer server(commands_);
  ASSERT_TRUE(server.start(path_));
  ConsoleClient client;
  ASSERT_TRUE(client.connect(path_));
  const auto text = client.run("core show channels", false);
  ASSERT_TRUE(text);
  EXPECT_THAT(text->text, HasSubstr("Active channels: 1"));
  const auto json = client.run("core show channels", true);
  ASSERT_TRUE(json);
  EXPECT_THAT(json->text, HasSubstr("\"active_channels\": 1"));
  EXPECT_THAT(client.complete("core show channels v"), ElementsAre("verbose"));
}

/// A console that asks and need not wait for the answer.
class RawConsole {
 public:
  RawConsole(const std::string& path, const std::string& request)
      : descriptor_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ =
        connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size());
  }
  ~RawConsole() { close(descriptor_); }
  RawConsole(const RawConsole&) = delete;
  RawConsole& operator=(const RawConsole&) = delete;
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  int descriptor_;
  bool connected_ = false;
};

/// `work` runs until it is interrupted and then sets `ended`.
struct LongWork {
  explicit LongWork(CommandTable& commands) {
    commands.add({"work", "", "Takes long.",
                  [this](Invocation& in) {
                    begun.set_value();
                    while (!in.interrupted) {
                      std::this_thread::yield();
                    }
                    ended.set_value();
                  },
                  nullptr, true});
  }
  std::promise<void> begun;
  std::promise<void> ended;
};

TEST_F(Console, a_long_command_holds_up_no_other_console_and_ends_when_its_own_goes) {
  LongWork work(commands_);
  ConsoleServer server(commands_);
  ASSERT_TRUE(server.start(path_));
  {
    const RawConsole patient(path_, "{\"run\": \"work\"}\n");
    ASSERT_TRUE(patient.connected());
    work.begun.get_future().wait();
    ConsoleClient other;
    ASSERT_TRUE(other.connect(path_));
    EXPECT_TRUE(other.run("core show calls", false));
  }
  work.ended.get_future().wait();
}

TEST_F(Console, a_long_command_ends_with_the_server) {
  LongWork work(commands_);
  ConsoleServer server(commands_);
  ASSERT_TRUE(server.start(path_));
  const RawConsole patient(path_, "{\"run\": \"work\"}\n");
  work.begun.get_future().wait();
  server.stop();
  work.ended.get_future().wait();
}

TEST_F(Console, a_long_command_answers_and_what_was_asked_meanwhile_comes_after_it) {
  commands_.add(
      {"long", "", "Takes long.", [](Invocation& in) { in.output.line("done"); }, nullptr, true});
  ConsoleServer server(commands_);
  ASSERT_TRUE(server.start(path_));
  ConsoleClient client;
  ASSERT_TRUE(client.connect(path_));
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(client.run("long", false)->text, "done\n");
    EXPECT_THAT(client.run("core show channels", false)->text, HasSubstr("SIP/alice-1"));
  }
}

TEST_F(Console, refuses_a_second_exchange_on_the_same_data_folder) {
  ConsoleServer first(commands_);
  ASSERT_TRUE(first.start(path_));
  ConsoleServer second(commands_);
  const auto refused = second.start(path_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("another exchange answers"));
}

TEST_F(Console, says_when_no_exchange_is_there) {
  ConsoleClient client;
  const auto refused = client.connect(path_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("no exchange answers"));
}

}  // namespace
}  // namespace strowger::control
