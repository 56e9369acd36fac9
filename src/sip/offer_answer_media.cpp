#include "sip/offer_answer_media.hpp"

#include <algorithm>

#include "sip/parse_params.hpp"

namespace strowger::sip {

bool is_usable_audio(const SessionDescription& theirs, std::size_t media) {
  const SdpMedia line = theirs.media(media);
  const bool plain = same_text(line.protocol, "RTP/AVP") || same_text(line.protocol, "RTP/AVPF");
  return same_text(line.media, "audio") && line.port != 0 && line.port_count == 1 && plain;
}

std::optional<CodecMatch> find_codec(const SessionDescription& theirs, std::size_t media,
                                     const std::vector<AudioCodec>& codecs) {
  std::string_view formats = theirs.media(media).formats;
  for (auto format = next_format(formats); !format.empty(); format = next_format(formats)) {
    const auto payload_type = payload_type_of(format);
    const auto map = payload_type ? theirs.rtpmap(media, *payload_type) : std::nullopt;
    if (!map || map->channels != 1) {
      continue;
    }
    for (const AudioCodec& codec : codecs) {
      if (same_text(codec.name, map->name) && codec.clock_rate == map->clock_rate) {
        const auto fmtp = theirs.fmtp(media, *payload_type).value_or("");
        return CodecMatch{codec, {codec.name, codec.clock_rate, *payload_type, std::string(fmtp)}};
      }
    }
  }
  return std::nullopt;
}

std::optional<std::uint8_t> event_payload_type(const SessionDescription& theirs,
                                               std::size_t media) {
  const auto match = find_codec(theirs, media, {AudioCodec{"telephone-event", 8000, 0, {}}});
  return match ? std::optional(match->theirs.payload_type) : std::nullopt;
}

MediaDirection peer_allows(const SessionDescription& theirs, std::size_t media) {
  const MediaDirection allowed = reversed(theirs.direction(media));
  const auto address = theirs.rtp_address(media);
  return address && address->any() ? both_allow(allowed, MediaDirection::recvonly) : allowed;
}

std::vector<AudioCodec> with_first(std::vector<AudioCodec> codecs, std::string_view name) {
  std::stable_partition(codecs.begin(), codecs.end(),
                        [name](const AudioCodec& codec) { return same_text(codec.name, name); });
  return codecs;
}

std::vector<AudioCodec> with_only(const std::vector<AudioCodec>& codecs, std::string_view name) {
  std::vector<AudioCodec> only;
  std::copy_if(codecs.begin(), codecs.end(), std::back_inserter(only),
               [name](const AudioCodec& codec) { return same_text(codec.name, name); });
  return only;
}

bool is_multicast(const core::Address& address) {
  if (address.family == core::Address::Family::ipv4) {
    return address.octets[0] >= 224;
  }
  return address.octets[0] == 0xFF;
}

}  // namespace strowger::sip
