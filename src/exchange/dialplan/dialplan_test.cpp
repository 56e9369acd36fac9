#include "exchange/dialplan/dialplan.hpp"

#include <random>

#include <gtest/gtest.h>

#include "exchange/dialplan/load.hpp"
#include "exchange/dialplan/scope_fixture.hpp"

namespace strowger::exchange::dialplan {
namespace {

std::shared_ptr<const Dialplan> plan_of(const std::string& text) {
  Loaded loaded = load_dialplan(conf_of(text), {});
  for (const base::ConfError& error : loaded.errors) {
    ADD_FAILURE() << error.message();
  }
  return loaded.dialplan;
}

/// The first argument of the step found, which the tests use as its name; "-" where there is none.
std::string found(const Dialplan& plan, std::string_view dialled, int priority = 1,
                  std::string_view caller = "", const Clock* clock = nullptr,
                  std::string_view context = "main") {
  const Step* step = plan.find(context, dialled, priority, caller, clock);
  return step == nullptr ? "-" : step->arguments;
}

class FixedClock final : public Clock {
 public:
  explicit FixedClock(int hour) { time_.hour = hour; }
  [[nodiscard]] std::optional<CivilTime> civil(std::string_view zone) const override {
    return zone == "Nowhere/Land" ? std::nullopt : std::optional(time_);
  }

