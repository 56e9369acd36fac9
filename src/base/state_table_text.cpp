#include "base/state_table_text.hpp"

#include <algorithm>
#include <array>

namespace strowger::base {
namespace {

struct Column {
  std::string_view name;
  std::string StateTableLine::*text;
};
constexpr std::array<Column, 6> columns{{{"state", &StateTableLine::from},
                                         {"event", &StateTableLine::on},
                                         {"guard", &StateTableLine::guard},
                                         {"next", &StateTableLine::to},
                                         {"action", &StateTableLine::action},
                                         {"clause", &StateTableLine::clause}}};

/// A cell must not end its column or its row.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  }
  return out;
}

std::string dot_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "\"";
}

std::vector<std::string> states_of(const std::vector<StateTableLine>& lines) {
  std::vector<std::string> states;
  const auto add = [&](const std::string& state) {
    if (std::find(states.begin(), states.end(), state) == states.end()) {
      states.push_back(state);
    }
  };
  for (const StateTableLine& line : lines) {
    add(line.from);
  }
  for (const StateTableLine& line : lines) {
    add(line.to);
  }
  return states;
}

}  // namespace

std::string markdown(const std::vector<StateTableLine>& lines) {
  std::string head;
  std::string rule;
  std::vector<std::string> rows(lines.size());
  for (const Column& column : columns) {
    const auto filled = [&](const StateTableLine& line) { return !(line.*column.text).empty(); };
    if (std::none_of(lines.begin(), lines.end(), filled)) {
      continue;
    }
    head += "| " + std::string(column.name) + " ";
    rule += "| --- ";
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& text = lines[i].*column.text;
      rows[i] += "| " + cell(text) + (text.empty() ? "" : " ");
    }
  }
  std::string out = head + "|\n" + rule + "|\n";
  for (const std::string& row : rows) {
    out += row + "|\n";
  }
  return out;
}

std::string graphviz(std::string_view name, const std::vector<StateTableLine>& lines) {
  std::string out = "digraph " + dot_quoted(name) + " {\n  rankdir=TB;\n  node [shape=box];\n";
  for (const std::string& state : states_of(lines)) {
    out += "  " + dot_quoted(state) + ";\n";
  }
  for (const StateTableLine& line : lines) {
    std::string label = line.on;
    label += line.guard.empty() ? "" : " [" + line.guard + "]";
    label += line.action.empty() ? "" : " / " + line.action;
    out += "  " + dot_quoted(line.from) + " -> " + dot_quoted(line.to) +
           " [label=" + dot_quoted(label) + "];\n";
  }
  return out + "}\n";
}

}  // namespace strowger::base
