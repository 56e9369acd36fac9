#include "http/engine.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "http/engine_flow.hpp"

namespace strowger::http {
namespace {

constexpr std::array refusal_names{"unknown",   "not_now",    "full",
                                   "bad_field", "bad_length", "no_room"};

}  // namespace

const char* to_string(Refusal refusal) {
  return refusal_names[static_cast<std::size_t>(refusal)];
}

static_assert(core::InputEngine<Engine> && core::EventEngine<Engine> &&
              core::FlowTransmitEngine<Engine>);

Engine::Engine(const Settings& settings, core::Time now)
    : settings_(settings), table_(settings.max_flows, now) {
  settings_.head.head_octets = std::min(settings_.head.head_octets, longest_head);
}

Engine::~Engine() = default;

void Engine::erase(Flow& flow) {
  flow.pending.clear(stock_);
  flow.queue.clear(stock_);
  table_.erase(flow);
}

// ---- the contract's functions

std::size_t Engine::input(core::Octets octets, const FlowId& from, core::Time now,
                          ActionList& actions) {
  Flow* const flow = table_.find(from);
  if (flow == nullptr || flow->ended) {
    return octets.size();
  }
  if (!flow->pending.empty()) {
    hold(*flow, octets);
    read_pending(*flow, now, actions);
    return octets.size();
  }
  std::size_t used = 0;
  while (used < octets.size() && !flow->ended && flow->reading != Flow::Reading::nothing) {
    if (!actions.has_room(max_step)) {
      return used;
    }
    const std::size_t step = advance(*flow, octets.subspan(used), false, now, actions);
    if (step == 0) {
      return used;
    }
    used += step;
  }
  hold(*flow, octets.subspan(used));
  return octets.size();
}

/// Keeps what came before its turn; who sends more than may wait has sent its last request.
void Engine::hold(Flow& flow, core::Octets octets) {
  if (flow.ended || flow.close_after) {
    return;
  }
  if (flow.pending.size() + octets.size() > settings_.pending_octets) {
    flow.close_after = true;
    return;
  }
  flow.pending.append(octets, stock_);
}

void Engine::read_pending(Flow& flow, core::Time now, ActionList& actions) {
  while (!flow.pending.empty() && !flow.ended && flow.reading != Flow::Reading::nothing) {
    if (!actions.has_room(max_step)) {
      table_.due_later(flow, now);
      return;
    }
    const std::size_t step = advance(flow, flow.pending.view(), true, now, actions);
    if (step == 0) {
      return;
    }
    flow.pending.drop(step, stock_);
  }
}

void Engine::event(const Event& event, core::Time, ActionList& actions) {
  Flow* const flow = table_.find(std::get<FlowClosed>(event).flow);
  if (flow == nullptr) {
    return;
  }
  if (flow->answer == Flow::Answer::owed || flow->answer == Flow::Answer::begun) {
    actions.push(Abandoned{flow->id});
  }
  erase(*flow);
}

core::Result<FlowId, Refusal> Engine::command(const Command& command, core::Time now,
                                              ActionList& actions) {
  return std::visit([&](const auto& one) { return run(one, now, actions); }, command);
}

core::Octets Engine::waiting(const FlowId& to) const {
  const Flow* const flow = table_.find(to);
  return flow == nullptr ? core::Octets() : flow->queue.view();
}

void Engine::taken(const FlowId& to, std::size_t octets, core::Time now) {
  Flow* const flow = table_.find(to);
  if (flow == nullptr || octets == 0) {
    return;
  }
  flow->queue.drop(octets, stock_);
  flow->moved = now;
  if (flow->refused && flow->queue.size() <= settings_.queue_octets / 2) {
    flow->refused = false;
    flow->tell_ready = true;
    table_.due_later(*flow, now);
  }
  if (flow->ended && flow->queue.empty()) {
    flow->tell_hang_up = true;
    table_.due_later(*flow, now);
  }
}

void Engine::expire(core::Time now, ActionList& actions) {
  table_.expire(
      now, actions, max_step, [&](Flow& flow) { settle(flow, now, actions); },
      [&](Flow& flow) { on_timer(flow, now, actions); });
}

// ---- what is due

void Engine::settle(Flow& flow, core::Time now, ActionList& actions) {
  if (std::exchange(flow.tell_ready, false) && flow.answer == Flow::Answer::begun) {
    actions.push(Ready{flow.id});
  }
  if (std::exchange(flow.tell_hang_up, false) && !std::exchange(flow.gone, true)) {
    actions.push(HangUp{flow.id, false});
    return;
  }
  read_pending(flow, now, actions);
}

/// Sets the timer to the first of what must have happened by then; moves it only when asked, so
/// that it may come early, and looks again.
void Engine::arm(Flow& flow, core::Time now) {
  const core::Time when = deadline(flow);
  if (when == core::time_never) {
    table_.disarm(flow);
    return;
  }
  table_.arm(flow, std::max(when, now));
}

core::Time Engine::deadline(const Flow& flow) const {
  if (flow.ended) {
    return flow.closing_at;
  }
  core::Time when = core::time_never;
  if (!flow.queue.empty()) {
    when = flow.moved + settings_.send_timeout;
  }
  if (flow.reading == Flow::Reading::head) {
    const bool begun = flow.head_begun || flow.requests == 0;
    when = std::min(when, flow.since + (begun ? settings_.head_timeout : settings_.idle_timeout));
  } else if (flow.reading == Flow::Reading::body) {
    const auto earned =
        static_cast<std::int64_t>(flow.body.received() * 1'000'000'000U / settings_.body_rate);
    when = std::min(when, flow.since + settings_.body_grace + core::nanoseconds(earned));
  }
  return when;
}

void Engine::on_timer(Flow& flow, core::Time now, ActionList& actions) {
  if (deadline(flow) > now) {
    arm(flow, now);
    return;
  }
  if (flow.ended) {
    if (!std::exchange(flow.gone, true)) {
      actions.push(HangUp{flow.id, true});
    }
    return;
  }
  const bool stuck = !flow.queue.empty() && flow.moved + settings_.send_timeout <= now;
  const bool idle = flow.reading == Flow::Reading::head && !flow.head_begun;
  counters_.timed_out += idle ? 0U : 1U;
  if (!stuck && !idle) {
    reject(flow, Fault::bad_request_line, 408, now, actions);
    return;
  }
  if (flow.answer == Flow::Answer::owed || flow.answer == Flow::Answer::begun) {
    actions.push(Abandoned{flow.id});
  }
  flow.queue.clear(stock_);
  flow.answer = Flow::Answer::given;
  end(flow, now, actions);
}

}  // namespace strowger::http
