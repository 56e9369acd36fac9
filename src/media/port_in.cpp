// What a port does with what arrives.
#include <algorithm>
#include <array>
#include <optional>

#include "media/port.hpp"

namespace strowger::media {
namespace {

/// The law of a payload type: what was agreed, or G.711 by its static number (RFC 3551 table 4).
/// Peers may change between what both sides listed without telling.
std::optional<Codec> law_of(std::uint8_t payload_type, const Remote& remote) {
  if (payload_type == remote.payload_type) {
    return remote.codec;
  }
  if (payload_type == 0) {
    return Codec::pcmu;
  }
  if (payload_type == 8) {
    return Codec::pcma;
  }
  return std::nullopt;
}

}  // namespace

bool Port::admit(const rtp::Header& header, const core::Address& from, const Room& room) {
  if (!has_remote_) {
    ++strange_;
    return false;
  }
  switch (peer_.judge(from, header, room.now)) {
    case PeerFilter::Verdict::stranger:
      ++strange_;
      return false;
    case PeerFilter::Verdict::learned:
      aim();
      break;
    case PeerFilter::Verdict::ours:
      break;
  }
  return true;
}

void Port::receive_rtp(core::MutableOctets datagram, const core::Address& from, const Room& room) {
  const auto packet = rtp::parse(datagram);
  if (!packet) {
    ShardTally::add(room.tally.packets_invalid);
    return;
  }
  const rtp::Header& header = packet->header;
  if (!admit(header, from, room)) {
    return;
  }
  const bool is_event =
      remote_.event_payload_type != 0 && header.payload_type == remote_.event_payload_type;
  const auto law = law_of(header.payload_type, remote_);
  const auto arrival = reception_.arrived(header, room.now, law.has_value() && !is_event);
  octets_received_ += packet->payload.size();
  last_heard_ = room.now;
  silence_reported_ = false;
  if (arrival == rtp::Arrival::suspect || !listens()) {
    return;
  }
  const bool anew = arrival == rtp::Arrival::restarted;
  const auto offset = static_cast<std::size_t>(packet->payload.data() - datagram.data());
  const auto payload = datagram.subspan(offset, packet->payload.size());
  if (is_event) {
    take_event(header, payload, anew, room);
  } else if (law) {
    take_audio(header, payload, *law, anew, room);
  }
}

std::uint64_t Port::origin(const rtp::Header& header) const {
  return (std::uint64_t{setup_.id.slot} + 1) << 32U | header.ssrc.value();
}

void Port::take_audio(const rtp::Header& header, core::MutableOctets payload, Codec law, bool anew,
                      const Room& room) {
  if (listens_on_tick()) {
    hear(header, payload, law, anew, room);
  }
  Port* const to = echo_ ? this : partner_;
  if (to == nullptr || (!echo_ && !passes_on_arrival())) {
    return;
  }
  if (law != to->remote_.codec) {
    transcode(law, payload);
  }
  to->pass_on(origin(header), header, payload, anew, to->remote_.payload_type, room);
}

/// Into the jitter buffer, which holds the law that was agreed.
void Port::hear(const rtp::Header& header, core::Octets payload, Codec law, bool anew,
                const Room& room) {
  if (anew) {
    jitter_.reset();
  }
  if (law == remote_.codec) {
    jitter_.put(header.timestamp, payload, room.now);
    return;
  }
  std::array<core::Octet, most_packet_samples> changed;
  const auto octets = core::MutableOctets(changed).first(std::min(payload.size(), changed.size()));
  std::copy_n(payload.begin(), octets.size(), octets.begin());
  transcode(law, octets);
  jitter_.put(header.timestamp, octets, room.now);
}

void Port::take_event(const rtp::Header& header, core::MutableOctets payload, bool anew,
                      const Room& room) {
  if (const auto digit = events_.input(header, payload, room.now)) {
    digit_heard(*digit, true, room);
  }
  Port* const to = echo_ ? this : partner_;
  const bool direct = echo_ || passes_on_arrival();
  if (to != nullptr && direct && to->remote_.event_payload_type != 0) {
    to->pass_on(origin(header), header, payload, anew, to->remote_.event_payload_type, room);
  }
}

void Port::digit_heard(rtp::Digit digit, bool as_event, const Room& room) {
  room.send_up({OutRecord::Kind::digit, digit.digit, setup_.id, digit.length, nullptr});
  // Where the event was not passed on (the other side takes none, or its audio is made on the
  // tick), the digit is sent anew once it is known.
  const bool relays = as_event && partner_ != nullptr && !echo_ && partner_->has_remote_ &&
                      (partner_->remote_.event_payload_type == 0 || !passes_on_arrival());
  if (relays) {
    partner_->dtmf_.relay(digit);
  }
}

void Port::listen(const Room& room) {
  heard_ready_ = false;
  if (const auto digit = events_.expire(room.now)) {
    digit_heard(*digit, true, room);
  }
  if (listens_on_tick()) {
    hear_frame(room);
  }
  if (seat_.conference() != nullptr) {
    const bool heard = heard_ready_ && listens();
    const auto talking = seat_.listen(room.frame, room.music_clock, heard ? &heard_ : nullptr);
    if (talking) {
      room.send_up({OutRecord::Kind::talking, '0', setup_.id, {}, nullptr, *talking});
    }
  }
}

void Port::hear_frame(const Room& room) {
  JitterBuffer::Frame frame;
  jitter_.take(room.now, frame);
  if (!jitter_.running()) {
    return;
  }
  concealer_.decode(remote_.codec, frame, heard_);
  heard_ready_ = true;
  if (detects_) {
    if (const auto digit = detector_.listen(heard_)) {
      digit_heard({digit->digit, digit->length}, false, room);
    }
  }
}

}  // namespace strowger::media
