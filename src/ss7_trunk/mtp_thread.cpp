#include "ss7_trunk/mtp_thread.hpp"

#include <array>
#include <future>
#include <stdexcept>

namespace strowger::ss7_trunk {
namespace {

timing::TickerConfig ticker_config(const timing::TimingConfig& config) {
  timing::TickerConfig own = config.ticker;
  own.tick.period = core::milliseconds(1);
  return own;
}

}  // namespace

MtpThread::MtpThread(LinkBank& bank, const MtpThreadConfig& config)
    : ticker_(ticker_config(config.timing), timing::make_sources(config.timing, clocks_), clocks_) {
  using Begun = core::Result<timing::Choice, std::string>;
  const auto begun = std::make_shared<std::promise<Begun>>();
  auto choice = begun->get_future();
  rt::ThreadOptions options;
  options.name = "mtp";
  options.priority = config.priority;
  options.pools = bank.memory();
  const auto own = ticker_.memory();
  options.pools.insert(options.pools.end(), own.begin(), own.end());
  thread_ = std::make_unique<rt::RealTimeThread>(options, [this, &bank, begun] {
    Begun result = ticker_.begin();
    const bool works = result.has_value();
    begun->set_value(std::move(result));
    if (works) {
      ticker_.run(stop_, [&bank](std::uint64_t, core::Time at) { bank.tick(at); });
    }
  });
  const Begun result = choice.get();
  if (!result) {
    throw std::runtime_error(result.error());
  }
  reason_ = result->reason;
}

MtpThread::~MtpThread() {
  stop_.store(true, std::memory_order_release);
}

std::vector<std::string> MtpThread::take_events() {
  std::array<timing::TickEvent, 16> events;
  std::vector<std::string> sentences;
  const std::size_t count = ticker_.take_events(events);
  for (std::size_t i = 0; i < count; ++i) {
    sentences.push_back(timing::describe(events[i]));
  }
  return sentences;
}

}  // namespace strowger::ss7_trunk
