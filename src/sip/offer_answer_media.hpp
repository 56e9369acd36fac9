// What one m= line of a peer offers or answers, as far as an audio call needs it. For OfferAnswer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/address.hpp"
#include "sip/offer_answer.hpp"
#include "sip/sdp.hpp"

namespace strowger::sip {

/// An audio stream over plain RTP that is in use.
[[nodiscard]] bool is_usable_audio(const SessionDescription& theirs, std::size_t media);

/// One codec as each side numbers it.
struct CodecMatch {
  AudioCodec ours;
  AudioCodec theirs;  // name and clock rate ours, number and fmtp theirs
};
/// The first format of the line that is one of `codecs`: the peer's order counts (RFC 3264
/// clause 6.1).
[[nodiscard]] std::optional<CodecMatch> find_codec(const SessionDescription& theirs,
                                                   std::size_t media,
                                                   const std::vector<AudioCodec>& codecs);
/// The payload type of telephone-event/8000 (RFC 4733 clause 2.4.1).
[[nodiscard]] std::optional<std::uint8_t> event_payload_type(const SessionDescription& theirs,
                                                             std::size_t media);

/// What the peer's description leaves us to do. c=0.0.0.0 is the hold of RFC 2543 (RFC 3264
/// clause 8.4): nothing may be sent there.
[[nodiscard]] MediaDirection peer_allows(const SessionDescription& theirs, std::size_t media);

/// The list with that codec moved to the front; the list itself where it is not in it.
[[nodiscard]] std::vector<AudioCodec> with_first(std::vector<AudioCodec> codecs,
                                                 std::string_view name);
/// That codec alone, or nothing.
[[nodiscard]] std::vector<AudioCodec> with_only(const std::vector<AudioCodec>& codecs,
                                                std::string_view name);

[[nodiscard]] bool is_multicast(const core::Address& address);

}  // namespace strowger::sip
