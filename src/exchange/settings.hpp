// What an exchange is told at its start, and what it uses of the rest of the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "core/time.hpp"

namespace strowger::media {
class Service;
}
namespace strowger::database {
class KeyValueStore;
}
namespace strowger::exchange::records {
class RecordSink;
}
namespace strowger::exchange::dialplan {
class TimeZones;
}

namespace strowger::exchange {

struct Config {
  /// Calls in progress at once; beyond it new ones are refused with cause 42 (congestion).
  std::size_t max_calls = 10'000;
  /// Extensions that are let in beyond max_calls, and while the exchange is stopping gracefully.
  std::vector<std::string> emergency_extensions;
  /// Outgoing legs that one call may have at once.
  std::size_t max_legs_per_call = 64;
  /// Asterisk's defaults of TIMEOUT(digit) and TIMEOUT(response).
  core::Duration digit_timeout = core::seconds(5);
  core::Duration response_timeout = core::seconds(10);
  /// How long a call waits for its media ports to report their quality after its legs ended.
  core::Duration linger = core::seconds(2);
  /// Lines kept of each call's ladder; zero: ladders are off.
  std::size_t ladder_lines = 64;
  /// Finished calls a worker remembers for `core show call`.
  std::size_t finished_calls_kept = 50;
  std::uint64_t random_seed = 0;
};

/// Used by calls; each must outlive the exchange.
struct Services {
  media::Service& media;
  records::RecordSink& records;
  database::KeyValueStore* key_values = nullptr;  // null: DB() is empty
  dialplan::TimeZones& zones;
  base::Logger log;
};

}  // namespace strowger::exchange
