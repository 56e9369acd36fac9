#include "http/flow_table.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace strowger::http {
namespace {

using Id = core::Handle<struct TestFlowTag>;
struct Flow : FlowEntry<Id> {
  std::string name;
};
struct Action {};

class Flows : public testing::Test {
 protected:
  Flow& make(const std::string& name) {
    Flow* const flow = table.make();
    EXPECT_NE(flow, nullptr);
    flow->name = name;
    return *flow;
  }
  /// What happened at `now`, with room for so many steps.
  std::string expire(core::Time now, std::size_t steps = 10) {
    std::vector<Action> records(steps);
    core::Actions<Action> actions(records, {});
    std::string log;
    table.expire(
        now, actions, {1, 0},
        [&](Flow& flow) {
          log += "settle " + flow.name + ";";
          actions.push({});
        },
        [&](Flow& flow) {
          log += "timer " + flow.name + ";";
          actions.push({});
        });
    return log;
  }

  FlowTable<Flow, Id> table{2, core::Time{}};
};

TEST_F(Flows, know_their_ids_until_they_are_gone) {
  Flow& first = make("a");
  const Id id = first.id;
  EXPECT_EQ(table.find(id), &first);
  make("b");
  EXPECT_EQ(table.make(), nullptr) << "as many as may be";
  table.erase(first);
  EXPECT_EQ(table.find(id), nullptr);
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(make("c").id.slot, id.slot);
  EXPECT_EQ(table.find(id), nullptr) << "the slot is another's now";
}

TEST_F(Flows, say_what_is_due_before_what_is_timed_and_only_with_room) {
  Flow& a = make("a");
  Flow& b = make("b");
  table.arm(a, core::Time{} + core::milliseconds(5));
  EXPECT_EQ(table.next_deadline(), core::Time{} + core::milliseconds(5));
  const core::Time now = core::Time{} + core::milliseconds(7);
  table.due_later(b, now);
  table.due_later(b, now);
  EXPECT_EQ(table.next_deadline(), now) << "due at once";
  EXPECT_EQ(expire(now, 0), "");
  EXPECT_EQ(table.next_deadline(), now);
  EXPECT_EQ(expire(now, 1), "settle b;");
  EXPECT_LE(table.next_deadline(), now) << "the timer is still to come";
  EXPECT_EQ(expire(now), "timer a;");
  EXPECT_EQ(table.next_deadline(), std::nullopt);
}

TEST_F(Flows, take_their_timers_with_them) {
  Flow& a = make("a");
  table.arm(a, core::Time{} + core::milliseconds(5));
  table.due_later(a, core::Time{});
  table.erase(a);
  EXPECT_EQ(expire(core::Time{} + core::seconds(1)), "");
  Flow& b = make("b");
  table.arm(b, core::Time{} + core::seconds(2));
  table.arm(b, core::Time{} + core::seconds(3));
  EXPECT_EQ(expire(core::Time{} + core::seconds(2)), "");
  table.disarm(b);
  EXPECT_EQ(expire(core::Time{} + core::seconds(4)), "");
}

}  // namespace
}  // namespace strowger::http
