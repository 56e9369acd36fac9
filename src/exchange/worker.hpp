// One worker: a loop and the calls that live on it. Everything that happens to a call is posted
// here and happens in order.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "exchange/call.hpp"
#include "exchange/call_host.hpp"
#include "exchange/driver.hpp"
#include "exchange/exchange.hpp"
#include "io/loop.hpp"

namespace strowger::exchange {

class Worker final : public CallHost {
 public:
  Worker(Shared& shared, io::Loop& loop, std::uint32_t index);
  ~Worker() override;

  // ---- any thread: posts
  void deliver(LegId leg, LegEvent event);
  void ladder(LegId leg, LadderLine line);
  void set_plan(std::shared_ptr<const dialplan::Dialplan> plan);
  /// Runs `work` on the worker's thread.
  void post(std::function<void(Worker&)> work);
  /// Calls it carries; any thread, a moment old.
  [[nodiscard]] std::size_t load() const { return load_.load(std::memory_order_relaxed); }

  // ---- worker's thread
  [[nodiscard]] std::vector<CallInfo> list() const;
  [[nodiscard]] std::optional<CallDetail> show(std::string_view name) const;
  /// An empty name means every call.
  std::size_t hang_up(std::string_view name, Cause cause);
  /// Calls `done` once no call is left, perhaps at once.
  void when_idle(std::function<void()> done);
  void forget_idle_waiters() { idle_waiters_.clear(); }
  /// Drops all calls; after the loop has stopped.
  void clear();

  // ---- CallHost
  [[nodiscard]] Shared& shared() override { return shared_; }
  [[nodiscard]] io::Loop& loop() override { return loop_; }
  [[nodiscard]] std::shared_ptr<const dialplan::Dialplan> plan() const override { return plan_; }
  [[nodiscard]] std::uint64_t random() override;
  [[nodiscard]] LegId register_leg(CallId call) override;
  void forget_leg(LegId leg) override;
  void wake_call_at(CallId call, core::Time when) override;
  [[nodiscard]] std::function<void()> completion(CallId call, std::uint64_t tag) override;

 private:
  struct Slot {
    std::unique_ptr<Call> call;
    std::uint32_t generation = 1;
    io::TimerHandle timer;
    core::Time wakes_at = core::time_never;
  };

  void on_event(LegId leg, LegEvent event);
  void on_incoming(LegId leg, LegIncoming incoming);
  [[nodiscard]] bool may_start(const std::string& extension) const;
  [[nodiscard]] CallId free_slot();
  [[nodiscard]] Call* find(CallId id) const;
  /// After anything happened to the call: lets it go once it is over.
  void settle(CallId id);

  Shared& shared_;
  io::Loop& loop_;
  std::uint32_t index_;
  std::shared_ptr<const dialplan::Dialplan> plan_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::uint64_t, CallId> legs_;  // by LegId::number
  std::deque<CallDetail> remembered_;
  std::vector<std::function<void()>> idle_waiters_;
  std::atomic<std::size_t> load_{0};
  std::uint64_t random_state_;
};

}  // namespace strowger::exchange
