#include "media/port.hpp"

#include <utility>

#include "io/socket_address.hpp"

namespace strowger::media {
namespace {

/// Packet lengths that G.711 is sent in here; anything else becomes the usual 20 ms.
std::uint8_t usable_packet_ms(std::uint8_t wanted) {
  return wanted >= 10 && wanted <= 60 && wanted % 10 == 0 ? wanted : 20;
}

/// Somewhere a call's audio may go: one host. Zeros are the old way to hold; groups would be a way
/// to make us shout (224.0.0.0/4, ff00::/8).
bool is_one_host(const core::Address& address) {
  const bool four = address.family == core::Address::Family::ipv4;
  const bool group = four ? (address.octets[0] & 0xF0U) == 0xE0 : address.octets[0] == 0xFF;
  return address.valid() && !address.any() && !group && address.port != 0;
}

}  // namespace

Port::Port(PortSetup setup)
    : setup_(std::move(setup)),
      out_(rtp::Ssrc(static_cast<std::uint32_t>(setup_.random)),
           static_cast<std::uint16_t>(setup_.random >> 32U),
           static_cast<std::uint32_t>(setup_.random >> 16U) * 2'654'435'761U),
      random_(setup_.random | 1U) {
  closing_.port = setup_.id;
  moved_.port = setup_.id;
}

bool Port::speaks() const {
  return has_remote_ && rtp_target_.length != 0 &&
         (remote_.direction == Direction::both || remote_.direction == Direction::send);
}

bool Port::listens() const {
  return has_remote_ &&
         (remote_.direction == Direction::both || remote_.direction == Direction::receive);
}

/// Packets of a bridge go straight through when both sides agree on the packet length. A-law and
/// mu-law are no hindrance: octets are changed one for one.
bool Port::passes_on_arrival() const {
  return partner_ != nullptr && partner_->has_remote_ &&
         partner_->remote_.packet_ms == remote_.packet_ms;
}

bool Port::listens_on_tick() const {
  return detects_ || seat_.conference() != nullptr ||
         (partner_ != nullptr && !echo_ && !passes_on_arrival());
}

void Port::forget_heard() {
  jitter_.reset();
  heard_ready_ = false;
}

void Port::set_remote(const Remote& remote, const Room& room) {
  if (!has_remote_) {
    plan_report(room.now);
  }
  if (!has_remote_ || remote.codec != remote_.codec) {
    forget_heard();
  }
  remote_ = remote;
  remote_.packet_ms = usable_packet_ms(remote.packet_ms);
  remote_.payload_type &= 0x7FU;
  has_remote_ = true;
  last_heard_ = room.now;
  silence_reported_ = false;
  peer_.name(remote.rtp, remote.learn_address, room.now, room.learn_window);
  aim();
}

/// Where our packets go now; nowhere while signalling names no host.
void Port::aim() {
  const core::Address& peer = peer_.peer();
  core::Address rtcp = remote_.rtcp;
  if (peer_.learned() || !rtcp.valid()) {
    const bool known = rtcp_peer_.valid() && rtcp_peer_.same_host(peer);
    rtcp = known ? rtcp_peer_ : peer.with_port(static_cast<std::uint16_t>(peer.port + 1U));
  }
  const bool somewhere = is_one_host(peer);
  rtp_target_.length = somewhere ? io::to_sockaddr(peer, rtp_target_.address) : 0;
  rtcp_target_.length = somewhere ? io::to_sockaddr(rtcp, rtcp_target_.address) : 0;
}

void Port::bridge(Port& a, Port& b) {
  if (&a == &b || (a.partner_ == &b && b.partner_ == &a)) {
    return;
  }
  for (Port* const port : {&a, &b}) {
    port->unbridge();
    port->leave_conference();
  }
  a.partner_ = &b;
  b.partner_ = &a;
}

void Port::unbridge() {
  if (partner_ == nullptr) {
    return;
  }
  Port& other = *std::exchange(partner_, nullptr);
  other.partner_ = nullptr;
  for (Port* const port : {this, &other}) {
    if (!port->listens_on_tick()) {
      port->forget_heard();
    }
  }
}

void Port::join(Conference& conference, const SeatOptions& seat) {
  unbridge();
  if (!listens_on_tick()) {
    forget_heard();
  }
  seat_.take(conference, seat);
}

void Port::leave_conference() {
  if (seat_.conference() == nullptr) {
    return;
  }
  seat_.leave();
  if (!listens_on_tick()) {
    forget_heard();
  }
}

void Port::depart() {
  unbridge();
  leave_conference();
}

Job& Port::arrive(std::uint32_t from) {
  moved_.tag = from;
  return moved_;
}

void Port::play(PlayJob& job, const Room& room) {
  end_play(false, room);
  play_job_ = &job;
  player_.play(&job.list);
  if (!player_.playing()) {
    end_play(true, room);  // nothing in it
  }
}

void Port::stop_playing(const Room& room) {
  end_play(false, room);
}

void Port::end_play(bool completed, const Room& room) {
  player_.play(nullptr);
  if (play_job_ != nullptr) {
    play_job_->completed = completed;
    room.outbox.give_back(*std::exchange(play_job_, nullptr));
  }
}

void Port::detect_dtmf(bool on) {
  if (on && !detects_) {
    forget_heard();
  }
  detects_ = on;
}

void Port::close(const Room& room) {
  unbridge();
  leave_conference();
  end_play(false, room);
  while (Job* const job = dtmf_.take_any()) {
    room.outbox.give_back(*job);
  }
  report(true, room);
  published_.write(measured());
  room.outbox.give_back(closing_);
}

}  // namespace strowger::media
