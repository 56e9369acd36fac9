#include "sip/offer_answer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sip/offer_answer_media.hpp"

namespace strowger::sip {
namespace {

using core::fail;

constexpr std::uint16_t shortest_packet_ms = 10;
constexpr std::uint16_t longest_packet_ms = 60;
constexpr std::string_view event_name = "telephone-event";
constexpr std::uint32_t event_clock_rate = 8000;

}  // namespace

const char* to_string(OfferAnswerError error) {
  switch (error) {
    case OfferAnswerError::bad_description:
      return "bad_description";
    case OfferAnswerError::no_audio:
      return "no_audio";
    case OfferAnswerError::no_common_codec:
      return "no_common_codec";
    case OfferAnswerError::bad_address:
      return "bad_address";
    case OfferAnswerError::offer_pending:
      return "offer_pending";
    case OfferAnswerError::no_offer:
      return "no_offer";
    case OfferAnswerError::stream_mismatch:
      return "stream_mismatch";
    case OfferAnswerError::bad_local:
      return "bad_local";
  }
  return "unknown";
}

OfferAnswer::OfferAnswer(OfferAnswerSettings settings, std::uint64_t session_id)
    : settings_(std::move(settings)), session_id_(session_id) {}

OfferAnswerResult<std::string> OfferAnswer::make_offer(const LocalAudio& local) {
  if (pending()) {
    return fail(OfferAnswerError::offer_pending);
  }
  if (!local.rtp.valid() || local.rtp.port == 0) {
    return fail(OfferAnswerError::bad_local);
  }
  before_ = in_force_;
  in_force_.codecs = with_first(settings_.codecs, local.preferred_codec);
  if (in_force_.event_payload_type == 0) {  // RFC 3264 clause 8.3.2: a number keeps its meaning
    in_force_.event_payload_type = settings_.event_payload_type;
  }
  in_force_.rtcp_mux = settings_.rtcp_mux;
  in_force_.direction = local.direction;
  if (std::none_of(in_force_.streams.begin(), in_force_.streams.end(),
                   [](const Stream& stream) { return stream.ours; })) {
    in_force_.streams.push_back({"audio", "RTP/AVP", {}, true});
  }
  state_ = State::offered;
  last_offer_ours_ = true;
  return describe(local);
}

OfferAnswerResult<NegotiatedAudio> OfferAnswer::take_answer(std::string_view sdp) {
  if (state_ != State::offered) {
    const bool repeated = state_ == State::agreed && last_offer_ours_ && sdp == last_answer_;
    return repeated ? OfferAnswerResult<NegotiatedAudio>(*negotiated_)
                    : fail(OfferAnswerError::no_offer);
  }
  SessionDescription answer;
  if (!parse_sdp(sdp, answer)) {
    return fail(OfferAnswerError::bad_description);
  }
  auto audio = judge_answer(answer);
  if (audio) {
    negotiated_ = *audio;
    last_answer_ = sdp;
    state_ = State::agreed;
  }
  return audio;
}

OfferAnswerResult<NegotiatedAudio> OfferAnswer::judge_answer(
    const SessionDescription& answer) const {
  if (answer.media_count() != in_force_.streams.size()) {
    return fail(OfferAnswerError::stream_mismatch);
  }
  const auto ours = std::find_if(in_force_.streams.begin(), in_force_.streams.end(),
                                 [](const Stream& stream) { return stream.ours; });
  const auto media = static_cast<std::size_t>(ours - in_force_.streams.begin());
  if (!is_usable_audio(answer, media)) {
    return fail(OfferAnswerError::no_audio);
  }
  const auto match = find_codec(answer, media, in_force_.codecs);
  if (!match) {
    return fail(OfferAnswerError::no_common_codec);
  }
  NegotiatedAudio audio;
  audio.codec = match->theirs;
  audio.receive_payload_type = match->ours.payload_type;
  if (const auto events = event_payload_type(answer, media);
      events && in_force_.event_payload_type != 0) {
    audio.event_payload_type = *events;
    audio.receive_event_payload_type = in_force_.event_payload_type;
  }
  audio.rtcp_mux = in_force_.rtcp_mux && answer.has_rtcp_mux(media);
  audio.direction = both_allow(in_force_.direction, peer_allows(answer, media));
  return with_remote(answer, media, audio);
}

OfferAnswerResult<NegotiatedAudio> OfferAnswer::take_offer(std::string_view sdp) {
  if (pending()) {
    return fail(OfferAnswerError::offer_pending);
  }
  SessionDescription offer;
  if (!parse_sdp(sdp, offer)) {
    return fail(OfferAnswerError::bad_description);
  }
  if (offer.media_count() < in_force_.streams.size()) {
    return fail(OfferAnswerError::stream_mismatch);
  }
  auto choice = choose(offer, {});
  if (!choice) {
    return fail(choice.error());
  }
  before_ = in_force_;
  pending_offer_ = sdp;
  state_ = State::answering;
  return choice->audio;
}

OfferAnswerResult<OfferAnswer::Choice> OfferAnswer::choose(const SessionDescription& offer,
                                                           const LocalAudio& local) const {
  OfferAnswerError why = OfferAnswerError::no_audio;
  for (std::size_t media = 0; media < offer.media_count(); ++media) {
    if (!is_usable_audio(offer, media)) {
      continue;
    }
    const auto match = find_codec(offer, media, with_only(settings_.codecs, local.preferred_codec));
    const auto any = match ? match : find_codec(offer, media, settings_.codecs);
    if (!any) {
      why = OfferAnswerError::no_common_codec;
      continue;
    }
    NegotiatedAudio audio;
    audio.codec = any->theirs;
    audio.receive_payload_type = any->theirs.payload_type;
    if (const auto events = event_payload_type(offer, media);
        events && settings_.event_payload_type != 0) {
      audio.event_payload_type = *events;
      audio.receive_event_payload_type = *events;
    }
    audio.rtcp_mux = settings_.rtcp_mux && offer.has_rtcp_mux(media);
    audio.direction = both_allow(local.direction, peer_allows(offer, media));
    auto placed = with_remote(offer, media, audio);
    if (!placed) {
      why = placed.error();
      continue;
    }
    return Choice{media, *placed};
  }
  return fail(why);
}

OfferAnswerResult<std::string> OfferAnswer::make_answer(const LocalAudio& local) {
  if (state_ != State::answering) {
    return fail(OfferAnswerError::no_offer);
  }
  if (!local.rtp.valid() || local.rtp.port == 0) {
    return fail(OfferAnswerError::bad_local);
  }
  SessionDescription offer;
  if (!parse_sdp(pending_offer_, offer)) {
    return fail(OfferAnswerError::bad_description);
  }
  const auto choice = choose(offer, local);
  if (!choice) {
    return fail(choice.error());
  }
  in_force_.streams.clear();
  for (std::size_t i = 0; i < offer.media_count(); ++i) {
    const SdpMedia media = offer.media(i);
    in_force_.streams.push_back({std::string(media.media), std::string(media.protocol),
                                 std::string(media.formats), i == choice->media});
  }
  in_force_.codecs = {choice->audio.codec};
  in_force_.event_payload_type = choice->audio.event_payload_type;
  in_force_.rtcp_mux = choice->audio.rtcp_mux;
  in_force_.direction = choice->audio.direction;
  negotiated_ = choice->audio;
  state_ = State::agreed;
  last_offer_ours_ = false;
  pending_offer_.clear();
  return describe(local);
}

void OfferAnswer::drop_offer() {
  if (pending()) {
    in_force_ = before_;
    pending_offer_.clear();
    state_ = negotiated_ ? State::agreed : State::idle;
  }
}

void OfferAnswer::reopen_offer() {
  if (state_ == State::agreed && last_offer_ours_) {
    state_ = State::offered;
  }
}

OfferAnswerResult<NegotiatedAudio> OfferAnswer::with_remote(const SessionDescription& theirs,
                                                            std::size_t media,
                                                            NegotiatedAudio audio) const {
  const auto rtp = theirs.rtp_address(media);
  const auto rtcp = theirs.rtcp_address(media);
  if (!rtp || !rtcp || is_multicast(*rtp) || is_multicast(*rtcp)) {
    return fail(OfferAnswerError::bad_address);
  }
  audio.remote_rtp = *rtp;
  audio.remote_rtcp = audio.rtcp_mux ? *rtp : *rtcp;
  const std::uint16_t wanted = theirs.ptime(media);
  const std::uint16_t most = theirs.maxptime(media);
  audio.packet_ms = settings_.packet_ms;
  if (wanted >= shortest_packet_ms && wanted <= longest_packet_ms && wanted % 10 == 0) {
    audio.packet_ms = wanted;
  }
  if (most >= shortest_packet_ms && most < audio.packet_ms) {
    audio.packet_ms = static_cast<std::uint16_t>(most - most % 10);
  }
  return audio;
}

/// Our description of the session as it now is. The version in o= counts up where the text differs
/// from what was sent before (RFC 3264 clause 8).
std::string OfferAnswer::describe(const LocalAudio& local) {
  std::string text = write_description(local, version_);
  if (!last_sent_.empty() && text != last_sent_) {
    text = write_description(local, ++version_);
  }
  last_sent_ = text;
  return text;
}

std::string OfferAnswer::write_description(const LocalAudio& local, std::uint64_t version) const {
  std::array<char, max_sdp_octets> room;
  SdpWriter out(room);
  out.session(settings_.user, session_id_, version, settings_.session_name, local.rtp);
  for (const Stream& stream : in_force_.streams) {
    if (!stream.ours) {
      out.media(stream.media, 0, stream.protocol, stream.formats);
      continue;
    }
    std::string formats;
    for (const AudioCodec& codec : in_force_.codecs) {
      formats += (formats.empty() ? "" : " ") + std::to_string(codec.payload_type);
    }
    if (in_force_.event_payload_type != 0) {
      formats += " " + std::to_string(in_force_.event_payload_type);
    }
    out.media(stream.media, local.rtp.port, stream.protocol, formats);
    for (const AudioCodec& codec : in_force_.codecs) {
      out.codec(codec.payload_type, codec.name, codec.clock_rate, codec.fmtp);
    }
    if (in_force_.event_payload_type != 0) {
      out.codec(in_force_.event_payload_type, event_name, event_clock_rate, "0-16");
    }
    out.attribute("ptime", std::to_string(settings_.packet_ms));
    if (in_force_.rtcp_mux) {
      out.attribute("rtcp-mux");
    }
    out.attribute(to_string(in_force_.direction));
  }
  return std::string(out.finish().value_or(""));
}

}  // namespace strowger::sip
