#include "exchange/exchange_fixture.hpp"

#include "base/conf.hpp"
#include "exchange/applications/application.hpp"
#include "exchange/dialplan/load.hpp"

namespace strowger::exchange {
namespace {

std::shared_ptr<const dialplan::Dialplan> plan_of(std::string_view text) {
  const auto file = base::read_conf(
      "extensions.conf", [text](const std::string&) { return std::optional(std::string(text)); });
  EXPECT_TRUE(file);
  const dialplan::Loaded loaded = dialplan::load_dialplan(*file, {application_names()});
  for (const base::ConfError& error : loaded.errors) {
    ADD_FAILURE() << error.place.line << ": " << error.text;
  }
  return loaded.dialplan;
}

}  // namespace

ExchangeTest::ExchangeTest() {
  base::LogConfig log_config;
  log_config.level = base::LogLevel::debug;
  log_config.console = false;
  log_config.listener = [this](base::LogLevel, std::string_view line) {
    log_lines.emplace_back(line);
  };
  log.emplace(*base::Log::open(log_config));
}

ExchangeTest::~ExchangeTest() {
  if (exchange) {
    exchange->clear();
  }
}

void ExchangeTest::start(std::string_view extensions_conf) {
  exchange = std::make_unique<Exchange>(
      config, Services{media, records, nullptr, zones, log->logger("calls")},
      std::vector<io::Loop*>{&loop});
  driver.use(*exchange);
  exchange->add_driver(driver);
  reload(extensions_conf);
}

void ExchangeTest::reload(std::string_view extensions_conf) {
  exchange->set_dialplan(plan_of(extensions_conf));
  settle();
}

FakeDriver::FakeLeg& ExchangeTest::dial(const std::string& extension) {
  FakeDriver::FakeLeg& leg = driver.call_in("alice", extension);
  settle();
  return leg;
}

void ExchangeTest::press(std::string_view digits) {
  for (const char digit : digits) {
    media.press(alice().port, digit);
    settle();
  }
}

FakeMedia::Port& ExchangeTest::port_of(const std::string& peer) {
  FakeMedia::Port* port = media.find(driver.leg(peer).port);
  if (port == nullptr) {
    throw std::runtime_error("no open port of " + peer);
  }
  return *port;
}

bool ExchangeTest::logged(std::string_view part) const {
  for (const std::string& line : log_lines) {
    if (line.find(part) != std::string::npos) {
      return true;
    }
  }
  return false;
}

std::vector<CallInfo> ExchangeTest::calls() {
  std::vector<CallInfo> found;
  exchange->list_calls([&](std::vector<CallInfo> all) { found = std::move(all); });
  settle();
  return found;
}

std::optional<CallDetail> ExchangeTest::show(const std::string& name) {
  std::optional<CallDetail> found;
  exchange->show_call(name, [&](std::optional<CallDetail> detail) { found = std::move(detail); });
  settle();
  return found;
}

void ExchangeTest::expect_idle() {
  settle();
  EXPECT_EQ(exchange->counters().calls, 0U);
  EXPECT_EQ(exchange->counters().legs, 0U);
  EXPECT_EQ(media.open_ports(), 0U);
  EXPECT_EQ(media.invalid_ports, 0);
  EXPECT_EQ(driver.open_legs(), 0U);
  EXPECT_EQ(driver.breaches(), std::vector<std::string>{});
  for (const auto& [number, leg] : driver.legs()) {
    EXPECT_LE(leg.hangups, 1) << leg.peer;
  }
}

}  // namespace strowger::exchange
