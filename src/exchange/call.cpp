#include "exchange/call.hpp"

#include <algorithm>
#include <utility>

#include "exchange/call_records.hpp"
#include "exchange/pbx.hpp"

namespace strowger::exchange {
namespace {

Leg::Facts leg_facts(const LegIncoming& incoming, std::string unique_id) {
  return {incoming.name,           std::move(unique_id), incoming.peer, incoming.protocol_call_id,
          incoming.remote_address, incoming.user_agent};
}

CallFacts call_facts(LegIncoming& incoming, const Config& config) {
  CallFacts facts;
  facts.caller_number = incoming.caller_number;
  facts.caller_name = std::move(incoming.caller_name);
  facts.ani = std::move(incoming.caller_number);
  facts.dnid = incoming.extension;
  facts.account_code = std::move(incoming.account_code);
  facts.language = std::move(incoming.language);
  facts.music_class = std::move(incoming.music_class);
  facts.start_context = incoming.context;
  facts.headers = std::move(incoming.headers);
  facts.digit_timeout = config.digit_timeout;
  facts.response_timeout = config.response_timeout;
  return facts;
}

std::string make_unique_id(CallHost& host) {
  const std::uint64_t number = host.shared().next_number.fetch_add(1, std::memory_order_relaxed);
  return std::to_string(host.loop().wall().seconds()) + "." + std::to_string(number);
}

}  // namespace

Call::Call(CallHost& host, CallId id, LegId caller, Driver& driver, LegIncoming incoming)
    : host_(host), id_(id), scope_(*this), ladder_(host.shared().config.ladder_lines) {
  legs_.push_back(std::make_unique<Leg>(caller, Leg::Direction::incoming, driver,
                                        leg_facts(incoming, make_unique_id(host)),
                                        host.loop().wall()));
  legs_.front()->on_incoming(incoming);
  for (const auto& [name, value] : incoming.variables) {
    set_variable(name, value);
  }
  here_ = {incoming.context, incoming.extension, 1};
  facts_ = call_facts(incoming, host.shared().config);
}

Call::~Call() = default;

void Call::start() {
  caller().proceed();
  run(run_dialplan(*this));
  pump();
}

void Call::run(Task<> program) {
  program_ = std::move(program);
  program_.start();
}

// Hands the coroutine what has come until it waits for more, and sees to what follows its end.
void Call::pump() {
  while (waiter_ && !yielding_ && (!mailbox_.empty() || now() >= wait_deadline_)) {
    std::exchange(waiter_, {}).resume();
  }
  if (program_.done()) {
    end_program();
  }
  arm_timer();
}

void Call::end_program() {
  program_ = {};
  waiter_ = {};
  yielding_ = false;
  wait_deadline_ = core::time_never;
  mailbox_.clear();
  if (phase_ == Phase::dialplan) {
    phase_ = Phase::hangup_extension;
    ended_at_ = here_;
    absolute_deadline_ = core::time_never;
    if (caller().live()) {
      caller().hangup(end_cause_);
    }
    if (hangup_cause_ == Cause::none) {
      hangup_cause_ = caller().cause();
    }
    for (const auto& leg : legs_) {
      leg->hangup(Cause::normal_clearing);
    }
    run(run_hangup_extension(*this));
    if (program_.done()) {
      end_program();
    }
  } else {
    phase_ = Phase::over;
  }
}

void Call::on_absolute_timeout() {
  absolute_deadline_ = core::time_never;
  program_ = {};
  waiter_ = {};
  yielding_ = false;
  wait_deadline_ = core::time_never;
  mailbox_.clear();
  run(run_absolute_timeout(*this));
}

void Call::hang_up(Cause cause) {
  if (phase_ == Phase::dialplan) {
    end_cause_ = cause;
    end_program();
  }
  arm_timer();
}

bool Call::finished() const {
  return phase_ == Phase::over &&
         std::all_of(legs_.begin(), legs_.end(), [](const auto& leg) { return leg->finished(); });
}

void Call::conclude() {
  for (std::size_t i = 1; i < legs_.size(); ++i) {
    keep_record(legs_[i].get());
  }
  if (records_.empty()) {
    keep_record(nullptr);
  }
  for (records::CallRecord& record : records_) {
    complete_record(*this, record);
    host_.shared().services.records.write(record);
  }
  records_.clear();
  for (const auto& leg : legs_) {
    host_.forget_leg(leg->id());
  }
}

Leg* Call::find_leg(LegId id) {
  const auto found =
      std::find_if(legs_.begin(), legs_.end(), [id](const auto& leg) { return leg->id() == id; });
  return found == legs_.end() ? nullptr : found->get();
}

Leg* Call::make_leg(std::string_view technology, std::string_view target) {
  const Shared& shared = host_.shared();
  if (legs_.size() > shared.config.max_legs_per_call) {
    log(base::LogLevel::warning, "this call has as many legs as a call may have");
    return nullptr;
  }
  std::string key(technology);
  std::transform(key.begin(), key.end(), key.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const auto driver = shared.drivers.find(key);
  if (driver == shared.drivers.end()) {
    return nullptr;
  }
  Leg::Facts facts;
  facts.name = key + "/" + std::string(target);
  facts.unique_id = make_unique_id(host_);
  facts.peer = target;
  legs_.push_back(std::make_unique<Leg>(host_.register_leg(id_), Leg::Direction::outgoing,
                                        *driver->second, std::move(facts), host_.loop().wall()));
  host_.shared().counters.legs_placed.fetch_add(1, std::memory_order_relaxed);
  return legs_.back().get();
}

void Call::reap_legs() {
  for (std::size_t i = 1; i < legs_.size();) {
    if (legs_[i]->finished()) {
      keep_record(legs_[i].get());
      host_.forget_leg(legs_[i]->id());
      legs_.erase(legs_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

// Records wait for the call's end, when the caller's quality is known and CDR() has been set for
// the last time; a call that dials without end tells the oldest before.
void Call::keep_record(const Leg* callee) {
  constexpr std::size_t most_kept = 16;
  if (records_.size() == most_kept) {
    complete_record(*this, records_.front());
    host_.shared().services.records.write(records_.front());
    records_.erase(records_.begin());
  }
  records_.push_back(begin_record(*this, callee, record_sequence_++));
}

void Call::answer() {
  if (caller().live() && !caller().up()) {
    caller().answer(host_.loop().wall());
    host_.shared().counters.calls_answered.fetch_add(1, std::memory_order_relaxed);
  }
}

void Call::indicate_ringing() {
  if (!caller().up()) {
    caller().ring();
  } else if (caller().port().valid()) {
    (void)media().play(caller().port(), {media::Tone{"ring"}}, next_tag(), true);
  }
}

std::function<void()> Call::completion(media::Tag tag) {
  return host_.completion(id_, tag);
}

std::string Call::variable(std::string_view name) {
  return dialplan::find_variable(name, scope_).value_or(std::string());
}

void Call::set_absolute_timeout(core::Duration after) {
  absolute_deadline_ = after.ns > 0 ? now() + after : core::time_never;
}

void Call::set_current(std::string_view application, std::string_view data) {
  if (phase_ == Phase::dialplan) {
    application_ = application;
    application_data_ = data;
  }
}

void Call::note(std::string_view from, std::string_view to, std::string_view text) {
  ladder_.add({host_.loop().wall(), std::string(from), std::string(to), std::string(text)});
}

void Call::log(base::LogLevel level, std::string_view text) {
  const base::Logger& logger = host_.shared().services.log;
  if (logger.enabled(level)) {
    const std::string place =
        here_.extension + "@" + here_.context + ":" + std::to_string(here_.priority);
    logger.write(level, "dialplan",
                 {{"call", caller().facts().unique_id}, {"at", place}, {"text", text}});
  }
}

bool Call::Wait::await_ready() const {
  return !call.mailbox_.empty();
}

void Call::Wait::await_suspend(std::coroutine_handle<> waiter) const {
  call.waiter_ = waiter;
  call.wait_deadline_ = deadline;
}

CallEvent Call::Wait::await_resume() const {
  call.wait_deadline_ = core::time_never;
  return call.mailbox_.pop().value_or(CallEvent{});
}

void Call::Yield::await_suspend(std::coroutine_handle<> waiter) const {
  call.waiter_ = waiter;
  call.yielding_ = true;
}

}  // namespace strowger::exchange
