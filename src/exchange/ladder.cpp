#include "exchange/ladder.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace strowger::exchange {
namespace {

constexpr std::size_t column_width = 30;
constexpr std::size_t time_width = 10;

std::size_t column_of(const std::vector<std::string>& parties, const std::string& name) {
  return static_cast<std::size_t>(std::find(parties.begin(), parties.end(), name) -
                                  parties.begin());
}

std::vector<std::string> parties_of(const std::vector<LadderLine>& lines) {
  std::vector<std::string> parties;
  for (const LadderLine& line : lines) {
    for (const std::string* name : {&line.from, &line.to}) {
      if (column_of(parties, *name) == parties.size()) {
        parties.push_back(*name);
      }
    }
  }
  return parties;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(width, ' ');
  return text;
}

std::string seconds(core::Duration since_first) {
  const std::int64_t milliseconds = since_first.milliseconds();
  char text[32];
  std::snprintf(text, sizeof text, "%5lld.%03lld ", static_cast<long long>(milliseconds / 1000),
                static_cast<long long>(milliseconds % 1000));
  return padded(text, time_width);
}

// "|        |": the life lines.
std::string life_lines(std::size_t parties) {
  std::string row;
  for (std::size_t i = 0; i < parties; ++i) {
    row += padded("|", i + 1 == parties ? 1 : column_width);
  }
  return row;
}

std::string draw_line(const LadderLine& line, const std::vector<std::string>& parties) {
  std::string row = life_lines(parties.size());
  const std::size_t from = column_of(parties, line.from);
  const std::size_t to = column_of(parties, line.to);
  if (from == to) {  // something a party did by itself stands beside its life line
    const std::size_t start = from * column_width + 2;
    row.resize(std::max(row.size(), start), ' ');
    return row.substr(0, start) + "* " + line.text;
  }
  const std::size_t left = std::min(from, to) * column_width + 1;
  const std::size_t right = std::max(from, to) * column_width;
  std::string arrow(right - left, '-');
  (to > from ? arrow.back() : arrow.front()) = to > from ? '>' : '<';
  const std::string text = " " + line.text.substr(0, arrow.size() - 6) + " ";
  arrow.replace(2, text.size(), text);
  row.replace(left, arrow.size(), arrow);
  return row;
}

}  // namespace

void Ladder::add(LadderLine line) {
  if (!wanted()) {
    return;
  }
  if (lines_.size() == max_lines_) {
    lines_.pop_front();
    ++forgotten_;
  }
  lines_.push_back(std::move(line));
}

std::string draw_ladder(const std::vector<LadderLine>& lines) {
  if (lines.empty()) {
    return {};
  }
  const std::vector<std::string> parties = parties_of(lines);
  std::string text = std::string(time_width, ' ');
  for (const std::string& party : parties) {
    text += padded(party.substr(0, column_width - 2), column_width);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n";
  for (const LadderLine& line : lines) {
    text += seconds(line.when - lines.front().when) + draw_line(line, parties) + "\n";
  }
  return text;
}

}  // namespace strowger::exchange
