// The console a person types into: one command with -x, or a prompt with history and completion.
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"

namespace strowger::control {

/// A blocking connection to a running exchange's ConsoleServer.
class ConsoleClient {
 public:
  ConsoleClient() = default;
  ~ConsoleClient();
  ConsoleClient(const ConsoleClient&) = delete;
  ConsoleClient& operator=(const ConsoleClient&) = delete;

  [[nodiscard]] core::Result<void, std::string> connect(const std::string& socket_path);

  struct Answer {
    int exit_code = 0;
    std::string text;
  };
  [[nodiscard]] core::Result<Answer, std::string> run(const std::string& line, bool json);
  [[nodiscard]] std::vector<std::string> complete(const std::string& line);

 private:
  [[nodiscard]] core::Result<std::string, std::string> ask(const std::string& request);

  int descriptor_ = -1;
  std::string received_;
};

/// The prompt, until end of file, `exit` or `quit`. History is kept in `history_file`.
int run_prompt(ConsoleClient& client, const std::string& history_file);

}  // namespace strowger::control
