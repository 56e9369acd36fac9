// An exchange with a fake driver, fake media and a clock of its own, for tests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/log.hpp"
#include "exchange/dialplan/time_zone.hpp"
#include "exchange/exchange.hpp"
#include "exchange/fake_driver_fixture.hpp"
#include "exchange/fake_media_fixture.hpp"
#include "exchange/records/record.hpp"
#include "io/simulated_loop.hpp"

namespace strowger::exchange {

class KeptRecords final : public records::RecordSink {
 public:
  void write(const records::CallRecord& record) override { all.push_back(record); }
  std::vector<records::CallRecord> all;
};

/// The exchange is idle at its start; tests that end all calls say so with `expect_idle`.
class ExchangeTest : public ::testing::Test {
 public:
  ~ExchangeTest() override;

 protected:
  ExchangeTest();

  /// Starts it; a test that needs another configuration changes `config` first.
  void start(std::string_view extensions_conf);
  /// Another dialplan, as by reload.
  void reload(std::string_view extensions_conf);
  /// A call from alice, delivered.
  FakeDriver::FakeLeg& dial(const std::string& extension);
  void press(std::string_view digits);
  /// Until nothing is left to happen now.
  void settle() { network.run_until(network.now()); }
  void pass(core::Duration time) { network.run_for(time); }

  [[nodiscard]] FakeDriver::FakeLeg& alice() { return driver.leg("alice"); }
  [[nodiscard]] FakeMedia::Port& port_of(const std::string& peer);
  /// What the log says, in lines that hold `part`.
  [[nodiscard]] bool logged(std::string_view part) const;
  [[nodiscard]] std::vector<CallInfo> calls();
  [[nodiscard]] std::optional<CallDetail> show(const std::string& name);
  /// Asserts that nothing is left of any call.
  void expect_idle();

  Config config;
  // 22:13:20 UTC on Tuesday, 14 November 2023.
  io::SimulatedNetwork network{1, core::Time{1'000'000'000},
                               core::WallTime{1'700'000'000'000'000'000}};
  io::SimulatedLoop& loop = network.add_host("exchange", {});
  FakeMedia media{loop};
  FakeDriver driver{loop, media};
  KeptRecords records;
  dialplan::TimeZones zones;
  std::vector<std::string> log_lines;
  std::optional<base::Log> log;
  std::unique_ptr<Exchange> exchange;
};

}  // namespace strowger::exchange
