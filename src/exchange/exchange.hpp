// The exchange: its workers, its drivers, the dialplan of now; what drivers deliver to and what the
// console asks.
//
// Thread rule: construct, add drivers, set the first dialplan, then run the loops, each on a
// thread of its own. Everything marked "any thread" returns at once; answers come by callback from
// a worker's thread. At the end: stop the loops, `clear`, then drivers and media may go, then this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/call_host.hpp"
#include "exchange/dialplan/dialplan.hpp"
#include "exchange/driver.hpp"
#include "exchange/ladder.hpp"
#include "exchange/settings.hpp"
#include "io/loop.hpp"
#include "media/service.hpp"

namespace strowger::exchange {

class Worker;

/// One leg ("channel") as `core show channels` lists it.
struct ChannelInfo {
  std::string name;
  std::string unique_id;
  std::string peer;
  std::string state;      // Down, Ring, Dialing, Ringing, Up
  std::string direction;  // incoming, outgoing
  bool held = false;
  core::Duration age;
  std::string remote_address;
  std::string protocol_call_id;
};

struct CallInfo {
  CallId id;
  std::string unique_id;
  std::string context;
  std::string extension;
  int priority = 0;
  std::string application;
  std::string application_data;
  std::string caller_id;
  std::string account_code;
  core::Duration age;
  std::optional<core::Duration> answered_for;
  bool over = false;                  // a finished call that is still remembered
  std::vector<ChannelInfo> channels;  // the caller's first
};

struct CallDetail {
  CallInfo info;
  std::vector<std::pair<std::string, std::string>> variables;
  std::vector<LadderLine> ladder;
  std::size_t frame_octets = 0;  // of the coroutines
};

enum class StopMode : std::uint8_t {
  graceful,   // calls in progress end by themselves; new ones are refused
  immediate,  // every call is hung up
};

class Exchange final : public LegEvents {
 public:
  /// `loops` must outlive the exchange; one worker each, at least one.
  Exchange(Config config, Services services, const std::vector<io::Loop*>& loops);
  ~Exchange() override;

  /// Before the first call; the driver must outlive the exchange's last call.
  void add_driver(Driver& driver);

  /// Drops all calls that are left, without another word to anyone but media and drivers. After the
  /// loops have stopped.
  void clear();

  // ---- any thread
  /// Calls in progress finish the step they are in and take their next from this one. Sets the
  /// global variables of the file.
  void set_dialplan(const std::shared_ptr<const dialplan::Dialplan>& plan);

  LegId new_leg() override;
  void deliver(LegId leg, LegEvent event) override;
  media::EventSink& media_sink() override { return sink_; }
  void ladder(LegId leg, std::string from, std::string to, std::string text) override;
  [[nodiscard]] bool ladder_wanted() const override;

  /// All calls in progress, by start.
  void list_calls(std::function<void(std::vector<CallInfo>)> done);
  /// A call in progress or remembered, by its unique id, a channel's name or a channel's unique id.
  void show_call(std::string name, std::function<void(std::optional<CallDetail>)> done);
  /// Hangs up the call of a channel (name or unique id), or all; says how many.
  void hang_up(std::string name, Cause cause, std::function<void(std::size_t)> done);
  void hang_up_all(Cause cause, std::function<void(std::size_t)> done);
  /// Refuses new calls from now on; `done` is called once, when no call is left.
  void stop(StopMode mode, std::function<void()> done);
  /// Takes new calls again after a graceful stop that is not over yet; its `done` never comes.
  void abort_stop();

  [[nodiscard]] const ExchangeCounters& counters() const;
  [[nodiscard]] dialplan::GlobalVariables& globals();
  [[nodiscard]] std::size_t workers() const { return workers_.size(); }

 private:
  class Sink final : public media::EventSink {
   public:
    explicit Sink(Exchange& exchange) : exchange_(exchange) {}
    void on_media_event(const media::Event& event) override { exchange_.route(event); }

   private:
    Exchange& exchange_;
  };

  void route(const media::Event& event);
  void keep_ports(LegId leg, const LegEvent& event);
  Worker* worker_of(LegId leg);
  void wait_for_idle(std::size_t next, std::function<void()> done);

  std::unique_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Sink sink_;
  std::mutex ports_mutex_;  // guards ports_; held for a look-up only
  std::unordered_map<media::PortId, LegId> ports_;
};

}  // namespace strowger::exchange
