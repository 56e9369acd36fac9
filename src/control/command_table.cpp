#include "control/command_table.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace strowger::control {
namespace {

/// How many of the words are the command's own; nothing where they differ.
std::optional<std::size_t> match(const Command& command, const std::vector<std::string>& words) {
  const auto own = split_words(command.words);
  if (own.size() > words.size() || !std::equal(own.begin(), own.end(), words.begin())) {
    return std::nullopt;
  }
  return own.size();
}

struct Found {
  const Command* command = nullptr;
  std::size_t words = 0;
};

Found find(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  Found best;
  for (const auto& command : commands) {
    if (const auto own = match(command, words); own && *own > best.words) {
      best = {&command, *own};
    }
  }
  return best;
}

std::string usage(const Command& command) {
  return command.words + (command.arguments.empty() ? "" : " " + command.arguments);
}

void help(Invocation& invocation) {
  std::string prefix;
  for (const auto& word : invocation.arguments) {
    prefix += (prefix.empty() ? "" : " ") + word;
  }
  Table table{"commands", {{"Command", "command"}, {"What it does", "help"}}, {}};
  for (const auto& command : invocation.commands.all()) {
    if (command.words.starts_with(prefix)) {
      table.rows.push_back({usage(command), command.help});
    }
  }
  if (table.rows.empty()) {
    invocation.output.fail("No such command '" + prefix + "'");
    return;
  }
  invocation.output.table(std::move(table));
}

}  // namespace

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool open = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && i + 1 < line.size()) {
      word += line[++i];
      open = true;
    } else if (c == '"') {
      quoted = !quoted;
      open = true;
    } else if (!quoted && (c == ' ' || c == '\t')) {
      if (open) {
        words.push_back(std::move(word));
      }
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) {
    words.push_back(std::move(word));
  }
  return words;
}

CommandTable::CommandTable() {
  add({"core show help", "[command]",
       "Lists all commands, or those that begin with the words given.", &help, nullptr});
}

void CommandTable::add(Command command) {
  const auto place =
      std::lower_bound(commands_.begin(), commands_.end(), command,
                       [](const Command& a, const Command& b) { return a.words < b.words; });
  commands_.insert(place, std::move(command));
}

void CommandTable::run(std::string_view line, Output& output) const {
  run(line, output, std::atomic<bool>{false});
}

bool CommandTable::takes_long(std::string_view line) const {
  const Found found = find(commands_, split_words(line));
  return found.command != nullptr && found.command->takes_long;
}

void CommandTable::run(std::string_view line, Output& output,
                       const std::atomic<bool>& interrupted) const {
  auto words = split_words(line);
  if (words.empty()) {
    return;
  }
  const Found found = find(commands_, words);
  if (found.command == nullptr) {
    output.fail("No such command '" + std::string(line) + "' (try 'core show help" +
                    (words.size() > 1 ? " " + words.front() : "") + "')",
                2);
    return;
  }
  Invocation invocation{{words.begin() + static_cast<std::ptrdiff_t>(found.words), words.end()},
                        output,
                        *this,
                        interrupted};
  found.command->run(invocation);
}

std::vector<std::string> CommandTable::complete(std::string_view line) const {
  auto words = split_words(line);
  if (line.empty() || line.back() == ' ') {
    words.emplace_back();
  }
  const std::string last = words.back();
  words.pop_back();
  std::set<std::string> candidates;
  for (const auto& command : commands_) {
    const auto own = split_words(command.words);
    if (own.size() > words.size() && std::equal(words.begin(), words.end(), own.begin())) {
      candidates.insert(own[words.size()]);
    }
  }
  const Found found = find(commands_, words);
  if (found.command != nullptr && found.command->complete) {
    const auto more = found.command->complete(
        {words.begin() + static_cast<std::ptrdiff_t>(found.words), words.end()});
    candidates.insert(more.begin(), more.end());
  }
  std::vector<std::string> matching;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(matching),
               [&](const std::string& candidate) { return candidate.starts_with(last); });
  return matching;
}

}  // namespace strowger::control
