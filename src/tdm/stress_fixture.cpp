#include "tdm/stress_fixture.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <thread>

#include "tdm/engine_fixture.hpp"

namespace strowger::tdm {
namespace {

/// xorshift64*: each thread its own, from the seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 1) {}
  std::uint64_t below(std::uint64_t bound) {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return (state_ * 0x2545F4914F6CDD1DU >> 16U) % bound;
  }

 private:
  std::uint64_t state_;
};

/// Every request with what was promised for it and what came. The answer may come first.
class Account {
 public:
  void asked(RequestId request, EventKind promised) {
    const std::lock_guard lock(lock_);
    requests_[request.value()].promised = promised;
  }
  void heard(const Event& event) {
    const std::lock_guard lock(lock_);
    if (event.request.value() != 0) {
      Request& request = requests_[event.request.value()];
      ++request.answers;
      request.answer = event.kind;
    }
    if (event.call.value() == 0 || event.kind == EventKind::refused) {
      return;
    }
    Call& call = calls_[event.call.value()];
    findings_.after_released += call.released > 0 ? 1U : 0U;
    call.born = call.born || event.kind == EventKind::dialing || event.kind == EventKind::start;
    call.released += event.kind == EventKind::released ? 1U : 0U;
  }
  [[nodiscard]] StressFindings judge() {
    const std::lock_guard lock(lock_);
    StressFindings found = findings_;
    for (const auto& [id, request] : requests_) {
      const bool refused = request.answer == EventKind::refused;
      found.unanswered += request.answers == 0 ? 1U : 0U;
      found.answered_twice += request.answers > 1 ? 1U : 0U;
      found.wrong_answer +=
          request.answers > 0 && !refused && request.answer != request.promised ? 1U : 0U;
      found.refused += refused ? 1U : 0U;
      found.answered += request.answers == 1 && !refused ? 1U : 0U;
    }
    for (const auto& [id, call] : calls_) {
      // Of a call whose number never became complete, digits alone were told.
      found.released_wrongly += call.released != (call.born ? 1U : 0U) ? 1U : 0U;
      found.calls += call.born ? 1U : 0U;
    }
    return found;
  }

 private:
  struct Request {
    EventKind promised = EventKind::none;
    EventKind answer = EventKind::none;
    unsigned answers = 0;
  };
  struct Call {
    bool born = false;
    unsigned released = 0;
  };
  std::mutex lock_;
  std::unordered_map<std::uint64_t, Request> requests_;
  std::unordered_map<std::uint64_t, Call> calls_;
  StressFindings findings_;
};

class Stress final : public EventListener {
 public:
  Stress(TdmConfig config, const StressOptions& options)
      : options_(options), event_dice_(options.seed), trunks_(std::move(config), *this) {}

  StressFindings run();
  void on_event(const Event& event) override;

 private:
  void user(unsigned number);
  void place(Dice& dice);
  void something(Dice& dice, CallId call);
  void channel_work(Dice& dice);
  void note(const Result<RequestId>& asked, EventKind promised) {
    if (asked) {
      account_.asked(*asked, promised);
    } else if (asked.error() == TdmError::queue_full) {
      std::this_thread::yield();
    }
  }
  [[nodiscard]] CallId any_call(Dice& dice);
  void hang_up_all();
  [[nodiscard]] std::uint32_t calls_left();

