// What a port says about itself: RTCP, silence, quality.
#include "media/port.hpp"

#include <sys/socket.h>

#include "rtp/e_model.hpp"
#include "rtp/rtcp.hpp"

namespace strowger::media {
namespace {

/// RFC 3550 clause 6.2: 5 s between reports, and clause 6.3.1: between half and one and a half of
/// it, so that many ports don't speak at once.
constexpr core::Duration report_interval = core::seconds(5);

/// What a phone's own buffer and its packet add to the way, where we can't know better.
constexpr core::Duration playout_delay = core::milliseconds(60);

double milliseconds_of(core::Duration duration) {
  return static_cast<double>(duration.microseconds()) / 1000;
}

}  // namespace

void Port::plan_report(core::Time now) {
  // xorshift: even enough for spreading.
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 7U;
  random_ ^= random_ << 17U;
  const auto part = static_cast<std::int64_t>(random_ % 1024);
  next_report_ = now + report_interval / 2 + report_interval * part / 1024;
}

void Port::report(bool goodbye, const Room& room) {
  const bool has_sent = out_.packets() != packets_reported_;
  if (rtcp_target_.length == 0 || (out_.packets() == 0 && !reception_.heard())) {
    return;
  }
  const auto info = out_.sender_info(rtp::NtpTime::of(room.wall), room.now);
  rtp::ReportBlock block;
  rtp::Compound compound;
  compound.own = out_.ssrc();
  compound.sender_info = has_sent ? &info : nullptr;
  compound.cname = room.cname;
  compound.goodbye = goodbye;
  if (reception_.heard()) {
    block = reception_.report(room.now);
    compound.block = &block;
  }
  packets_reported_ = out_.packets();
  std::array<core::Octet, rtp::max_rtcp_octets> room_for_packet;
  const auto packet = rtp::write_rtcp(compound, room_for_packet);
  if (::sendto(rtcp_descriptor(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&rtcp_target_.address), rtcp_target_.length) < 0) {
    ShardTally::add(room.tally.sends_failed);
  }
}

/// RTCP counts only from the host that media comes from, or that signalling named for it.
void Port::receive_rtcp(core::Octets datagram, const core::Address& from, const Room& room) {
  const bool from_peer = has_remote_ && peer_.peer().valid() && from.same_host(peer_.peer());
  if (!from_peer && !(has_remote_ && from == remote_.rtcp)) {
    ++strange_;
    return;
  }
  const auto reports = rtp::parse_rtcp(datagram, out_.ssrc());
  if (!reports) {
    ShardTally::add(room.tally.packets_invalid);
    return;
  }
  if (from_peer && peer_.learned() && from != rtcp_peer_) {
    rtcp_peer_ = from;
    aim();
  }
  if (reports->has_sender_info && reports->sender == reception_.source()) {
    reception_.sender_report(reports->sender_info.ntp, room.now);
  }
  if (reports->has_block) {
    const auto trip = rtp::round_trip(reports->block, rtp::NtpTime::of(room.wall));
    round_trip_ = trip.ns > 0 ? trip : round_trip_;
  }
}

/// No RTP for too long: told once, until some comes again. A peer that holds us (sendonly) may send
/// music, but most phones send nothing then: only what goes both ways is no hold.
void Port::watch_silence(const Room& room) {
  const bool held = remote_.direction != Direction::both;
  const core::Duration limit = held ? setup_.hold_timeout : setup_.timeout;
  if (!has_remote_ || silence_reported_ || limit.ns == 0 || room.now - last_heard_ < limit) {
    return;
  }
  silence_reported_ = room.outbox.push({OutRecord::Kind::timed_out, '0', setup_.id, {}, nullptr});
}

Quality Port::measured() const {
  Quality quality;
  quality.packets_sent = out_.packets();
  quality.octets_sent = out_.octets();
  quality.packets_received = reception_.received();
  quality.octets_received = octets_received_;
  quality.packets_lost = reception_.lost();
  quality.packets_late = jitter_.counters().late;
  quality.packets_strange = strange_;
  quality.jitter_ms = milliseconds_of(reception_.jitter());
  quality.round_trip_ms = milliseconds_of(round_trip_);
  if (quality.packets_received > 0) {
    const auto missing = static_cast<double>(quality.packets_lost + quality.packets_late);
    const auto all = static_cast<double>(quality.packets_lost + quality.packets_received);
    const core::Duration one_way = round_trip_ / 2 + reception_.jitter() * 2 + playout_delay;
    quality.mos = rtp::mean_opinion_score(rtp::rating(missing / all, one_way));
  }
  return quality;
}

}  // namespace strowger::media
