// What a call needs of the worker it lives on. Worker thread only, but for what `completion` gives.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "exchange/applications/confbridge_rooms.hpp"
#include "exchange/dialplan/dialplan.hpp"
#include "exchange/dialplan/variables.hpp"
#include "exchange/driver.hpp"
#include "exchange/settings.hpp"
#include "io/loop.hpp"

namespace strowger::exchange {

/// Names a call: it goes stale, never wrong.
struct CallId {
  std::uint32_t shard = 0;  // the worker
  core::Handle<struct CallTag> slot;

  auto operator<=>(const CallId&) const = default;
};

/// How many so far; read by anybody.
struct ExchangeCounters {
  std::atomic<std::uint64_t> calls_started{0};
  std::atomic<std::uint64_t> calls_refused{0};
  std::atomic<std::uint64_t> calls_answered{0};
  std::atomic<std::uint64_t> legs_placed{0};
  std::atomic<std::uint64_t> stale_events{0};  // for legs and calls that are gone
  std::atomic<std::size_t> calls{0};           // in progress
  std::atomic<std::size_t> legs{0};
};

/// What all workers of an exchange share. Drivers are fixed before the first call.
struct Shared {
  Shared(Config config_in, Services services_in)
      : config(std::move(config_in)), services(std::move(services_in)), rooms(services.media) {}

  const Config config;
  const Services services;
  std::map<std::string, Driver*, std::less<>> drivers;  // by technology, upper case
  dialplan::GlobalVariables globals;
  ConferenceRooms rooms;
  ExchangeCounters counters;
  std::atomic<std::uint64_t> next_number{1};  // of legs and of unique ids
  std::atomic<bool> stopping{false};
};

class CallHost {
 public:
  CallHost() = default;
  CallHost(const CallHost&) = delete;
  CallHost& operator=(const CallHost&) = delete;
  virtual ~CallHost() = default;

  [[nodiscard]] virtual Shared& shared() = 0;
  [[nodiscard]] virtual io::Loop& loop() = 0;
  /// The dialplan of now; never null.
  [[nodiscard]] virtual std::shared_ptr<const dialplan::Dialplan> plan() const = 0;
  [[nodiscard]] virtual std::uint64_t random() = 0;
  /// Events of the leg come to the call until `forget_leg`.
  [[nodiscard]] virtual LegId register_leg(CallId call) = 0;
  virtual void forget_leg(LegId leg) = 0;
  /// Calls Call::on_timer at `when`, instead of what was asked before; time_never: not at all.
  virtual void wake_call_at(CallId call, core::Time when) = 0;
  /// A function for any thread that calls Call::on_completion with the tag, if the call is still
  /// there.
  [[nodiscard]] virtual std::function<void()> completion(CallId call, std::uint64_t tag) = 0;
};

}  // namespace strowger::exchange
