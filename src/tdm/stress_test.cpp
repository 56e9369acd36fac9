// 8 threads call random functions of the API, from within events too: every promise is kept once,
// nothing leaks, nothing stands still. Soak runs it with STROWGER_TDM_CALLS=1000000 (and
// STROWGER_TDM_SEED for another course).
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tdm/recorder_fixture.hpp"
#include "tdm/stress_fixture.hpp"

namespace strowger::tdm {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

TEST(Stress, eight_threads_and_events_that_call_the_api_leave_no_promise_open) {
  StressOptions options;
  options.calls = from_environment("STROWGER_TDM_CALLS", 20'000);
  options.seed = from_environment("STROWGER_TDM_SEED", 1);
  const StressFindings found = run_stress(loopback_config(31, true), options);
  std::cout << found.text() << '\n';
  EXPECT_TRUE(found.clean()) << found.text() << ", seed " << options.seed;
  EXPECT_GE(found.calls, options.calls);
}

TEST(Stress, telephones_and_lines_keep_every_promise_too) {
  StressOptions options;
  options.calls = 3'000;
  options.seed = 3;
  TdmConfig config = loopback_config(8);
  for (SpanConfig& span : config.spans) {
    span.signalling = "analog";
    span.analog.digit_timeout = core::milliseconds(10);
    for (ChannelConfig& channel : span.channels) {
      channel.type = span.name == "a" ? ChannelType::fxo : ChannelType::fxs;
    }
  }
  const StressFindings found = run_stress(std::move(config), options);
  EXPECT_TRUE(found.clean()) << found.text();
}

TEST(Stress, small_queues_slow_the_users_and_lose_nothing) {
  StressOptions options;
  options.calls = 3'000;
  options.seed = 7;
  TdmConfig config = loopback_config(31, true);
  for (SpanConfig& span : config.spans) {
    span.queue_commands = 8;
    span.queue_messages = 4;
  }
  const StressFindings found = run_stress(std::move(config), options);
  EXPECT_TRUE(found.clean()) << found.text();
}

}  // namespace
}  // namespace strowger::tdm
