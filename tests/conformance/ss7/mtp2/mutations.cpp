// What ./run mutate may switch off: every row of every box, and every timer.
#include <cctype>
#include <cstdio>
#include <cstdlib>

#include "tester.hpp"

namespace strowger::ss7::mtp2::test {
namespace {

std::string box_name(Box box) {
  std::string name;
  for (const char c : to_string(box)) {
    name += c == ' ' ? '_' : static_cast<char>(std::tolower(c));
  }
  return name;
}

std::vector<std::pair<std::string, Disabled>> mutations() {
  std::vector<std::pair<std::string, Disabled>> all;
  for (std::size_t box = 0; box < box_count; ++box) {
    const auto which = static_cast<Box>(box);
    for (std::size_t row = 0; row < row_count(which); ++row) {
      all.emplace_back("mtp2_" + box_name(which) + "_" + std::to_string(row),
                       Disabled{which, row, std::nullopt});
    }
  }
  for (std::size_t timer = 0; timer < timer_count; ++timer) {
    const auto which = static_cast<Timer>(timer);
    all.emplace_back("mtp2_timer_" + std::string(to_string(which)),
                     Disabled{Box::link_state_control, core::no_row, which});
  }
  return all;
}

}  // namespace

std::vector<std::string> mutation_names() {
  std::vector<std::string> names;
  for (const auto& [name, disabled] : mutations()) {
    const bool row = !disabled.timer;
    const RowText text = row ? row_text(disabled.box, disabled.row) : RowText{};
    names.push_back(name + " " + std::string(text.from) + " " + std::string(text.on) + " " +
                    std::string(text.when));
  }
  return names;
}

std::optional<Disabled> mutation() {
  const char* wanted = std::getenv("STROWGER_MUTATE");
  for (const auto& [name, disabled] : mutations()) {
    if (wanted != nullptr && name == wanted) {
      return disabled;
    }
  }
  return std::nullopt;
}

namespace {

TEST(Mutations, list) {
  for (const std::string& name : mutation_names()) {
    std::printf("mutation %s\n", name.c_str());
  }
}

}  // namespace
}  // namespace strowger::ss7::mtp2::test
