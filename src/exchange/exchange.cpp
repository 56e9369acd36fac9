#include "exchange/exchange.hpp"

#include <algorithm>
#include <utility>

#include "exchange/worker.hpp"

namespace strowger::exchange {
namespace {

// Gathers one answer from each worker and hands on the whole when the last has come. The workers
// come one after the other, so nothing is shared between threads at a time.
template <class Answer>
struct Round {
  std::vector<Worker*> workers;
  std::function<void(Worker&, Answer&)> ask;
  std::function<void(Answer)> done;
  Answer answer{};
};

template <class Answer>
void go_round(std::shared_ptr<Round<Answer>> round, std::size_t next) {
  if (next == round->workers.size()) {
    if (round->done) {
      round->done(std::move(round->answer));
    }
    return;
  }
  Worker* worker = round->workers[next];
  worker->post([moved = std::move(round), next](Worker& at) mutable {
    moved->ask(at, moved->answer);
    go_round(std::move(moved), next + 1);
  });
}

template <class Answer>
void ask_all(const std::vector<std::unique_ptr<Worker>>& workers,
             std::function<void(Worker&, Answer&)> ask, std::function<void(Answer)> done) {
  auto round = std::make_shared<Round<Answer>>();
  for (const auto& worker : workers) {
    round->workers.push_back(worker.get());
  }
  round->ask = std::move(ask);
  round->done = std::move(done);
  go_round(std::move(round), 0);
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return upper;
}

}  // namespace

Exchange::Exchange(Config config, Services services, const std::vector<io::Loop*>& loops)
    : shared_(std::make_unique<Shared>(std::move(config), std::move(services))), sink_(*this) {
  for (io::Loop* loop : loops) {
    workers_.push_back(
        std::make_unique<Worker>(*shared_, *loop, static_cast<std::uint32_t>(workers_.size())));
  }
}

Exchange::~Exchange() = default;

void Exchange::add_driver(Driver& driver) {
  shared_->drivers.emplace(upper_case(driver.technology()), &driver);
}

void Exchange::clear() {
  for (const auto& worker : workers_) {
    worker->clear();
  }
}

void Exchange::set_dialplan(const std::shared_ptr<const dialplan::Dialplan>& plan) {
  shared_->globals.load(plan->globals(), plan->settings().clear_global_variables);
  for (const auto& worker : workers_) {
    worker->set_plan(plan);
  }
}

LegId Exchange::new_leg() {
  const auto least = std::min_element(
      workers_.begin(), workers_.end(),
      [](const auto& left, const auto& right) { return left->load() < right->load(); });
  return {static_cast<std::uint32_t>(least - workers_.begin()),
          shared_->next_number.fetch_add(1, std::memory_order_relaxed)};
}

Worker* Exchange::worker_of(LegId leg) {
  return leg.worker < workers_.size() ? workers_[leg.worker].get() : nullptr;
}

void Exchange::deliver(LegId leg, LegEvent event) {
  keep_ports(leg, event);
  if (Worker* worker = worker_of(leg)) {
    worker->deliver(leg, std::move(event));
  }
}

// Which leg a port belongs to is known from the event that names it until the port's last event.
void Exchange::keep_ports(LegId leg, const LegEvent& event) {
  media::PortId named;
  media::PortId closed;
  if (const auto* incoming = std::get_if<LegIncoming>(&event)) {
    named = incoming->media;
  } else if (const auto* created = std::get_if<LegCreated>(&event)) {
    named = created->media;
  } else if (const auto* of_media = std::get_if<LegMedia>(&event)) {
    if (const auto* last = std::get_if<media::PortClosed>(&of_media->event)) {
      closed = last->port;
    }
  }
  if (named.valid() || closed.valid()) {
    const std::lock_guard lock(ports_mutex_);
    if (named.valid()) {
      ports_[named] = leg;
    }
    ports_.erase(closed);
  }
}

void Exchange::route(const media::Event& event) {
  const media::PortId port = std::visit([](const auto& any) { return any.port; }, event);
  LegId leg;
  {
    const std::lock_guard lock(ports_mutex_);
    const auto found = ports_.find(port);
    if (found == ports_.end()) {
      return;
    }
    leg = found->second;
    if (std::holds_alternative<media::PortClosed>(event)) {
      ports_.erase(found);
    }
  }
  if (Worker* worker = worker_of(leg)) {
    worker->deliver(leg, LegMedia{event});
  }
}

void Exchange::ladder(LegId leg, std::string from, std::string to, std::string text) {
  Worker* worker = worker_of(leg);
  if (worker != nullptr && ladder_wanted()) {
    worker->ladder(leg, {{}, std::move(from), std::move(to), std::move(text)});
  }
}

bool Exchange::ladder_wanted() const {
  return shared_->config.ladder_lines > 0;
}

void Exchange::list_calls(std::function<void(std::vector<CallInfo>)> done) {
  ask_all<std::vector<CallInfo>>(
      workers_,
      [](Worker& worker, std::vector<CallInfo>& calls) {
        std::vector<CallInfo> own = worker.list();
        std::move(own.begin(), own.end(), std::back_inserter(calls));
      },
      [done = std::move(done)](std::vector<CallInfo> calls) {
        std::stable_sort(
            calls.begin(), calls.end(),
            [](const CallInfo& left, const CallInfo& right) { return left.age > right.age; });
        done(std::move(calls));
      });
}

void Exchange::show_call(std::string name, std::function<void(std::optional<CallDetail>)> done) {
  ask_all<std::optional<CallDetail>>(
      workers_,
      [name = std::move(name)](Worker& worker, std::optional<CallDetail>& detail) {
        if (!detail) {
          detail = worker.show(name);
        }
      },
      std::move(done));
}

void Exchange::hang_up(std::string name, Cause cause, std::function<void(std::size_t)> done) {
  ask_all<std::size_t>(
      workers_,
      [name = std::move(name), cause](Worker& worker, std::size_t& count) {
        count += name.empty() ? 0 : worker.hang_up(name, cause);
      },
      std::move(done));
}

void Exchange::hang_up_all(Cause cause, std::function<void(std::size_t)> done) {
  ask_all<std::size_t>(
      workers_, [cause](Worker& worker, std::size_t& count) { count += worker.hang_up({}, cause); },
      std::move(done));
}

void Exchange::stop(StopMode mode, std::function<void()> done) {
  shared_->stopping.store(true, std::memory_order_relaxed);
  if (mode == StopMode::immediate) {
    hang_up_all(Cause::normal_unspecified, {});
  }
  // Each worker that has become idle passes the question on; the last one answers. No worker gets
  // new calls meanwhile but emergency calls, which are waited for where they come in time.
  wait_for_idle(0, std::move(done));
}

void Exchange::wait_for_idle(std::size_t next, std::function<void()> done) {
  if (next == workers_.size()) {
    done();
    return;
  }
  workers_[next]->post([this, next, moved = std::move(done)](Worker& worker) mutable {
    worker.when_idle([this, next, moved = std::move(moved)] { wait_for_idle(next + 1, moved); });
  });
}

void Exchange::abort_stop() {
  shared_->stopping.store(false, std::memory_order_relaxed);
  for (const auto& worker : workers_) {
    worker->post([](Worker& at) { at.forget_idle_waiters(); });
  }
}

const ExchangeCounters& Exchange::counters() const {
  return shared_->counters;
}

dialplan::GlobalVariables& Exchange::globals() {
  return shared_->globals;
}

}  // namespace strowger::exchange
