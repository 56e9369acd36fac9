// The service with its real threads, two spans joined in memory. Nothing here is judged by how long
// it takes: what never comes is ended by the test's time limit.
#include "ss7_trunk/trunk_service.hpp"

#include <cstdio>
#include <filesystem>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "tdm_transports/open_lines.hpp"

namespace strowger::ss7_trunk {
namespace {

using ss7::mtp2::LinkState;

tdm::SpanConfig span(const std::string& name, const std::string& peer) {
  tdm::SpanConfig config;
  config.name = name;
  config.transport.peer = peer;
  tdm::ChannelConfig channel;
  channel.type = tdm::ChannelType::d;
  channel.timeslot = 16;
  config.channels.push_back(channel);
  return config;
}

LinkConfig link(const std::string& name, const std::string& in_span) {
  LinkConfig config;
  config.name = name;
  config.span = in_span;
  config.emergency = true;
  return config;
}

TrunkServiceConfig config() {
  TrunkServiceConfig config;
  config.tdm.spans = {span("left", "right"), span("right", "left")};
  config.ss7.links = {link("l1", "left"), link("l2", "right")};
  tdm_transports::RealDahdiDevice device;  // loop lines ask nothing of it
  config.lines = std::move(*tdm_transports::open_lines(config.tdm, device));
  config.thread.timing.ticker.trial_ticks = 0;
  config.thread.timing.sources = {timing::SourceKind::nanosleep};
  return config;
}

template <class Condition>
void wait_until(Condition&& condition) {
  while (!condition()) {
    ::poll(nullptr, 0, 5);
  }
}

LinkState state_of(TrunkService& service, LinkNumber link) {
  const auto report = service.desk().report(link, core::seconds(60));
  return report ? report->state : LinkState::power_off;
}

class Services : public testing::Test {
 protected:
  void wait_for(LinkNumber link, LinkState state) {
    wait_until([&] { return state_of(service, link) == state; });
  }

  TrunkService service{config()};
  LinkNumber l1 = *service.find_link("l1");
  LinkNumber l2 = *service.find_link("l2");
};

TEST_F(Services, align_test_and_take_down_their_links) {
  wait_for(l1, LinkState::in_service);
  wait_for(l2, LinkState::in_service);
  service.test().send(l1, 200);
  wait_until([&] { return service.test().figures(l2).received >= 100; });
  service.test().send(l1, 0);
  const TestFigures figures = service.test().figures(l2);
  EXPECT_EQ(figures.missing + figures.repeated + figures.damaged, 0U);
  service.desk().down(l1);
  wait_for(l1, LinkState::out_of_service);
  wait_until([&] { return !service.test().in_service(l2); });
  EXPECT_FALSE(service.find_link("l3"));
  EXPECT_GT(service.thread().ticks().ticks, 0U);
  EXPECT_GT(service.line_figures(1).counters.ticks, 0U);
}

TEST_F(Services, count_anew_when_a_link_was_taken_down_under_a_test) {
  service.test().send(l1, 200);
  wait_until([&] { return service.test().figures(l2).received >= 50; });
  service.desk().down(l1);
  wait_until([&] { return !service.test().in_service(l1); });
  service.desk().up(l1, true);
  wait_until([&] { return service.test().figures(l2).in_service >= 2; });
  const std::uint64_t before = service.test().figures(l2).received;
  wait_until([&] { return service.test().figures(l2).received >= before + 50; });
  const TestFigures figures = service.test().figures(l2);
  EXPECT_EQ(figures.missing + figures.repeated + figures.damaged, 0U);
}

std::uintmax_t size_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

TEST_F(Services, dump_to_a_file_and_stop_by_direction) {
  const std::string path = testing::TempDir() + "strowger_dump_" + std::to_string(::getpid());
  CaptureOptions options;
  options.path = path;
  ASSERT_TRUE(service.capture().start(options));
  EXPECT_FALSE(service.capture().start(options));
  wait_until([&] { return service.capture().status().units > 100; });
  service.capture().stop(UnitFilter::in);
  EXPECT_TRUE(service.capture().status().running);
  service.capture().stop(UnitFilter::out);
  EXPECT_FALSE(service.capture().status().running);
  EXPECT_GT(size_of(path), 24 + 100 * (16 + 4 + 3));
  std::remove(path.c_str());
}

TEST_F(Services, say_why_a_dump_can_not_begin_or_go_on) {
  CaptureOptions options;
  options.path = "/nowhere/dump.pcap";
  const auto refused = service.capture().start(options);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("No such file"), std::string::npos);
  options.path = "/dev/full";
  ASSERT_TRUE(service.capture().start(options));
  wait_until([&] { return !service.capture().status().running; });
  EXPECT_NE(service.capture().status().failure.find("No space"), std::string::npos);
  wait_for(l1, LinkState::in_service);  // and the links don't mind
}

TEST(TrunkService, refuses_a_link_without_a_timeslot) {
  TrunkServiceConfig wrong = config();
  wrong.ss7.links[0].timeslot = 3;
  EXPECT_THROW(TrunkService{std::move(wrong)}, std::runtime_error);
}

}  // namespace
}  // namespace strowger::ss7_trunk