 private:
  CivilTime time_;  // Thursday, 1970-01-01
};

TEST(Dialplan, tries_names_before_patterns_and_narrow_patterns_before_wide_ones) {
  const auto plan = plan_of(R"(
[main]
exten => _.,1,NoOp(dot)
exten => _X.,1,NoOp(digits)
exten => _NXX,1,NoOp(nxx)
exten => _2XX,1,NoOp(two)
exten => _20[1-3],1,NoOp(three)
exten => 201,1,NoOp(exact)
)");
  EXPECT_EQ(found(*plan, "201"), "exact");
  EXPECT_EQ(found(*plan, "202"), "three");
  EXPECT_EQ(found(*plan, "209"), "two");
  EXPECT_EQ(found(*plan, "309"), "nxx");
  EXPECT_EQ(found(*plan, "3099"), "digits");
  EXPECT_EQ(found(*plan, "alice"), "dot");
  EXPECT_EQ(found(*plan, ""), "-");
  EXPECT_EQ(found(*plan, "1", 1, "", nullptr, "nowhere"), "-");
}

TEST(Dialplan, looks_for_a_priority_in_the_next_match_where_the_first_lacks_it) {
  const auto plan = plan_of(R"(
[main]
exten => 100,1,NoOp(exact one)
exten => _1XX,1,NoOp(pattern one)
exten => _1XX,2,NoOp(pattern two)
)");
  EXPECT_EQ(found(*plan, "100", 1), "exact one");
  EXPECT_EQ(found(*plan, "100", 2), "pattern two");
  EXPECT_EQ(found(*plan, "100", 3), "-");
}

TEST(Dialplan, takes_includes_after_its_own_in_order_and_depth_first) {
  const auto plan = plan_of(R"(
[main]
include => first
include => second
exten => _X,1,NoOp(own)
[first]
include => deep
exten => 10,1,NoOp(first)
[deep]
exten => _1X,1,NoOp(deep)
exten => 20,1,NoOp(deep twenty)
[second]
include => main
exten => 10,1,NoOp(second)
exten => 11,1,NoOp(second)
exten => 1,1,NoOp(never)
exten => 30,1,NoOp(second thirty)
)");
  EXPECT_EQ(found(*plan, "1"), "own");
  EXPECT_EQ(found(*plan, "10"), "first");
  EXPECT_EQ(found(*plan, "11"), "deep");
  EXPECT_EQ(found(*plan, "20"), "deep twenty");
  EXPECT_EQ(found(*plan, "30"), "second thirty");
  EXPECT_EQ(found(*plan, "40"), "-");
}

TEST(Dialplan, follows_timed_includes_only_at_their_time) {
  const auto plan = plan_of(R"(
[main]
include => day,9:00-17:00,mon-fri,*,*
include => lost,*,*,*,*,Nowhere/Land
include => night
[day]
exten => s,1,NoOp(day)
[lost]
exten => s,1,NoOp(lost)
[night]
exten => s,1,NoOp(night)
)");
  const FixedClock noon(12);
  const FixedClock evening(20);
  EXPECT_EQ(found(*plan, "s", 1, "", &noon), "day");
  EXPECT_EQ(found(*plan, "s", 1, "", &evening), "night");
  EXPECT_EQ(found(*plan, "s"), "night");
}

TEST(Dialplan, matches_the_caller_first_where_it_is_given) {
  const auto plan = plan_of(R"(
[main]
exten => 100,1,NoOp(anyone)
exten => 100/201,1,NoOp(that one)
exten => 100/_3XX,1,NoOp(three hundreds)
exten => 100/,1,NoOp(nobody)
)");
  EXPECT_EQ(found(*plan, "100", 1, "201"), "that one");
  EXPECT_EQ(found(*plan, "100", 1, "355"), "three hundreds");
  EXPECT_EQ(found(*plan, "100", 1, ""), "nobody");
  EXPECT_EQ(found(*plan, "100", 1, "444"), "anyone");
}

TEST(Dialplan, tells_when_more_digits_can_come) {
  const auto plan = plan_of(R"(
[main]
exten => 1,1,NoOp(one)
exten => 12,1,NoOp(twelve)
exten => _3X.,1,NoOp(dot)
exten => _4XX!,1,NoOp(at once)
exten => 4000,1,NoOp(hidden from digits by nothing: names come first)
exten => _5,2,NoOp(no priority 1)
)");
  struct Case {
    std::string_view dialled;
    bool exists;
    bool can;
    bool more;
  };
  for (const Case& c :
       {Case{"", false, true, true}, Case{"1", true, true, true}, Case{"12", true, true, false},
        Case{"13", false, false, false}, Case{"3", false, true, true},
        Case{"31", false, true, true}, Case{"312", true, true, true}, Case{"400", true, true, true},
        Case{"401", true, true, false}, Case{"4012", true, true, false},
        Case{"5", false, false, false}}) {
    EXPECT_EQ(plan->exists("main", c.dialled, "", nullptr), c.exists) << c.dialled;
    EXPECT_EQ(plan->can_match("main", c.dialled, "", nullptr), c.can) << c.dialled;
    EXPECT_EQ(plan->matches_more("main", c.dialled, "", nullptr), c.more) << c.dialled;
  }
}

TEST(Dialplan, keeps_the_dial_tone_for_ignored_patterns) {
  const auto plan = plan_of(R"(
[main]
include => lines
ignorepat => 9
[lines]
ignorepat => _0
)");
  EXPECT_TRUE(plan->ignores("main", "9", nullptr));
  EXPECT_TRUE(plan->ignores("main", "0", nullptr));
  EXPECT_FALSE(plan->ignores("main", "91", nullptr));
  EXPECT_FALSE(plan->ignores("lines", "9", nullptr));
}

TEST(Target, is_taken_apart_from_the_right) {
  EXPECT_EQ(parse_target("5")->priority, "5");
  EXPECT_EQ(parse_target("s,1")->extension, "s");
  const auto three = parse_target(" ctx , _X. , label ");
  ASSERT_TRUE(three);
  EXPECT_EQ(three->context, "ctx");
  EXPECT_EQ(three->extension, "_X.");
  EXPECT_EQ(three->priority, "label");
  EXPECT_EQ(parse_target("ctx|s|1")->context, "ctx");
  EXPECT_FALSE(parse_target(""));
  EXPECT_FALSE(parse_target("a,b,c,d"));
  EXPECT_FALSE(parse_target("a,"));
}

TEST(Target, resolves_against_where_the_call_stands) {
  const auto plan = plan_of(R"(
[main]
exten => 100,1,NoOp()
same => n(again),NoOp()
[other]
exten => _X,5(five),NoOp()
)");
  const Location here{"main", "100", 3};
  const auto resolved = [&](std::string_view text) {
    auto location = plan->resolve(*parse_target(text), here, "", nullptr);
    return location ? location->extension + "@" + location->context + ":" +
                          std::to_string(location->priority)
                    : location.error();
  };
  EXPECT_EQ(resolved("1"), "100@main:1");
  EXPECT_EQ(resolved("again"), "100@main:2");
  EXPECT_EQ(resolved("+2"), "100@main:5");
  EXPECT_EQ(resolved("-1"), "100@main:2");
  EXPECT_EQ(resolved("-3"), "there is no priority 0");
  EXPECT_EQ(resolved("other,7,five"), "7@other:5");
  EXPECT_EQ(resolved("999,1"), "999@main:1");
  EXPECT_EQ(resolved("lost"), "there is no label 'lost' at 100@main");
  EXPECT_EQ(resolved("gone,s,1"), "there is no context 'gone'");
}

TEST(Dialplan, survives_includes_that_go_in_circles) {
  const auto plan = plan_of("[main]\ninclude => main\ninclude => b\n[b]\ninclude => main\n");
  EXPECT_EQ(found(*plan, "1"), "-");
  EXPECT_FALSE(plan->matches_more("main", "1", "", nullptr));
}

/// What `find` would give if it tried all extensions one by one in the sorted order.
const Step* find_slowly(const Context& context, std::string_view dialled, int priority) {
  for (const Extension& extension : context.extensions) {
    if (is_full(match_extension(extension.name, dialled)) && extension.find(priority) != nullptr) {
      return extension.find(priority);
    }
  }
  return nullptr;
}

TEST(Dialplan, finds_in_a_large_context_what_a_search_one_by_one_finds) {
  std::mt19937 random(20261124);  // NOLINT(cert-msc51-cpp): the same names each time
  const auto digits = [&](std::size_t most) {
    std::string text;
    const std::size_t size = 1 + random() % most;
    for (std::size_t i = 0; i < size; ++i) {
      text += "0123-"[random() % 5];
    }
    return text;
  };
  Context context{"main", {}, {}, {}, {}};
  for (int i = 0; i < 600; ++i) {
    const std::string name = (i % 20 == 0 ? "_X" : "") + digits(6);
    context.extensions.push_back(
        {name, {}, {}, {{1 + static_cast<int>(random() % 2), "", "NoOp", name, {}}}, {}});
  }
  const Dialplan plan({}, {}, {context});
  const Context& sorted = *plan.context("main");
  for (int i = 0; i < 2'000; ++i) {
    const std::string dialled = digits(7);
    const int priority = 1 + i % 2;
    ASSERT_EQ(plan.find("main", dialled, priority, "", nullptr),
              find_slowly(sorted, dialled, priority))
        << dialled;
    bool more = false;
    for (const Extension& extension : sorted.extensions) {
      more = more || (extension.find(1) != nullptr &&
                      match_extension(extension.name, dialled) == Match::more_needed);
    }
    ASSERT_EQ(plan.matches_more("main", dialled, "", nullptr), more) << dialled;
  }
}

}  // namespace
}  // namespace strowger::exchange::dialplan
