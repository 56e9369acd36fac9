#include "base/registry.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace strowger::base {
namespace {

using Names = std::vector<std::string>;

TEST(Difference, tells_added_removed_and_changed_in_order) {
  const std::map<std::string, int> before{{"a", 1}, {"b", 2}, {"c", 3}, {"x", 1}};
  const std::map<std::string, int> after{{"aa", 1}, {"b", 5}, {"c", 3}, {"y", 1}, {"z", 1}};
  const auto result = difference(before, after);
  EXPECT_EQ(result.added, (Names{"aa", "y", "z"}));
  EXPECT_EQ(result.removed, (Names{"a", "x"}));
  EXPECT_EQ(result.changed, Names{"b"});
  EXPECT_FALSE(result.empty());
  EXPECT_TRUE(difference(before, before).empty());
}

TEST(Difference, asks_the_caller_what_counts_as_the_same) {
  const std::map<std::string, int> before{{"a", 1}, {"b", 2}};
  const std::map<std::string, int> after{{"a", 3}, {"b", 3}};
  const auto same_parity = [](int a, int b) { return a % 2 == b % 2; };
  EXPECT_EQ(difference(before, after, same_parity).changed, Names{"b"});
}

TEST(Publication, numbers_snapshots_and_leaves_older_ones_alone) {
  Publication<std::string> published;
  EXPECT_EQ(published.current().version, 0U);
  EXPECT_EQ(published.current().value, nullptr);
  (void)published.publish("first");
  const Snapshot<std::string> held = published.current();
  const Snapshot<std::string> replaced = published.publish("second");
  EXPECT_EQ(replaced.value, held.value);
  EXPECT_EQ(*held.value, "first");
  EXPECT_EQ(held.version, 1U);
  EXPECT_EQ(*published.current().value, "second");
  EXPECT_EQ(published.current().version, 2U);
}

TEST(Registry, keeps_what_holders_hold_through_a_reload) {
  Registry<int> registry;
  (void)registry.replace({{"alice", 1}, {"bob", 2}});
  const auto alice = registry.find("alice");
  const auto bob = registry.find("bob");
  const auto changes = registry.replace({{"alice", 1}, {"carol", 3}});
  EXPECT_EQ(registry.find("alice"), alice) << "the same object, not an equal one";
  EXPECT_EQ(registry.find("bob"), nullptr);
  EXPECT_EQ(*bob, 2);
  EXPECT_EQ(changes.added, Names{"carol"});
  EXPECT_EQ(changes.removed, Names{"bob"});
  EXPECT_TRUE(changes.changed.empty());
}

TEST(Registry, tells_changed_objects) {
  Registry<int> registry;
  (void)registry.replace({{"alice", 1}});
  EXPECT_EQ(registry.replace({{"alice", 2}}).changed, Names{"alice"});
  EXPECT_EQ(*registry.find("alice"), 2);
}

TEST(Registry, shows_readers_a_whole_generation_during_reloads) {
  Registry<int> registry;
  (void)registry.replace({{"a", 0}, {"b", 0}});
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      const auto all = registry.all();
      ASSERT_EQ(*all->at("a"), *all->at("b"));
    }
  });
  for (int i = 1; i < 300; ++i) {
    (void)registry.replace({{"a", i}, {"b", i}});
  }
  done = true;
  reader.join();
}

}  // namespace
}  // namespace strowger::base
