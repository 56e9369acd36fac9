#include "running_exchange.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "crypto/certificate.hpp"
#include "crypto/random.hpp"
#include "crypto/tls.hpp"
#include "database/database.hpp"
#include "exchange/applications/application.hpp"
#include "exchange/dialplan/time_zone.hpp"
#include "exchange/drivers/sip/sip_driver.hpp"
#include "exchange/exchange.hpp"
#include "io/epoll_loop.hpp"
#include "media/sharded_service.hpp"
#include "stored_registrations.hpp"

namespace strowger::app {

/// Members end in the reverse order: first the console, then signalling, calls, media, storage.
struct RunningExchange::Parts {
  base::Logger log;
  crypto::SystemRandom random;
  std::unique_ptr<media::ShardedService> media;
  exchange::dialplan::TimeZones zones;
  std::vector<std::unique_ptr<io::Loop>> worker_loops;
  std::vector<std::thread> worker_threads;
  std::unique_ptr<exchange::Exchange> exchange;
  std::unique_ptr<io::Loop> sip_loop;
  std::unique_ptr<exchange::drivers::SipDriver> sip;
  std::thread sip_thread;
  std::unique_ptr<control::Administration> administration;
  control::CommandTable commands;
  std::unique_ptr<control::ConsoleServer> console;
};

}  // namespace strowger::app
