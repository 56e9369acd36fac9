#include "base/state_table_text.hpp"

#include <array>

#include <gtest/gtest.h>

namespace strowger::base {
namespace {

enum class Door { open, shut };
enum class Deed { push, pull };
struct Lock {
  bool locked = false;
};

bool unlocked(const Lock& lock) {
  return !lock.locked;
}
void creak(Lock& lock) {
  lock.locked = false;
}

using Row = core::Transition<Door, Deed, Lock>;
constexpr std::array<Row, 2> rows{{
    {Door::shut, Deed::push, &unlocked, Door::open, &creak, "4.1"},
    {Door::open, Deed::pull, nullptr, Door::shut, nullptr, "4.2 | 4.3"},
}};

StateTableNames<Door, Deed, Lock> names() {
  StateTableNames<Door, Deed, Lock> result;
  result.state = [](Door door) { return door == Door::open ? "open" : "shut"; };
  result.event = [](Deed deed) { return deed == Deed::push ? "push" : "pull \"hard\""; };
  return result;
}

TEST(StateTableText, prints_every_row_as_markdown) {
  auto named = names();
  named.guard = [](bool (*guard)(const Lock&)) {
    return guard == &unlocked ? std::string_view("unlocked") : std::string_view();
  };
  named.action = [](void (*act)(Lock&)) {
    return act == &creak ? std::string_view("creak") : std::string_view();
  };
  EXPECT_EQ(markdown(in_words(std::span<const Row>(rows), named)),
            "| state | event | guard | next | action | clause |\n"
            "| --- | --- | --- | --- | --- | --- |\n"
            "| shut | push | unlocked | open | creak | 4.1 |\n"
            "| open | pull \"hard\" | | shut | | 4.2 \\| 4.3 |\n");
}

TEST(StateTableText, leaves_out_columns_that_say_nothing) {
  const std::vector<StateTableLine> lines{{"a", "e", "", "b", "", ""}, {"b", "f", "", "a", "", ""}};
  EXPECT_EQ(markdown(lines),
            "| state | event | next |\n| --- | --- | --- |\n| a | e | b |\n| b | f | a |\n");
}

TEST(StateTableText, prints_states_and_edges_for_graphviz) {
  EXPECT_EQ(graphviz("door", in_words(std::span<const Row>(rows), names())),
            "digraph \"door\" {\n  rankdir=TB;\n  node [shape=box];\n"
            "  \"shut\";\n  \"open\";\n"
            "  \"shut\" -> \"open\" [label=\"push [yes]\"];\n"
            "  \"open\" -> \"shut\" [label=\"pull \\\"hard\\\"\"];\n}\n");
}

}  // namespace
}  // namespace strowger::base
