// An exchange with its real SIP driver on a simulated network, and phones around it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "exchange/dialplan/time_zone.hpp"
#include "exchange/drivers/sip/sip_driver.hpp"
#include "exchange/exchange.hpp"
#include "exchange/fake_media_fixture.hpp"
#include "exchange/records/record.hpp"
#include "io/simulated_loop.hpp"
#include "phone.hpp"

namespace strowger::simulation {

class KeptRecords final : public exchange::records::RecordSink {
 public:
  void write(const exchange::records::CallRecord& record) override { all.push_back(record); }
  std::vector<exchange::records::CallRecord> all;
};

class NoRegistrations final : public exchange::drivers::SipRegistrationStore {
 public:
  std::vector<exchange::drivers::SipRegistration> load() override { return {}; }
  void keep(const exchange::drivers::SipRegistration&) override {}
  void forget(const std::string&, const std::string&) override {}
};

/// Phones are peers phone0, phone1 ... at 10.0.1.N, reached as 100, 101 ...; 600 echoes, 500 is a
/// menu, 700 is busy.
class World {
 public:
  World(std::uint64_t seed, std::size_t phones, const io::LinkOptions& link, const Habits& habits);
  ~World();

  void run_for(core::Duration time) { network.run_for(time); }
  /// Every phone dials someone, at random times within `time`, `rounds` times.
  void let_them_call(core::Duration time, std::size_t rounds);
  /// Everybody hangs up, and every timer of RFC 3261 gets the time to end.
  void wind_up();

  [[nodiscard]] std::string leftovers();

  io::SimulatedNetwork network;
  crypto::SeededRandom random;
  io::SimulatedLoop& signalling;
  io::SimulatedLoop& worker;
  exchange::FakeMedia media;
  exchange::dialplan::TimeZones zones;
  KeptRecords records;
  NoRegistrations registrations;
  std::unique_ptr<exchange::Exchange> exchange;
  std::unique_ptr<exchange::drivers::SipDriver> sip;
  std::vector<std::unique_ptr<Phone>> phones;
};

/// STROWGER_SEED where it is set, otherwise the one given: failures say which it was.
[[nodiscard]] std::uint64_t seed_or(std::uint64_t fallback);

}  // namespace strowger::simulation
