#include "exchange/drivers/sip/sip_leg.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace strowger::exchange::drivers {
namespace {

sip::AudioCodec offered_codec(media::Codec codec) {
  return codec == media::Codec::pcma ? sip::AudioCodec{"PCMA", 8000, 8, {}}
                                     : sip::AudioCodec{"PCMU", 8000, 0, {}};
}

media::Direction media_direction(sip::MediaDirection direction) {
  switch (direction) {
    case sip::MediaDirection::sendonly:
      return media::Direction::send;
    case sip::MediaDirection::recvonly:
      return media::Direction::receive;
    case sip::MediaDirection::inactive:
      return media::Direction::inactive;
    default:
      return media::Direction::both;
  }
}

/// The value behind "Name=" of a dtmf-relay body; empty where there is no such line.
std::string_view relay_value(std::string_view body, std::string_view name) {
  while (!body.empty()) {
    const auto end = body.find_first_of("\r\n");
    auto line = body.substr(0, end);
    body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
    if (line.size() > name.size() && line.starts_with(name)) {
      line.remove_prefix(name.size());
      line.remove_prefix(std::min(line.find_first_not_of(" ="), line.size()));
      return line.substr(0, line.find_last_not_of(" \t") + 1);
    }
  }
  return {};
}

}  // namespace

void SipLeg::start_session(std::uint64_t session_id) {
  sip::OfferAnswerSettings settings;
  settings.codecs.clear();
  for (const auto codec : peer->codecs) {
    settings.codecs.push_back(offered_codec(codec));
  }
  if (peer->dtmf == SipDtmf::inband || peer->dtmf == SipDtmf::info) {
    settings.event_payload_type = 0;
  }
  session_.emplace(std::move(settings), session_id);
}

sip::LocalAudio SipLeg::local_audio() const {
  sip::LocalAudio local;
  local.rtp = media_address;
  local.direction = held_by_us ? sip::MediaDirection::sendonly : sip::MediaDirection::sendrecv;
  local.preferred_codec = std::string_view(preferred_codecs).substr(0, preferred_codecs.find(','));
  return local;
}

std::optional<std::string> SipLeg::make_offer() {
  auto offer = session_->make_offer(local_audio());
  return offer ? std::optional(std::move(*offer)) : std::nullopt;
}

std::optional<std::string> SipLeg::answer_offer(std::string_view sdp) {
  if (!session_->take_offer(sdp)) {
    return std::nullopt;
  }
  auto answer = session_->make_answer(local_audio());
  if (!answer) {
    session_->drop_offer();
    return std::nullopt;
  }
  local_description_ = *answer;
  return local_description_;
}

const std::string& SipLeg::local_description() {
  if (local_description_.empty()) {
    local_description_ = make_offer().value_or("");
  }
  return local_description_;
}

bool SipLeg::take_answer(std::string_view sdp) {
  return !sdp.empty() && session_->take_answer(sdp).has_value();
}

void SipLeg::offer_refused() {
  session_->drop_offer();
}

std::optional<media::Remote> SipLeg::remote_media() const {
  if (!session_ || !session_->negotiated()) {
    return std::nullopt;
  }
  const auto& agreed = *session_->negotiated();
  media::Remote agreed_media;
  agreed_media.rtp = agreed.remote_rtp;
  agreed_media.rtcp = agreed.remote_rtcp;
  agreed_media.codec = agreed.codec.name == "PCMA" ? media::Codec::pcma : media::Codec::pcmu;
  agreed_media.payload_type = agreed.codec.payload_type;
  agreed_media.event_payload_type = agreed.event_payload_type;
  agreed_media.packet_ms = static_cast<std::uint8_t>(agreed.packet_ms);
  agreed_media.direction = media_direction(agreed.direction);
  agreed_media.learn_address = peer->learn_media_address;
  return agreed_media;
}

bool SipLeg::peer_holds() const {
  return session_ && session_->negotiated() && session_->negotiated()->held_by_peer();
}

bool SipLeg::takes_telephone_events() const {
  return session_ && session_->negotiated() && session_->negotiated()->event_payload_type != 0;
}

std::string SipLeg::codec_name() const {
  if (!session_ || !session_->negotiated()) {
    return "(none)";
  }
  return session_->negotiated()->codec.name == "PCMA" ? "alaw" : "ulaw";
}

std::string_view SipLeg::state_name() const {
  static constexpr std::array<std::string_view, 4> names{"trying", "early", "up", "ending"};
  return names[static_cast<std::size_t>(state)];
}

std::optional<SipInfoDigit> digit_of_info(std::string_view content_type, std::string_view body) {
  const bool relay = content_type.starts_with("application/dtmf-relay");
  if (!relay && !content_type.starts_with("application/dtmf")) {
    return std::nullopt;
  }
  std::string_view signal = relay ? relay_value(body, "Signal") : body;
  signal = signal.substr(0, signal.find_first_of("\r\n \t"));
  if (signal == "10" || signal == "11") {  // numbers of the star and pound keys, as some write them
    signal = signal == "10" ? "*" : "#";
  }
  if (signal.size() != 1 ||
      std::string_view("0123456789*#ABCD").find(signal.front()) == std::string_view::npos) {
    return std::nullopt;
  }
  long length_ms = 160;
  const std::string_view duration = relay ? relay_value(body, "Duration") : std::string_view{};
  std::from_chars(duration.data(), duration.data() + duration.size(), length_ms);
  return SipInfoDigit{signal.front(), core::milliseconds(std::clamp(length_ms, 40L, 8000L))};
}

}  // namespace strowger::exchange::drivers
