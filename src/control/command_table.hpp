// Console commands: words like Asterisk's, looked up by longest match, completed word by word.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "control/output.hpp"

namespace strowger::control {

/// What stands behind a command's own words, and what the user asked for.
struct Invocation {
  std::vector<std::string> arguments;
  Output& output;
  const class CommandTable& commands;
  /// True once whoever asked has gone or the program ends: a command that takes long looks at it
  /// several times a second, and ends.
  const std::atomic<bool>& interrupted;
};

struct Command {
  std::string words;      // "core show channels"
  std::string arguments;  // "[verbose]", for the usage line
  std::string help;       // one sentence
  std::function<void(Invocation&)> run;
  /// Candidates for the next argument, given those already there; may be empty.
  std::function<std::vector<std::string>(const std::vector<std::string>&)> complete;
  /// Longer than a moment: runs on a thread of its own, while other commands go on.
  bool takes_long = false;
};

/// Filled at start, then only read: `run` and `complete` may be called from any normal thread.
class CommandTable {
 public:
  CommandTable();
  void add(Command command);

  /// Runs a line. An unknown command fails with the commands that begin alike.
  void run(std::string_view line, Output& output) const;
  /// The same for what may be told to end early.
  void run(std::string_view line, Output& output, const std::atomic<bool>& interrupted) const;
  /// Whether the line's command is one that takes long.
  [[nodiscard]] bool takes_long(std::string_view line) const;
  /// What the last word of the line may become, sorted.
  [[nodiscard]] std::vector<std::string> complete(std::string_view line) const;
  [[nodiscard]] const std::vector<Command>& all() const { return commands_; }

 private:
  std::vector<Command> commands_;
};

/// Splits at blanks; "quoted words" stay one, backslash escapes the next character.
[[nodiscard]] std::vector<std::string> split_words(std::string_view line);

}  // namespace strowger::control
