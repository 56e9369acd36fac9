#include "phone.hpp"

#include <utility>

namespace strowger::simulation {
namespace {

std::shared_ptr<const sip::Settings> settings_of(const core::Address& address) {
  auto settings = std::make_shared<sip::Settings>();
  settings->listeners.push_back({sip::Transport::udp, address, address, "", {}});
  settings->allow_guest = true;
  return settings;
}

}  // namespace

Phone::Phone(io::SimulatedLoop& loop, core::Address address, core::Address exchange,
             std::uint64_t seed, const Habits& habits)
    : loop_(loop), address_(address), exchange_(exchange), habits_(habits), random_(seed) {
  sip::EngineLimits limits;
  limits.transactions = 2'000;
  limits.calls = 100;
  engine_ = std::make_unique<sip::Engine>(settings_of(address), limits, random_);
  driver_ = std::make_unique<Driver>(*engine_, *this);
  socket_ = std::move(*loop_.open_udp(address, *this, {}));
}

Phone::~Phone() {
  loop_.cancel(timer_);
}

Phone::Line Phone::make_line() {
  Line line;
  line.session =
      std::make_unique<sip::OfferAnswer>(sip::OfferAnswerSettings{}, random_.u64() >> 2U);
  return line;
}

void Phone::dial(const std::string& number) {
  Line line = make_line();
  const auto offer = line.session->make_offer({address_.with_port(40'000)});
  const std::string uri = "sip:" + number + "@" + std::string(exchange_.text().view());
  const auto placed =
      driver_->command(sip::Command(sip::Place{"", uri, "phone", "", *offer, {}}), loop_.now());
  if (placed) {
    ++begun_;
    calls_.emplace(*placed, std::move(line));
    later(habits_.rings_for + habits_.talks_for, [this, call = *placed] {
      command(sip::Hangup{call, 603, 16});
    });
  }
}

void Phone::hang_up_all() {
  std::vector<sip::CallHandle> all;
  for (const auto& [call, line] : calls_) {
    all.push_back(call);
  }
  for (const auto call : all) {
    command(sip::Hangup{call, 603, 16});
  }
}

void Phone::command(const sip::Command& command) {
  (void)driver_->command(command, loop_.now());  // refused where the call has ended meanwhile
}

void Phone::on_datagrams(std::span<const io::Datagram> datagrams, core::Time now) {
  for (const auto& datagram : datagrams) {
    if (powered_) {
      driver_->input(datagram.octets, sip::Flow{sip::Transport::udp, 0, 0, datagram.peer}, now);
    }
  }
}

void Phone::deliver(const sip::Action& action, core::Time) {
  std::visit([this](const auto& each) { on(each); }, action);
}

void Phone::wake_at(std::optional<core::Time> when) {
  loop_.cancel(timer_);
  if (when) {
    timer_ = loop_.call_at(*when, [this] { driver_->expire(loop_.now()); });
  }
}

void Phone::on(const sip::Send& send) {
  if (powered_) {
    socket_->send(send.flow.remote, send.octets);
  }
}

/// The only host it knows is the exchange.
void Phone::on(const sip::Resolve& resolve) {
  loop_.post([this, tag = resolve.tag] {
    const sip::Flow target{sip::Transport::udp, 0, 0, exchange_};
    driver_->event(sip::Resolved{tag, {&target, 1}}, loop_.now());
  });
}

void Phone::on(const sip::CallIncoming& incoming) {
  ++begun_;
  Line line = make_line();
  const bool fits = line.session->take_offer(incoming.sdp).has_value();
  const auto sdp = line.session->make_answer({address_.with_port(40'000)});
  calls_.emplace(incoming.call, std::move(line));
  const bool answers = fits && sdp && chance(habits_.answers);
  const bool refuses = !fits || (!answers && chance(habits_.refuses / (1 - habits_.answers)));
  later(core::milliseconds(200), [this, call = incoming.call] {
    command(sip::Progress{call, 180, ""});
  });
  if (answers) {
    later(habits_.rings_for, [this, call = incoming.call, answer = *sdp] {
      if (const auto line_at = calls_.find(call); line_at != calls_.end()) {
        command(sip::Answer{call, answer});
        talk(call);
      }
    });
  } else if (refuses) {
    later(habits_.rings_for, [this, call = incoming.call] { command(sip::Hangup{call, 486, 17}); });
  }
}

void Phone::on(const sip::CallAnswered& answered) {
  const auto found = calls_.find(answered.call);
  if (found != calls_.end()) {
    (void)found->second.session->take_answer(answered.sdp);
    talk(answered.call);
  }
}

void Phone::talk(sip::CallHandle call) {
  ++answered_;
  calls_[call].up = true;
  if (chance(habits_.holds)) {
    later(habits_.talks_for / 2, [this, call] { hold(call, true); });
    later(habits_.talks_for, [this, call] { hold(call, false); });
  }
  later(habits_.talks_for, [this, call] { command(sip::Hangup{call, 603, 16}); });
}

void Phone::hold(sip::CallHandle call, bool on) {
  const auto found = calls_.find(call);
  if (found == calls_.end() || !found->second.up) {
    return;
  }
  const auto direction = on ? sip::MediaDirection::sendonly : sip::MediaDirection::sendrecv;
  if (const auto offer =
          found->second.session->make_offer({address_.with_port(40'000), direction})) {
    command(sip::Offer{call, *offer});
  }
}

void Phone::on(const sip::CallEnded& ended) {
  ++ended_;
  calls_.erase(ended.call);
}

void Phone::on(const sip::OfferReceived& offer) {
  const auto found = calls_.find(offer.call);
  std::string answer;
  if (found != calls_.end() && found->second.session->take_offer(offer.sdp)) {
    answer = found->second.session->make_answer({address_.with_port(40'000)}).value_or("");
  }
  loop_.post([this, call = offer.call, answer] {
    command(sip::AnswerOffer{call, static_cast<std::uint16_t>(answer.empty() ? 488 : 200), answer});
  });
}

void Phone::on(const sip::OfferAnswered& answer) {
  const auto found = calls_.find(answer.call);
  if (found == calls_.end()) {
    return;
  }
  if (answer.status >= 300 || !found->second.session->take_answer(answer.sdp)) {
    found->second.session->drop_offer();
  }
}

void Phone::later(core::Duration longest, std::function<void()> work) {
  const auto wait = static_cast<std::int64_t>(random_.fraction() * static_cast<double>(longest.ns));
  loop_.call_at(loop_.now() + core::Duration{wait}, std::move(work));
}

}  // namespace strowger::simulation
