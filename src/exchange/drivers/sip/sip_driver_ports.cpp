// Legs of SIP calls as such: their limits, names, media ports and ends.
#include <utility>

#include <fmt/format.h>

#include "exchange/drivers/sip/local_address.hpp"
#include "exchange/drivers/sip/sip_driver.hpp"

namespace strowger::exchange::drivers {

bool SipDriver::limit_allows(const SipLeg& leg) const {
  const auto found = legs_of_peer_.find(leg.peer->name);
  return leg.peer->call_limit == 0 || leg.peer->name.empty() || found == legs_of_peer_.end() ||
         found->second < leg.peer->call_limit;
}

bool SipDriver::open_media(SipLeg& leg, const core::Address& towards, media::PortId near) {
  core::Address local = config_->engine->listeners.front().local;
  if (local.any()) {
    local = local_address_towards(towards.valid() ? towards : local).value_or(local);
  }
  media::PortOptions options;
  options.local = local.with_port(0);
  options.near = near;
  options.timeout = leg.peer->rtp_timeout;
  options.hold_timeout = leg.peer->rtp_hold_timeout;
  const auto opened = media_.open(options, leg_events_.media_sink());
  if (!opened) {
    log_.warning("no media port",
                 {{"channel", leg.name}, {"why", media::to_string(opened.error())}});
    return false;
  }
  leg.port = opened->id;
  leg.media_address = opened->local;
  const auto& shown = config_->engine->listeners.front().public_address;
  if (!shown.any() && !shown.same_host(config_->engine->listeners.front().local)) {
    leg.media_address = shown.with_port(opened->local.port);
  }
  media_.detect_inband_dtmf(leg.port, leg.peer->dtmf == SipDtmf::inband);
  leg.start_session(random_.u64() >> 2U);
  return true;
}

void SipDriver::apply_media(SipLeg& leg) {
  if (const auto remote = leg.remote_media()) {
    media_.set_remote(leg.port, *remote);
  }
}

void SipDriver::end_leg(std::uint64_t number, const LegEnded& ended) {
  const auto node = legs_.extract(number);
  if (node.empty()) {
    return;
  }
  const SipLeg& leg = *node.mapped();
  leg_of_call_.erase(leg.call);
  if (const auto count = legs_of_peer_.find(leg.peer->name);
      count != legs_of_peer_.end() && --count->second == 0) {
    legs_of_peer_.erase(count);
  }
  media_.close(leg.port);
  leg_events_.deliver(leg.id, ended);
}

SipLeg* SipDriver::find(sip::CallHandle call) {
  const auto number = leg_of_call_.find(call);
  const auto leg = number == leg_of_call_.end() ? legs_.end() : legs_.find(number->second);
  return leg == legs_.end() ? nullptr : leg->second.get();
}

std::string SipDriver::next_name(std::string_view peer) {
  return fmt::format("SIP/{}-{:08x}", peer, ++last_name_);
}

std::shared_ptr<const SipPeer> SipDriver::peer_named(std::string_view name) const {
  if (name.empty()) {
    return config_->guest;
  }
  const auto found = config_->peers.find(std::string(name));
  return found == config_->peers.end() ? nullptr : found->second;
}

void SipDriver::ladder(const SipLeg& leg, bool from_peer, std::string text) {
  if (leg_events_.ladder_wanted()) {
    const std::string peer = leg.name.substr(0, leg.name.rfind('-'));
    leg_events_.ladder(leg.id, from_peer ? peer : "Strowger", from_peer ? "Strowger" : peer,
                       std::move(text));
  }
}

}  // namespace strowger::exchange::drivers
