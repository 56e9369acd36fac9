#include "exchange/drivers/sip/sip_driver.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "exchange/drivers/sip/local_address.hpp"
#include "exchange/drivers/sip/sip_cause.hpp"
#include "exchange/drivers/sip/sip_resolver.hpp"

namespace strowger::exchange::drivers {

SipDriver::SipDriver(const Parts& parts)
    : loop_(parts.loop),
      leg_events_(parts.legs),
      media_(parts.media),
      random_(parts.random),
      log_(parts.log),
      store_(parts.registrations),
      trace_(parts.trace_sink),
      engine_(parts.random),
      action_room_(sip::Engine::max_step.records),
      arena_(sip::Engine::max_step.octets) {}

SipDriver::~SipDriver() {
  loop_.cancel(timer_);
}

// ---- driving the engine

void SipDriver::drive(const std::function<void(core::Time, EngineActions&)>& call) {
  if (driving_) {
    later([this, call] { drive(call); });
    return;
  }
  driving_ = true;
  EngineActions actions(action_room_, arena_);
  call(loop_.now(), actions);
  deliver(actions);
  driving_ = false;
  while (!later_.empty()) {
    const auto work = std::move(later_);
    later_.clear();
    for (const auto& each : work) {
      each();
    }
  }
  arm();
}

void SipDriver::deliver(const EngineActions& actions) {
  for (const auto& action : actions.all()) {
    std::visit([this](const auto& each) { on(each); }, action);
  }
}

void SipDriver::later(std::function<void()> work) {
  later_.push_back(std::move(work));
}

void SipDriver::arm() {
  const auto deadline = engine_.next_deadline();
  if (!deadline || *deadline >= armed_) {
    return;
  }
  loop_.cancel(timer_);
  armed_ = *deadline;
  timer_ = loop_.call_at(armed_, [this] {
    armed_ = core::time_never;
    drive([this](core::Time now, EngineActions& actions) { engine_.expire(now, actions); });
  });
}

void SipDriver::command(const sip::Command& command) {
  drive([this, &command](core::Time now, EngineActions& actions) {
    (void)engine_.command(command, now, actions);
  });
}

std::size_t SipDriver::on_sip_octets(const sip::Flow& flow, core::Octets octets, core::Time) {
  trace_.received(flow, octets);
  std::size_t consumed = 0;
  const bool stream = flow.transport != sip::Transport::udp;
  // A stream may carry several messages: one step each, so that actions always have room.
  do {
    std::size_t step = 0;
    drive([&](core::Time now, EngineActions& actions) {
      step = engine_.input(octets.subspan(consumed), flow, now, actions);
    });
    consumed += step;
    if (step == 0) {
      break;
    }
  } while (stream && consumed < octets.size());
  return consumed;
}

void SipDriver::on_sip_flow_opened(const sip::Flow& flow, sip::Tag tag, core::Time) {
  drive([&](core::Time now, EngineActions& actions) {
    engine_.event(sip::FlowOpened{flow, tag}, now, actions);
  });
}

void SipDriver::on_sip_flow_closed(const sip::Flow& flow, sip::Tag tag, core::Time) {
  drive([=, this](core::Time now, EngineActions& actions) {
    engine_.event(sip::FlowClosed{flow, tag}, now, actions);
  });
}

// ---- start and reload

io::Result<void> SipDriver::start(std::shared_ptr<const SipConfig> config) {
  config_ = std::move(config);
  SipTransportOptions options;
  options.max_connections = config_->max_connections;
  options.idle_timeout = config_->tcp_authentication_timeout;
  options.tls_server = config_->tls_server;
  options.tls_client = config_->tls_client;
  transport_ = std::make_unique<SipTransport>(loop_, *this, options);
  if (auto opened = transport_->open(config_->engine->listeners); !opened) {
    return opened;
  }
  command(sip::Configure{config_->engine});
  const auto wall = loop_.wall();
  for (const auto& kept : store_.load()) {
    const auto left = kept.expires_at - wall;
    if (left > core::Duration{}) {
      command(sip::RestoreBinding{kept.peer, kept.contact, kept.path, kept.call_id, kept.user_agent,
                                  kept.cseq, kept.flow, left});
    }
  }
  return {};
}

void SipDriver::reconfigure(std::shared_ptr<const SipConfig> config) {
  loop_.post([this, config = std::move(config)] {
    const auto same = [](const sip::ListenerSettings& a, const sip::ListenerSettings& b) {
      return a.transport == b.transport && a.local == b.local;
    };
    const auto& before = config_->engine->listeners;
    const auto& after = config->engine->listeners;
    if (!std::equal(before.begin(), before.end(), after.begin(), after.end(), same)) {
      log_.warning("the addresses to listen on have changed: they are taken at the next start");
    }
    config_ = config;
    command(sip::Configure{config_->engine});
  });
}

// ---- what the engine wants done below

void SipDriver::on(const sip::Send& send) {
  trace_.sent(send.flow, send.octets);
  transport_->send(send.flow, send.octets);
}

void SipDriver::on(const sip::OpenFlow& open) {
  later([this, open] { transport_->open_flow(open.flow, open.tag); });
}

void SipDriver::on(const sip::CloseFlow& close) {
  later([this, close] { transport_->close_flow(close.flow); });
}

void SipDriver::on(const sip::Resolve& resolve) {
  SipTarget target{std::string(resolve.host), resolve.port, resolve.transport, resolve.secure};
  later([this, target = std::move(target), tag = resolve.tag] {
    resolve_sip_target(
        loop_, target, [this](std::uint64_t bound) { return random_.below(bound); },
        [this, tag](std::vector<sip::Flow> flows) {
          for (auto& flow : flows) {
            flow.listener = transport_->listener_for(flow.transport, flow.remote);
          }
          drive([&](core::Time now, EngineActions& actions) {
            engine_.event(sip::Resolved{tag, flows}, now, actions);
          });
        });
  });
}

void SipDriver::on(const sip::BindingChanged& binding) {
  if (binding.expires <= core::Duration{}) {
    store_.forget(std::string(binding.peer), std::string(binding.contact));
    log_.info("unregistered", {{"peer", binding.peer}, {"contact", binding.contact}});
    return;
  }
  store_.keep({std::string(binding.peer), std::string(binding.contact), std::string(binding.path),
               std::string(binding.call_id), std::string(binding.user_agent), binding.cseq,
               binding.flow, loop_.wall() + binding.expires});
  log_.info("registered", {{"peer", binding.peer},
                           {"contact", binding.contact},
                           {"seconds", binding.expires.seconds()}});
}

void SipDriver::on(const sip::AuthenticationFailed& failure) {
  static constexpr std::array<std::string_view, 5> why{
      "no such user", "wrong password", "stale nonce", "malformed credentials", "not allowed"};
  if (failure.why == sip::AuthenticationFailed::Why::stale_nonce) {
    return;
  }
  log_.warning("authentication failed", {{"method", failure.method},
                                         {"user", failure.user},
                                         {"from", failure.flow.remote.text().view()},
                                         {"why", why[static_cast<std::size_t>(failure.why)]}});
}

void SipDriver::on(const sip::Note& note) {
  log_.debug(
      note.text,
      {{"clause", note.clause}, {"offset", note.offset}, {"from", note.flow.remote.text().view()}});
}

}  // namespace strowger::exchange::drivers
