#include "ss7_trunk/trunk_service.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <poll.h>
#include <pthread.h>

#include "ss7_trunk/words.hpp"

namespace strowger::ss7_trunk {
namespace {

/// What empty timeslots carry: Q.522's idle of A-law; of mu-law on T1 and J1.
core::Octet idle_of(const tdm::SpanConfig& span) {
  return span.law == media::Codec::pcma ? 0x54 : 0x7F;
}

/// Time for some SIOS to leave.
constexpr auto last_words = std::chrono::milliseconds(50);

core::Time steady_now() {
  return {std::chrono::steady_clock::now().time_since_epoch().count()};
}

}  // namespace

class TrunkService::Announcer final : public LinkUser {
 public:
  Announcer(const Ss7Config& config, const base::Logger& log, LinkUser& user)
      : config_(config), log_(log), user_(user) {}

  void on_message(LinkNumber link, core::Octets message) override {
    user_.on_message(link, message);
  }
  void on_indication(LinkNumber link, const LinkIndication& indication) override {
    const LinkConfig& named = config_.links[link.value()];
    using Kind = ss7::mtp2::Action::Kind;
    if (indication.kind == Kind::out_of_service) {
      log_.warning("signalling link out of service",
                   {{"link", named.name}, {"reason", words_for(indication.reason)}});
    } else if (indication.kind != Kind::bsnt && indication.kind != Kind::retrieval_complete) {
      log_.info("signalling link", {{"link", named.name}, {"is", words_for(indication.kind)}});
    }
    user_.on_indication(link, indication);
  }
  void on_retrieved(LinkNumber link, core::Octets message) override {
    user_.on_retrieved(link, message);
  }

 private:
  const Ss7Config& config_;
  base::Logger log_;
  LinkUser& user_;
};

class TrunkService::Alarms final : public tdm::LineMover::AlarmListener {
 public:
  Alarms(const TrunkServiceConfig& config, std::size_t span) : config_(config), span_(span) {}
  bool on_alarms(tdm::Alarms alarms) override {
    return !config_.on_alarms || config_.on_alarms(span_, alarms);
  }

 private:
  const TrunkServiceConfig& config_;
  std::size_t span_;
};

TrunkService::TrunkService(TrunkServiceConfig config)
    : config_(std::move(config)), test_(config_.ss7.links.size()) {
  set_up();
  announcer_ = std::make_unique<Announcer>(config_.ss7, config_.log, test_);
  desk_ = std::make_unique<LinkDesk>(bank_, *announcer_, config_.desk);
  test_.attach(*desk_);
  capture_ = std::make_unique<CaptureWriter>(bank_, *desk_);
  for (std::size_t i = 0; i < config_.ss7.links.size(); ++i) {
    if (config_.ss7.links[i].align_at_start) {
      desk_->up(link_at(i), config_.ss7.links[i].emergency);
    }
  }
  thread_ = std::make_unique<MtpThread>(bank_, config_.thread);
  desk_thread_ = std::thread([this] { run(); });
  pthread_setname_np(desk_thread_.native_handle(), "ss7");
}

/// The far ends are told (SIOS), not left to find out by their error rates.
TrunkService::~TrunkService() {
  capture_.reset();
  for (std::size_t i = 0; i < bank_.links(); ++i) {
    desk_->down(link_at(i));
  }
  std::this_thread::sleep_for(last_words);
  stop_.store(true, std::memory_order_release);
  bank_.wakeup().notify();
  if (desk_thread_.joinable()) {
    desk_thread_.join();
  }
  thread_.reset();
}

void TrunkService::set_up() {
  for (std::size_t i = 0; i < config_.lines.size(); ++i) {
    alarms_.push_back(std::make_unique<Alarms>(config_, i));
    bank_.add_line(*config_.lines[i].line, idle_of(config_.tdm.spans[i]), alarms_.back().get());
  }
  for (const LinkConfig& link : config_.ss7.links) {
    bool placed = false;
    for (std::size_t i = 0; i < config_.lines.size(); ++i) {
      const tdm::SpanConfig& span = config_.tdm.spans[i];
      for (std::size_t k = 0; k < span.channels.size() && span.name == link.span; ++k) {
        placed = placed || (span.channels[k].timeslot == link.timeslot &&
                            place(link, config_.lines[i], i, k));
      }
    }
    if (!placed) {
      throw std::runtime_error("link " + link.name + " finds no timeslot " +
                               std::to_string(link.timeslot) + " in span " + link.span);
    }
  }
}

bool TrunkService::place(const LinkConfig& link, tdm::SpanLine& line, std::size_t span,
                         std::size_t channel) {
  if (channel < line.frames.size() && line.frames[channel] != nullptr) {
    bank_.add_link(*line.frames[channel], link.mtp2);
    return true;
  }
  return bank_.add_link(span, line.timeslots[channel], link.mtp2);
}

std::optional<LinkNumber> TrunkService::find_link(std::string_view name) const {
  const auto& all = config_.ss7.links;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const LinkConfig& link) { return link.name == name; });
  return found == all.end() ? std::nullopt
                            : std::optional(link_at(static_cast<std::size_t>(found - all.begin())));
}

void TrunkService::run() {
  while (!stop_.load(std::memory_order_acquire)) {
    const core::Time now = steady_now();
    desk_->turn(now);
    test_.turn(now);
    for (const std::string& sentence : thread_->take_events()) {
      config_.log.warning("mtp thread: " + sentence);
    }
    pause();
  }
}

/// Until something comes up; a test sends every few milliseconds, and links to be aligned anew are
/// looked after every 50.
void TrunkService::pause() {
  const int longest_ms = test_.busy() ? 5 : 50;
  bank_.wakeup().sleep_unless(
      [this] { return !desk_->idle() || stop_.load(std::memory_order_acquire); },
      [this, longest_ms] {
        pollfd ready{bank_.wakeup().descriptor(), POLLIN, 0};
        if (::poll(&ready, 1, longest_ms) > 0) {
          bank_.wakeup().drain();
        }
      });
}

}  // namespace strowger::ss7_trunk
