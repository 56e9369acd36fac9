#include "timing/timing_service.hpp"

#include <future>
#include <optional>
#include <stdexcept>
#include <utility>

namespace strowger::timing {

struct TimingService::Impl {
  Impl(const ServiceConfig& config, std::vector<std::unique_ptr<TickSource>> sources, Clocks& used,
       const rt::SystemCalls& calls)
      : clocks(used),
        ticker(config.ticker, std::move(sources), used),
        table(config.most_work, config.ticker.tick.period, used.now()) {
    rt::ThreadOptions options = config.thread;
    for (const auto part : ticker.memory()) {
      options.pools.push_back(part);
    }
    for (const auto part : table.memory()) {
      options.pools.push_back(part);
    }
    thread.emplace(
        options,
        [this] {
          auto chosen = ticker.begin();
          const bool works = chosen.has_value();
          begun.set_value(std::move(chosen));
          if (works) {
            ticker.run(stop, [this](std::uint64_t, core::Time at) { table.tick(at); });
          }
        },
        calls);
    auto chosen = begun_future.get();
    if (!chosen) {
      throw std::runtime_error(chosen.error());
    }
    choice = std::move(*chosen);
  }
  ~Impl() { stop.store(true, std::memory_order_release); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Clocks& clocks;
  Ticker ticker;
  WorkTable table;
  Choice choice;
  std::promise<core::Result<Choice, std::string>> begun;
  std::future<core::Result<Choice, std::string>> begun_future = begun.get_future();
  std::atomic<bool> stop{false};
  std::optional<rt::RealTimeThread> thread;  // the last member: ends before what it uses
};

TimingService::TimingService(const ServiceConfig& config,
                             std::vector<std::unique_ptr<TickSource>> sources, Clocks& clocks,
                             const rt::SystemCalls& calls)
    : impl_(std::make_unique<Impl>(config, std::move(sources), clocks, calls)) {}

TimingService::~TimingService() = default;

core::Result<WorkId, WorkError> TimingService::after(core::Duration delay, Work work,
                                                     WorkQueue* on) {
  return impl_->table.add(impl_->clocks.now() + delay, {}, std::move(work), on);
}

core::Result<WorkId, WorkError> TimingService::every(core::Duration period, Work work,
                                                     WorkQueue* on) {
  if (period.ns <= 0) {
    return core::fail(WorkError::no_period);
  }
  return impl_->table.add(impl_->clocks.now() + period, period, std::move(work), on);
}

void TimingService::cancel(WorkId id) {
  impl_->table.cancel(id);
}

WorkCounters TimingService::counters() const {
  return impl_->table.counters();
}

const rt::Privileges& TimingService::privileges() const {
  return impl_->thread->privileges();
}

const Choice& TimingService::choice() const {
  return impl_->choice;
}

Ticker& TimingService::ticker() {
  return impl_->ticker;
}

}  // namespace strowger::timing
