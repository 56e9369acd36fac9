#include "tdm/state_map.hpp"

#include <gmock/gmock.h>

#include "tdm/state_history.hpp"

namespace strowger::tdm {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(StateMap, of_trunks_has_no_faults) {
  EXPECT_THAT(faults_of(trunk_state_map()), IsEmpty());
}

TEST(StateMap, that_breaks_a_promise_is_found_out) {
  const std::array<StateRow, 1> rows{
      {row(Side::outgoing, State::down, Trigger::place, State::dialing, EventKind::proceed)}};
  EXPECT_THAT(faults_of(rows), Contains(HasSubstr("tells proceed, not dialing")));
}

TEST(StateMap, with_a_state_that_never_ends_is_found_out) {
  const std::array<StateRow, 1> rows{
      {row(Side::outgoing, State::down, Trigger::place, State::dialing, EventKind::dialing)}};
  EXPECT_THAT(faults_of(rows), Contains(HasSubstr("never ends")));
  EXPECT_THAT(faults_of(rows), Contains(HasSubstr("without a row for hang_up")));
}

TEST(StateMap, with_a_row_behind_another_is_found_out) {
  const std::array<StateRow, 2> rows{
      {row(Side::both, State::up, Trigger::digit, State::up, EventKind::collected_digit),
       row(Side::incoming, State::up, Trigger::digit, State::hold, EventKind::collected_digit)}};
  EXPECT_THAT(faults_of(rows), Contains(HasSubstr("never reached")));
}

TEST(StateMap, every_request_has_a_promise_and_a_name) {
  for (std::size_t i = 0; i < trigger_count; ++i) {
    const auto trigger = static_cast<Trigger>(i);
    EXPECT_NE(to_string(trigger), "?");
    EXPECT_EQ(promised_by(trigger) != EventKind::none, is_asked(trigger));
  }
}

TEST(StateMap, an_outgoing_call_cannot_be_answered_by_its_caller) {
  EXPECT_EQ(find_row(trunk_state_map(), true, State::ringing, Trigger::answer), nullptr);
  EXPECT_NE(find_row(trunk_state_map(), false, State::ringing, Trigger::answer), nullptr);
}

TEST(StateIndex, finds_what_a_search_of_the_map_finds) {
  const StateIndex index(trunk_state_map());
  for (std::size_t s = 0; s < state_count; ++s) {
    for (std::size_t t = 0; t < trigger_count; ++t) {
      for (const bool outgoing : {false, true}) {
        const auto state = static_cast<State>(s);
        const auto trigger = static_cast<Trigger>(t);
        EXPECT_EQ(index.find(outgoing, state, trigger),
                  find_row(trunk_state_map(), outgoing, state, trigger));
      }
    }
  }
}

TEST(StateHistory, keeps_the_last_ten_oldest_first) {
  StateHistory history;
  for (int i = 0; i < 13; ++i) {
    StateEntry entry;
    entry.line = i;
    history.add(entry);
  }
  const auto entries = history.entries();
  ASSERT_EQ(entries.size(), 10U);
  EXPECT_EQ(entries.front().line, 3);
  EXPECT_EQ(entries.back().line, 12);
}

TEST(StateHistory, reads_as_a_line) {
  StateEntry entry;
  entry.from = State::dialing;
  entry.to = State::ringing;
  entry.by = Trigger::alerting;
  entry.file = "some/where/map.cpp";
  entry.line = 34;
  entry.at = core::Time{12'345'000'000};
  EXPECT_EQ(to_text(entry), "12.345 s  dialing -> ringing  by alerting (map.cpp:34)");
}

}  // namespace
}  // namespace strowger::tdm