  StressOptions options_;
  Account account_;
  std::atomic<std::uint64_t> placed_{0};  // that got a channel
  std::mutex lock_;                       // of the user: taken in events and around what it knows
  std::vector<CallId> live_;
  Dice event_dice_;
  Trunks trunks_;
};

void Stress::on_event(const Event& event) {
  account_.heard(event);
  CallId other;
  std::uint64_t choice = 0;
  {
    const std::lock_guard lock(lock_);
    placed_ += event.kind == EventKind::dialing ? 1U : 0U;
    if (event.kind == EventKind::dialing || event.kind == EventKind::start) {
      live_.push_back(event.call);
    } else if (event.kind == EventKind::released) {
      live_.erase(std::remove(live_.begin(), live_.end(), event.call), live_.end());
    }
    choice = event_dice_.below(8);
    other = any_call(event_dice_);
    if (choice < 4) {  // with the user's lock held, as programs do
      if (event.kind == EventKind::start) {
        note(trunks_.answer(event.call), EventKind::indication_completed);
      } else if (event.kind == EventKind::stop || event.kind == EventKind::up) {
        note(trunks_.hang_up(event.call), EventKind::released);
      }
    }
  }
  if (choice == 7 && event.request.value() != 0) {
    note(trunks_.hang_up(other), EventKind::released);
  }
}

CallId Stress::any_call(Dice& dice) {
  return live_.empty() ? make_call_id(SpanId(1), 0, 1) : live_[dice.below(live_.size())];
}

void Stress::place(Dice& dice) {
  const auto order = static_cast<HuntOrder>(dice.below(4));
  const SpanId span(static_cast<std::uint16_t>(1 + dice.below(trunks_.span_count())));
  const ChannelNumber channel(static_cast<std::uint16_t>(dice.below(40)));
  const std::array<Hunt, 3> hunts{Hunt::on_span(span, order), Hunt::on_group(0, order),
                                  Hunt::on_channel({span, channel})};
  note(trunks_.place(hunts[dice.below(hunts.size())], caller("100", "200")), EventKind::dialing);
}

void Stress::something(Dice& dice, CallId call) {
  const auto completed = EventKind::indication_completed;
  switch (dice.below(8)) {
    case 0:
      return note(trunks_.answer(call), completed);
    case 1:
      return note(trunks_.hold(call), completed);
    case 2:
      return note(trunks_.unhold(call), completed);
    case 3:
      return note(trunks_.transfer(call, "300"), EventKind::transfer_completed);
    case 4:
    case 5:
      return note(trunks_.indicate(call, static_cast<Indication>(1 + dice.below(5))), completed);
    default:
      return note(trunks_.hang_up(call), EventKind::released);
  }
}

void Stress::channel_work(Dice& dice) {
  const ChannelRef channel{SpanId(static_cast<std::uint16_t>(1 + dice.below(trunks_.span_count()))),
                           ChannelNumber(static_cast<std::uint16_t>(1 + dice.below(8)))};
  switch (dice.below(4)) {
    case 0:
      return note(trunks_.reset(channel), EventKind::restart);
    case 1:
      return note(trunks_.set_blocked(channel, dice.below(2) == 0),
                  EventKind::signalling_status_changed);
    case 2:
      (void)trunks_.span(channel.span)->history(channel.channel);
      return;
    default:
      (void)trunks_.span(channel.span)->status(channel.channel);
      return;
  }
}

void Stress::user(unsigned number) {
  Dice dice(options_.seed * 100 + number);
  while (placed_.load(std::memory_order_relaxed) < options_.calls) {
    CallId call;
    {
      const std::lock_guard lock(lock_);
      call = any_call(dice);
    }
    const std::uint64_t choice = dice.below(16);
    if (choice < 5) {
      place(dice);
    } else if (choice == 5) {
      channel_work(dice);
    } else {
      something(dice, call);
    }
  }
}

std::uint32_t Stress::calls_left() {
  std::uint32_t left = 0;
  for (std::uint16_t i = 1; i <= trunks_.span_count(); ++i) {
    left += trunks_.span(SpanId(i))->counters().calls;
  }
  return left;
}

/// Until the spans have none, or have stopped giving them back.
void Stress::hang_up_all() {
  for (int round = 0; round < 10'000 && calls_left() > 0; ++round) {
    std::vector<CallId> live;
    {
      const std::lock_guard lock(lock_);
      live = live_;
    }
    for (const CallId call : live) {
      note(trunks_.hang_up(call), EventKind::released);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

StressFindings Stress::run() {
  (void)trunks_.start_all();
  std::vector<std::thread> users;
  for (unsigned i = 0; i < options_.threads; ++i) {
    users.emplace_back([this, i] { user(i); });
  }
  for (std::thread& thread : users) {
    thread.join();
  }
  hang_up_all();
  const std::uint32_t left = calls_left();
  trunks_.stop_all();
  StressFindings found = account_.judge();
  found.leaked = left + calls_left();
  return found;
}

}  // namespace

std::string StressFindings::text() const {
  return std::to_string(calls) + " calls, " + std::to_string(answered) + " requests answered, " +
         std::to_string(refused) + " refused; unanswered " + std::to_string(unanswered) +
         ", twice " + std::to_string(answered_twice) + ", wrongly " + std::to_string(wrong_answer) +
         ", released wrongly " + std::to_string(released_wrongly) + ", events after released " +
         std::to_string(after_released) + ", leaked " + std::to_string(leaked);
}

StressFindings run_stress(TdmConfig config, const StressOptions& options) {
  return Stress(std::move(config), options).run();
}

}  // namespace strowger::tdm
