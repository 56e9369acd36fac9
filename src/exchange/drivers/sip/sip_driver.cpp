#include "exchange/drivers/sip/sip_driver.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "exchange/drivers/sip/local_address.hpp"
#include "exchange/drivers/sip/sip_cause.hpp"
#include "exchange/drivers/sip/sip_resolver.hpp"
#include "exchange/version.hpp"

namespace strowger::exchange::drivers {

SipDriver::SipDriver(const Parts& parts)
    : loop_(parts.loop),
      leg_events_(parts.legs),
      media_(parts.media),
      random_(parts.random),
      log_(parts.log),
      store_(parts.registrations),
      trace_(parts.trace_sink),
      flight_(parts.flight),
      tls_server_(parts.tls_server),
      tls_client_(parts.tls_client) {}

SipDriver::~SipDriver() {
  loop_.cancel(timer_);
}

// ---- driving the engine

void SipDriver::deliver(const sip::Action& action, core::Time) {
  std::visit([this](const auto& each) { on(each); }, action);
}

void SipDriver::wake_at(std::optional<core::Time> when) {
  if (!when || *when >= armed_) {
    return;  // a timer that fires too early costs one call, arming anew costs one each time
  }
  loop_.cancel(timer_);
  armed_ = *when;
  timer_ = loop_.call_at(armed_, [this] {
    armed_ = core::time_never;
    driver_->expire(loop_.now());
  });
}

std::size_t SipDriver::on_sip_octets(const sip::Flow& flow, core::Octets octets, core::Time now) {
  trace_.received(flow, octets);
  return driver_->input(octets, flow, now);
}

void SipDriver::on_sip_flow_opened(const sip::Flow& flow, sip::Tag tag, core::Time now) {
  driver_->event(sip::FlowOpened{flow, tag}, now);
}

void SipDriver::on_sip_flow_closed(const sip::Flow& flow, sip::Tag tag, core::Time now) {
  driver_->event(sip::FlowClosed{flow, tag}, now);
}

void SipDriver::on_sip_send_failed(const sip::Flow& flow, core::Time now) {
  driver_->event(sip::SendFailed{flow}, now);
}

void SipDriver::command(const sip::Command& command) {
  if (const auto result = driver_->command(command, loop_.now()); !result) {
    log_.debug("the engine refused", {{"why", sip::to_string(result.error())}});
  }
}

// ---- start and reload

io::Result<void> SipDriver::start(std::shared_ptr<const SipConfig> config) {
  config_ = std::move(config);
  sip::EngineLimits limits;
  limits.calls = config_->engine->max_calls;
  if (flight_.ring_octets > 0 || flight_.sink) {
    base::FlightHeader header;
    header.engine = sip::flight_engine_name;
    header.build = version_text();
    header.started = loop_.now();
    header.snapshot = sip::encode_start(*config_->engine, limits);
    recorder_ = std::make_unique<base::FlightRecorder>(
        std::move(header), base::FlightRecorderConfig{flight_.ring_octets, flight_.sink});
  }
  engine_random_ = std::make_unique<crypto::RecordedRandom>(random_, recorder_.get());
  engine_ = std::make_unique<sip::Engine>(config_->engine, limits, *engine_random_);
  driver_ = std::make_unique<EngineDriver>(
      *engine_, *this, base::EngineDriverConfig{},
      base::FlightTap<sip::Engine, sip::FlightCodec>(recorder_.get()));
  SipTransportOptions options;
  options.max_connections = config_->max_connections;
  options.idle_timeout = config_->tcp_authentication_timeout;
  options.tls_server = tls_server_;
  options.tls_client = tls_client_;
  transport_ = std::make_unique<SipTransport>(loop_, *this, options);
  if (auto opened = transport_->open(config_->engine->listeners); !opened) {
    return opened;
  }
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
  transport_->open_flow(open.flow, open.tag);
}

void SipDriver::on(const sip::CloseFlow& close) {
  transport_->close_flow(close.flow);
}

void SipDriver::on(const sip::Resolve& resolve) {
  std::string host(resolve.host);
  SipTarget target{host, resolve.port, resolve.transport, resolve.secure};
  resolve_sip_target(
      loop_, std::move(target), [this](std::uint64_t bound) { return random_.below(bound); },
      [this, tag = resolve.tag, host = std::move(host)](std::vector<sip::Flow> flows) {
        for (auto& flow : flows) {
          if (flow.transport == sip::Transport::tls) {
            transport_->expect_name(flow.remote, host);
          }
          flow.listener = transport_->listener_for(flow.transport, flow.remote);
        }
        driver_->event(sip::Resolved{tag, flows}, loop_.now());
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
