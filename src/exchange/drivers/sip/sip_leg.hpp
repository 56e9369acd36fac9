// One SIP call as a leg of the exchange: its names, its media port and where its offer and answer
// stand. The signalling thread's own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/address.hpp"
#include "core/result.hpp"
#include "exchange/driver.hpp"
#include "exchange/drivers/sip/sip_conf.hpp"
#include "media/service.hpp"
#include "sip/engine_types.hpp"
#include "sip/offer_answer.hpp"

namespace strowger::exchange::drivers {

class SipLeg {
 public:
  enum class State : std::uint8_t { trying, early, up, ending };

  SipLeg(LegId leg, std::shared_ptr<const SipPeer> settings, bool came_in)
      : id(leg), peer(std::move(settings)), incoming(came_in) {}

  LegId id;
  sip::CallHandle call;
  std::shared_ptr<const SipPeer> peer;
  bool incoming;
  std::string name;  // "SIP/alice-0000000c"
  std::string call_id;
  core::Address remote;
  State state = State::trying;
  media::PortId port;
  core::Address media_address;
  bool held_by_peer = false;
  bool held_by_us = false;
  std::vector<std::string> preferred_codecs;

  /// Makes `session` ready; once the media port is open.
  void start_session(std::uint64_t session_id);

  /// The session description we offer, in the direction that hold asks for. Nothing where an offer
  /// is open already.
  [[nodiscard]] std::optional<std::string> make_offer();
  /// Our answer to the peer's offer; nothing where no voice can be agreed.
  [[nodiscard]] std::optional<std::string> answer_offer(std::string_view sdp);
  /// Takes the peer's answer to our offer; false where it does not fit.
  [[nodiscard]] bool take_answer(std::string_view sdp);
  void offer_refused();

  /// What was agreed, as media wants it; nothing before that.
  [[nodiscard]] std::optional<media::Remote> remote_media() const;
  [[nodiscard]] std::string codec_name() const;
  [[nodiscard]] std::string state_name() const;

 private:
  std::optional<sip::OfferAnswer> session_;
};

}  // namespace strowger::exchange::drivers
