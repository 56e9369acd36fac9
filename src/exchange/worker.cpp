#include "exchange/worker.hpp"

#include <algorithm>
#include <utility>

#include "exchange/call_info.hpp"

namespace strowger::exchange {
namespace {

// splitmix64: for RAND() and the like, nothing that must be hard to guess.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

Driver* driver_of(const Shared& shared, std::string_view leg_name) {
  const auto found = shared.drivers.find(leg_name.substr(0, leg_name.find('/')));
  return found == shared.drivers.end() ? nullptr : found->second;
}

}  // namespace

Worker::Worker(Shared& shared, io::Loop& loop, std::uint32_t index)
    : shared_(shared),
      loop_(loop),
      index_(index),
      plan_(std::make_shared<const dialplan::Dialplan>(dialplan::Dialplan::Settings{},
                                                       dialplan::Dialplan::Globals{},
                                                       std::vector<dialplan::Context>{})),
      random_state_(shared.config.random_seed + index) {}

Worker::~Worker() = default;

void Worker::deliver(LegId leg, LegEvent event) {
  if (std::holds_alternative<LegIncoming>(event)) {
    load_.fetch_add(1, std::memory_order_relaxed);
  }
  loop_.post([this, leg, moved = std::move(event)]() mutable { on_event(leg, std::move(moved)); });
}

void Worker::ladder(LegId leg, LadderLine line) {
  loop_.post([this, leg, moved = std::move(line)]() mutable {
    const auto found = legs_.find(leg.number);
    Call* call = found == legs_.end() ? nullptr : find(found->second);
    if (call != nullptr) {
      moved.when = loop_.wall();
      call->ladder().add(std::move(moved));
    }
  });
}

void Worker::set_plan(std::shared_ptr<const dialplan::Dialplan> plan) {
  loop_.post([this, moved = std::move(plan)]() mutable { plan_ = std::move(moved); });
}

void Worker::post(std::function<void(Worker&)> work) {
  loop_.post([this, moved = std::move(work)] { moved(*this); });
}

void Worker::on_event(LegId leg, LegEvent event) {
  if (auto* incoming = std::get_if<LegIncoming>(&event)) {
    on_incoming(leg, std::move(*incoming));
    return;
  }
  const auto found = legs_.find(leg.number);
  if (found == legs_.end()) {
    shared_.counters.stale_events.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const CallId id = found->second;
  if (Call* call = find(id)) {
    call->on_leg_event(leg, std::move(event));
    settle(id);
  }
}

bool Worker::may_start(const std::string& extension) const {
  if (!shared_.stopping.load(std::memory_order_relaxed) &&
      shared_.counters.calls.load(std::memory_order_relaxed) < shared_.config.max_calls) {
    return true;
  }
  const std::vector<std::string>& emergency = shared_.config.emergency_extensions;
  return std::find(emergency.begin(), emergency.end(), extension) != emergency.end();
}

void Worker::on_incoming(LegId leg, LegIncoming incoming) {
  Driver* driver = driver_of(shared_, incoming.name);
  if (driver == nullptr) {
    shared_.services.log.error("a call from no driver we know", {{"leg", incoming.name}});
  } else if (!may_start(incoming.extension)) {
    shared_.counters.calls_refused.fetch_add(1, std::memory_order_relaxed);
    driver->hangup(leg, Cause::congestion);
    driver = nullptr;
  }
  if (driver == nullptr) {
    load_.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  shared_.counters.calls_started.fetch_add(1, std::memory_order_relaxed);
  shared_.counters.calls.fetch_add(1, std::memory_order_relaxed);
  shared_.counters.legs.fetch_add(1, std::memory_order_relaxed);
  const CallId id = free_slot();
  legs_.emplace(leg.number, id);
  slots_[id.slot.slot].call = std::make_unique<Call>(*this, id, leg, *driver, std::move(incoming));
  slots_[id.slot.slot].call->start();
  settle(id);
}

CallId Worker::free_slot() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  return {index_, {slot, slots_[slot].generation}};
}

Call* Worker::find(CallId id) const {
  const std::uint32_t slot = id.slot.slot;
  return slot < slots_.size() && slots_[slot].generation == id.slot.generation
             ? slots_[slot].call.get()
             : nullptr;
}

void Worker::settle(CallId id) {
  Call* call = find(id);
  if (call == nullptr || !call->finished()) {
    return;
  }
  wake_call_at(id, core::time_never);
  call->conclude();
  if (shared_.config.finished_calls_kept > 0) {
    if (remembered_.size() == shared_.config.finished_calls_kept) {
      remembered_.pop_front();
    }
    remembered_.push_back(describe_fully(*call));
    remembered_.back().info.over = true;
  }
  Slot& slot = slots_[id.slot.slot];
  slot.call.reset();
  ++slot.generation;
  free_.push_back(id.slot.slot);
  load_.fetch_sub(1, std::memory_order_relaxed);
  shared_.counters.calls.fetch_sub(1, std::memory_order_relaxed);
  if (free_.size() == slots_.size()) {
    for (const auto& done : std::exchange(idle_waiters_, {})) {
      done();
    }
  }
}

std::uint64_t Worker::random() {
  return next_random(random_state_);
}

LegId Worker::register_leg(CallId call) {
  const LegId leg{index_, shared_.next_number.fetch_add(1, std::memory_order_relaxed)};
  legs_.emplace(leg.number, call);
  shared_.counters.legs.fetch_add(1, std::memory_order_relaxed);
  return leg;
}

void Worker::forget_leg(LegId leg) {
  legs_.erase(leg.number);
  shared_.counters.legs.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::wake_call_at(CallId id, core::Time when) {
  if (find(id) == nullptr) {
    return;
  }
  Slot& slot = slots_[id.slot.slot];
  if (slot.wakes_at == when) {
    return;
  }
  if (slot.wakes_at != core::time_never) {
    loop_.cancel(slot.timer);
  }
  slot.wakes_at = when;
  if (when == core::time_never) {
    return;
  }
  // Two words, so that std::function allocates nothing.
  slot.timer = loop_.call_at(when, [this, handle = id.slot] {
    const CallId woken{index_, handle};
    if (Call* call = find(woken)) {
      slots_[handle.slot].wakes_at = core::time_never;
      call->on_timer();
      settle(woken);
    }
  });
}

std::function<void()> Worker::completion(CallId id, std::uint64_t tag) {
  return [this, id, tag] {
    loop_.post([this, id, tag] {
      if (Call* call = find(id)) {
        call->on_completion(tag);
        settle(id);
      } else {
        shared_.counters.stale_events.fetch_add(1, std::memory_order_relaxed);
      }
    });
  };
}

std::vector<CallInfo> Worker::list() const {
  std::vector<CallInfo> calls;
  for (const Slot& slot : slots_) {
    if (slot.call) {
      calls.push_back(describe(*slot.call));
    }
  }
  return calls;
}

std::optional<CallDetail> Worker::show(std::string_view name) const {
  for (const Slot& slot : slots_) {
    if (slot.call && is_named(describe(*slot.call), name)) {
      return describe_fully(*slot.call);
    }
  }
  for (auto detail = remembered_.rbegin(); detail != remembered_.rend(); ++detail) {
    if (is_named(detail->info, name)) {
      return *detail;
    }
  }
  return std::nullopt;
}

std::size_t Worker::hang_up(std::string_view name, Cause cause) {
  std::vector<CallId> named;
  for (const Slot& slot : slots_) {
    if (slot.call && (name.empty() || is_named(describe(*slot.call), name))) {
      named.push_back(slot.call->id());
    }
  }
  for (const CallId id : named) {
    find(id)->hang_up(cause);
    settle(id);
  }
  return named.size();
}

void Worker::clear() {
  for (Slot& slot : slots_) {
    slot.call.reset();
  }
}

void Worker::when_idle(std::function<void()> done) {
  if (free_.size() == slots_.size()) {
    done();
  } else {
    idle_waiters_.push_back(std::move(done));
  }
}

}  // namespace strowger::exchange
