#include "io/deadline.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "io/simulated_loop.hpp"

namespace strowger::io {
namespace {

using core::milliseconds;
using core::Time;

class DeadlineTest : public testing::Test {
 protected:
  [[nodiscard]] Time at(std::int64_t ms) const { return start_ + milliseconds(ms); }
  [[nodiscard]] std::vector<std::int64_t> called() const { return called_; }

  SimulatedNetwork network_{1};
  SimulatedLoop& loop_ = network_.add_host("host", {});
  Time start_ = network_.now();
  std::vector<std::int64_t> called_;
  std::unique_ptr<Deadline> deadline_ = std::make_unique<Deadline>(
      loop_, [this](Time now) { called_.push_back((now - start_).milliseconds()); });
};

TEST_F(DeadlineTest, calls_once_at_the_time_armed_last) {
  deadline_->arm(at(50));
  deadline_->arm(at(10));
  deadline_->arm(at(30));
  network_.run_until(at(100));
  EXPECT_EQ(called(), std::vector<std::int64_t>{30});
}

TEST_F(DeadlineTest, calls_not_at_all_once_disarmed) {
  deadline_->arm(at(10));
  deadline_->arm(std::nullopt);
  network_.run_until(at(20));
  EXPECT_TRUE(called().empty());
  deadline_->arm(at(25));
  network_.run_until(at(30));
  EXPECT_EQ(called(), std::vector<std::int64_t>{25});
}

TEST_F(DeadlineTest, leaves_the_loop_alone_while_a_deadline_moves_later) {
  deadline_->arm(at(10));
  const std::uint64_t before = network_.events();
  for (std::int64_t ms = 11; ms < 1'000; ++ms) {
    deadline_->arm(at(ms));
  }
  network_.run_until(at(2'000));
  EXPECT_EQ(called(), std::vector<std::int64_t>{999});
  EXPECT_EQ(network_.events() - before, 2U) << "one early, one in time";
}

TEST_F(DeadlineTest, may_be_destroyed_from_its_own_call_or_before_it) {
  int calls = 0;
  deadline_ = std::make_unique<Deadline>(loop_, [&, this](Time) {
    deadline_.reset();
    ++calls;
  });
  deadline_->arm(at(5));
  network_.run_until(at(10));
  EXPECT_EQ(calls, 1);
  deadline_ = std::make_unique<Deadline>(loop_, [&](Time) { ++calls; });
  deadline_->arm(at(15));
  deadline_.reset();
  network_.run_until(at(20));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace strowger::io
