// Two exchanges' signalling links over E1 over IP, on a bad network and a virtual clock: what MTP2
// and the transport make of loss, delay, reordering and duplication.
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "io/simulated_loop.hpp"
#include "ss7_trunk/link_bank.hpp"
#include "ss7_trunk/link_desk.hpp"
#include "ss7_trunk/test_user.hpp"
#include "tdm_transports/udp_line.hpp"
#include "world.hpp"

namespace strowger::simulation {
namespace {

using ss7_trunk::LinkNumber;
using ss7_trunk::LinkReport;
using ss7_trunk::TestFigures;

constexpr LinkNumber link{0};
/// Test messages a second in each direction, of 40 octets.
constexpr std::uint64_t rate = 20;
constexpr core::Duration tick = core::milliseconds(1);

/// An exchange's line, link, and the test user above it.
class End {
 public:
  End(io::SimulatedLoop& loop, const tdm_transports::UdpLineConfig& config)
      : line_(std::move(*tdm_transports::UdpLine::open(loop, config))) {
    bank_.add_line(*line_, 0x54);
    bank_.add_link(0, 1, ss7::mtp2::config_64_kbit());
    desk_ = std::make_unique<ss7_trunk::LinkDesk>(bank_, user_);
    user_.attach(*desk_);
    desk_->up(link);
    user_.send(link, rate);
  }
  void turn(core::Time now) {
    bank_.tick(now);
    desk_->turn(now);
    user_.turn(now);
  }
  void stop_sending() { user_.send(link, 0); }
  [[nodiscard]] bool in_service() const { return user_.in_service(link); }
  [[nodiscard]] TestFigures figures() const { return user_.figures(link); }
  [[nodiscard]] LinkReport report() const {
    return desk_->last_report(link).value_or(LinkReport{});
  }
  void ask_for_report() {
    ss7_trunk::LinkOrder order;
    order.kind = ss7_trunk::LinkOrder::Kind::report;
    desk_->order(link, order);
  }

 private:
  std::unique_ptr<tdm_transports::UdpLine> line_;
  ss7_trunk::LinkBank bank_;
  ss7_trunk::TestUser user_{1};
  std::unique_ptr<ss7_trunk::LinkDesk> desk_;
};

class Trunk {
 public:
  Trunk(std::uint64_t seed, bool redundancy)
      : network_(seed),
        near_loop_(network_.add_host("near", {host(1)})),
        far_loop_(network_.add_host("far", {host(2)})) {
    tdm_transports::UdpLineConfig config;
    config.ces.timeslots = 4;
    config.ces.packet_ms = 5;
    config.ces.jitter_ms = 20;
    config.ces.redundancy = redundancy;
    config.local = host(1).with_port(7000);
    config.remote = host(2).with_port(7000);
    near = std::make_unique<End>(near_loop_, config);
    std::swap(config.local, config.remote);
    far = std::make_unique<End>(far_loop_, config);
  }
  void weather(double loss) {
    io::LinkOptions options;
    options.delay = core::milliseconds(20);
    options.jitter = core::milliseconds(12);  // more than a packet's length: they overtake
    options.duplication = 0.01;
    options.loss = loss;
    network_.set_default_link(options);
  }
  void run(core::Duration length) {
    for (core::Duration passed; passed < length; passed += tick) {
      network_.run_for(tick);
      near->turn(network_.now());
      far->turn(network_.now());
    }
  }
  /// What is under way arrives, and both ends say how they are.
  void settle() {
    near->stop_sending();
    far->stop_sending();
    run(core::seconds(2));
    near->ask_for_report();
    far->ask_for_report();
    run(core::milliseconds(2));
  }

  std::unique_ptr<End> near;
  std::unique_ptr<End> far;

 private:
  static core::Address host(std::uint8_t number) {
    return core::Address::ipv4(192, 0, 2, number, 0);
  }
  io::SimulatedNetwork network_;
  io::SimulatedLoop& near_loop_;
  io::SimulatedLoop& far_loop_;
};

/// Each message once, in order, undamaged.
void expect_faultless(const TestFigures& heard) {
  EXPECT_EQ(heard.missing, 0U);
  EXPECT_EQ(heard.repeated, 0U);
  EXPECT_EQ(heard.damaged, 0U);
  EXPECT_EQ(heard.others, 0U);
}

struct Case {
  const char* name;
  double loss;
  bool redundancy;
};
class Links : public testing::TestWithParam<Case> {};

TEST_P(Links, stay_in_service_for_ten_minutes) {
  const auto seed = seed_or(20261125);
  SCOPED_TRACE("./run sim --seed " + std::to_string(seed));
  Trunk trunk(seed, GetParam().redundancy);
  trunk.weather(0);
  trunk.run(core::seconds(12));
  ASSERT_TRUE(trunk.near->in_service() && trunk.far->in_service());
  trunk.weather(GetParam().loss);
  trunk.run(core::seconds(600));
  trunk.settle();
  for (const auto& [here, there] : {std::pair(trunk.near.get(), trunk.far.get()),
                                    std::pair(trunk.far.get(), trunk.near.get())}) {
    EXPECT_TRUE(here->in_service());
    const LinkReport report = here->report();
    EXPECT_EQ(report.counters.failures, 0U);
    EXPECT_GT(report.counters.units_in_error, 0U) << "nothing was lost: nothing is proved";
    expect_faultless(here->figures());
    EXPECT_EQ(here->figures().received, there->figures().sent);
    EXPECT_GT(here->figures().received, 600 * rate);
  }
}

INSTANTIATE_TEST_SUITE_P(Loss, Links,
                         testing::Values(Case{"of_a_thousandth", 0.001, false},
                                         Case{"of_a_hundredth_with_redundancy", 0.01, true}),
                         [](const auto& tested) { return tested.param.name; });

TEST(LinksInBadWeather, go_out_by_the_error_rate_at_a_hundredth_and_come_back_when_it_ends) {
  const auto seed = seed_or(20261126);
  SCOPED_TRACE("./run sim --seed " + std::to_string(seed));
  Trunk trunk(seed, false);
  trunk.weather(0);
  trunk.run(core::seconds(12));
  ASSERT_TRUE(trunk.near->in_service() && trunk.far->in_service());
  trunk.weather(0.01);
  trunk.run(core::seconds(600));
  trunk.weather(0);
  trunk.run(core::seconds(60));
  trunk.settle();
  std::uint64_t by_error_rate = 0;
  for (const End* end : {trunk.near.get(), trunk.far.get()}) {
    EXPECT_TRUE(end->in_service());
    const auto counters = end->report().counters;
    by_error_rate += counters.failures_error_rate;
    EXPECT_EQ(counters.failures_abnormal, 0U);
    EXPECT_EQ(counters.failures_late, 0U);
    expect_faultless(end->figures());
    EXPECT_GE(end->figures().in_service, 2U);
    EXPECT_EQ(end->report().mailbox.lost_up, 0U);
  }
  EXPECT_GE(by_error_rate, 1U);
}

}  // namespace
}  // namespace strowger::simulation
