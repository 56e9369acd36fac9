#include <algorithm>
#include <cstdio>
#include <memory>

#include <histedit.h>
#include <unistd.h>

#include "control/console_client.hpp"

namespace strowger::control {
namespace {

const char* prompt_text(EditLine*) {
  return "strowger*CLI> ";
}

/// The longest text that all candidates begin with.
std::string common_prefix(const std::vector<std::string>& candidates) {
  std::string prefix = candidates.front();
  for (const auto& candidate : candidates) {
    const auto [end, unused] =
        std::mismatch(prefix.begin(), prefix.end(), candidate.begin(), candidate.end());
    prefix.erase(end, prefix.end());
  }
  return prefix;
}

unsigned char on_tab(EditLine* editor, int) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  const LineInfo* info = el_line(editor);
  const std::string line(info->buffer, info->cursor);
  const auto candidates = static_cast<ConsoleClient*>(data)->complete(line);
  if (candidates.empty()) {
    return CC_REFRESH_BEEP;
  }
  const auto blank = line.rfind(' ');
  const std::string word = blank == std::string::npos ? line : line.substr(blank + 1);
  std::string more = common_prefix(candidates).substr(word.size());
  if (candidates.size() == 1) {
    more += ' ';
  }
  if (more.empty()) {
    std::fputc('\n', stdout);
    for (const auto& candidate : candidates) {
      std::printf("%s  ", candidate.c_str());
    }
    std::fputc('\n', stdout);
    return CC_REDISPLAY;
  }
  el_insertstr(editor, more.c_str());
  return CC_REFRESH;
}

}  // namespace

int run_prompt(ConsoleClient& client, const std::string& history_file) {
  const std::unique_ptr<EditLine, decltype(&el_end)> editor(
      el_init("strowger", stdin, stdout, stderr), &el_end);
  const std::unique_ptr<History, decltype(&history_end)> history(history_init(), &history_end);
  HistEvent event;
  ::history(history.get(), &event, H_SETSIZE, 1000);
  ::history(history.get(), &event, H_SETUNIQUE, 1);
  ::history(history.get(), &event, H_LOAD, history_file.c_str());
  el_set(editor.get(), EL_PROMPT, &prompt_text);
  el_set(editor.get(), EL_EDITOR, "emacs");
  el_set(editor.get(), EL_HIST, &::history, history.get());
  el_set(editor.get(), EL_CLIENTDATA, &client);
  el_set(editor.get(), EL_ADDFN, "strowger-complete", "completes a word", &on_tab);
  el_set(editor.get(), EL_BIND, "\t", "strowger-complete", nullptr);

  int count = 0;
  while (const char* typed = el_gets(editor.get(), &count)) {
    std::string line(typed, static_cast<std::size_t>(count));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) {
      line.pop_back();
    }
    if (line == "exit" || line == "quit") {
      break;
    }
    if (line.find_first_not_of(" \t") == std::string::npos) {
      continue;
    }
    ::history(history.get(), &event, H_ENTER, line.c_str());
    const auto answer = client.run(line, false);
    if (!answer) {
      std::fprintf(stderr, "%s\n", answer.error().c_str());
      return 1;
    }
    std::fputs(answer->text.c_str(), stdout);
    std::fflush(stdout);
  }
  ::history(history.get(), &event, H_SAVE, history_file.c_str());
  return 0;
}

}  // namespace strowger::control
