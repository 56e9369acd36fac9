// What console commands reach of a running exchange. Filled by the program at start; everything in
// it must outlive the command table.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "exchange/configuration/configuration.hpp"
#include "exchange/drivers/sip/sip_driver.hpp"
#include "exchange/exchange.hpp"
#include "media/sharded_service.hpp"
#include "ss7_trunk/trunk_service.hpp"
#include "tdm/trunks.hpp"

namespace strowger::control {

/// What a reload did, or why it did nothing.
struct ReloadReport {
  bool done = false;
  std::vector<std::string> lines;
};

/// A thread of the program, for `core show threads`.
struct ThreadRow {
  std::string name;
  std::string does;
  std::string scheduling;  // "normal", "SCHED_FIFO 50"
  double cpu_seconds = 0;
  std::uint64_t disk_faults = 0;  // times it waited for a page to come from a disk
  std::uint64_t taken_away = 0;   // times the processor was taken from it
  std::string remedy;             // what a real-time thread was refused, and what to do
};

struct Administration {
  exchange::Exchange& exchange;
  exchange::drivers::SipDriver& sip;
  media::ShardedService& media;
  std::chrono::steady_clock::time_point started;
  std::function<std::shared_ptr<const exchange::Configuration>()> configuration;
  std::function<ReloadReport()> reload;
  /// Ends the program when no call is left, or at once.
  std::function<void(exchange::StopMode)> stop;
  std::function<std::vector<ThreadRow>()> threads;
  /// Null where tdm.conf has no spans.
  ss7_trunk::TrunkService* trunks = nullptr;
  tdm::Trunks* spans = nullptr;
  std::string data_folder{};  // where dumps go that are named without a folder
};

/// Asks for something that comes by callback from another thread, and waits for it: for the control
/// thread alone, which may wait.
template <class T>
[[nodiscard]] T wait_for(const std::function<void(std::function<void(T)>)>& ask) {
  auto promise = std::make_shared<std::promise<T>>();
  auto future = promise->get_future();
  ask([promise](T value) { promise->set_value(std::move(value)); });
  return future.get();
}

}  // namespace strowger::control
