// One SIP call as a leg of the exchange: its names, its media port and where its offer and answer
// stand. The signalling thread's own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/address.hpp"
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
  core::Address media_address;   // as SDP shall say it
  std::string preferred_codecs;  // of the caller's leg, best first: "PCMA,PCMU"
  bool held_by_peer = false;
  bool held_by_us = false;

  /// Makes the session ready for its first offer; once the media port is open.
  void start_session(std::uint64_t session_id);

  /// The description we offer, in the direction that hold asks for; nothing while an offer is open.
  [[nodiscard]] std::optional<std::string> make_offer();
  /// Our answer to the peer's offer; nothing, and the session as it was, where no voice can be
  /// agreed on.
  [[nodiscard]] std::optional<std::string> answer_offer(std::string_view sdp);
  /// What goes into 183 and 200 of an incoming call: the answer made from the INVITE's offer, or
  /// our offer where it had none.
  [[nodiscard]] const std::string& local_description();
  /// Takes the peer's answer to our offer; false where it does not fit.
  [[nodiscard]] bool take_answer(std::string_view sdp);
  void offer_refused();

  /// What was agreed, as media wants it; nothing before that.
  [[nodiscard]] std::optional<media::Remote> remote_media() const;
  [[nodiscard]] bool peer_holds() const;
  [[nodiscard]] bool takes_telephone_events() const;
  [[nodiscard]] std::string codec_name() const;
  [[nodiscard]] std::string_view state_name() const;

 private:
  [[nodiscard]] sip::LocalAudio local_audio() const;

  std::optional<sip::OfferAnswer> session_;
  std::string local_description_;
};

struct SipInfoDigit {
  char digit = '0';
  core::Duration length;
};
/// The digit of an INFO with application/dtmf-relay or application/dtmf; nothing for any other.
[[nodiscard]] std::optional<SipInfoDigit> digit_of_info(std::string_view content_type,
                                                        std::string_view body);

}  // namespace strowger::exchange::drivers
