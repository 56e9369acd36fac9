// What a port sends.
#include <algorithm>
#include <cstring>

#include <sys/socket.h>

#include "media/port.hpp"

namespace strowger::media {

void Port::send_rtp(core::Octets packet, const Room& room) {
  const auto sent =
      ::sendto(rtp_descriptor(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&rtp_target_.address), rtp_target_.length);
  if (sent < 0) {
    ShardTally::add(room.tally.sends_failed);
  }
  out_.sent(packet.size() - rtp::header_octets);
}

/// The header is written before the payload, over what stood there in the datagram.
void Port::pass_on(std::uint64_t origin, const rtp::Header& header, core::MutableOctets payload,
                   bool anew, std::uint8_t payload_type, const Room& room) {
  if (!speaks() || dtmf_holds_ || player_.playing()) {
    return;
  }
  const auto out = out_.pass_on(header, origin, anew, payload_type, room.now);
  if (!out) {
    return;
  }
  const core::MutableOctets packet(payload.data() - rtp::header_octets,
                                   payload.size() + rtp::header_octets);
  rtp::write_header(*out, packet);
  send_rtp(packet, room);
  ShardTally::add(room.tally.packets_forwarded);
}

/// Encodes a tick of audio, and sends what makes up whole packets.
void Port::send_audio(std::span<const Sample> audio, const Room& room) {
  const auto body = core::MutableOctets(pending_).subspan(rtp::header_octets);
  encode(remote_.codec, audio, body.subspan(pending_samples_, audio.size()));
  pending_samples_ += audio.size();
  const std::size_t packet_samples = std::size_t{remote_.packet_ms} * (sample_rate / 1000);
  while (pending_samples_ >= packet_samples) {
    rtp::write_header(
        out_.own(remote_.payload_type, static_cast<std::uint16_t>(packet_samples), room.now),
        pending_);
    send_rtp(core::Octets(pending_).first(rtp::header_octets + packet_samples), room);
    pending_samples_ -= packet_samples;
    std::memmove(body.data(), body.data() + packet_samples, pending_samples_);
  }
}

/// True when the tick belongs to the digits.
bool Port::speak_dtmf(std::span<Sample> audio, const Room& room) {
  dtmf_holds_ = false;
  if (!dtmf_.busy()) {
    return false;
  }
  const auto step = dtmf_.tick(remote_.event_payload_type != 0, room.now, out_, audio);
  while (Job* const job = dtmf_.take_done()) {
    room.outbox.give_back(*job);
  }
  if (step == DtmfSender::Step::idle || step == DtmfSender::Step::gap) {
    return false;
  }
  dtmf_holds_ = true;
  if (step == DtmfSender::Step::audio) {
    if (speaks()) {
      send_audio(audio, room);
    }
    generating_ = true;
    return true;
  }
  pending_samples_ = 0;
  generating_ = false;
  if (speaks()) {
    const auto& event = dtmf_.out();
    std::array<core::Octet, rtp::header_octets + rtp::telephone_event_octets> packet{};
    rtp::write_header(
        out_.event(remote_.event_payload_type, event.marker, event.timestamp, event.event.duration),
        packet);
    const auto payload = rtp::write_event(event.event);
    std::copy(payload.begin(), payload.end(), packet.begin() + rtp::header_octets);
    send_rtp(packet, room);
  }
  return true;
}

/// True when there was something to say: a sound, a conference (which never pauses), or a bridged
/// party that is heard on the tick.
/// Sounds go on, unheard, while the peer holds us: their end comes when it should.
bool Port::speak_sound(Frame& audio, const Room& room) {
  if (player_.playing()) {
    const std::size_t filled = player_.fill(audio, room.music_clock);
    if (!player_.playing()) {
      end_play(true, room);
    }
    return filled > 0;
  }
  if (seat_.conference() != nullptr) {
    seat_.speak(room.frame, audio);
    return true;
  }
  if (partner_ != nullptr && partner_->heard_ready_ && partner_->listens() && !echo_ &&
      !partner_->passes_on_arrival()) {
    std::copy(partner_->heard_.begin(), partner_->heard_.end(), audio.begin());
    return true;
  }
  return false;
}

void Port::speak(const Room& room) {
  Frame audio;
  if (!speak_dtmf(audio, room)) {
    const bool said = speak_sound(audio, room);
    if (said && speaks()) {
      send_audio(audio, room);
    }
    if (generating_ && !(said && speaks())) {
      out_.pause_own();
      pending_samples_ = 0;
    }
    generating_ = said && speaks();
  }
  watch_silence(room);
  if (has_remote_ && room.now >= next_report_) {
    report(false, room);
    plan_report(room.now);
  }
  if (ticks_to_publish_-- == 0) {
    ticks_to_publish_ = 49;  // each second
    published_.write(measured());
  }
}

}  // namespace strowger::media
