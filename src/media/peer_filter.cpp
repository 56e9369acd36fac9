#include "media/peer_filter.hpp"

namespace strowger::media {

void PeerFilter::name(const core::Address& signalled, bool learn, core::Time now,
                      core::Duration window) {
  const bool same = signalled == signalled_;
  if (!same || !learn) {
    signalled_ = signalled;
    peer_ = signalled;
    learned_ = false;
  }
  candidate_ = {};
  learning_ = learn && !learned_;
  window_end_ = now + window;
}

PeerFilter::Verdict PeerFilter::lock(const core::Address& from) {
  const bool changed = from != peer_;
  peer_ = from;
  learned_ = true;
  learning_ = false;
  return changed ? Verdict::learned : Verdict::ours;
}

PeerFilter::Verdict PeerFilter::judge(const core::Address& from, const rtp::Header& header,
                                      core::Time now) {
  if (!learning_ || now > window_end_) {
    return from == peer_ && peer_.valid() ? Verdict::ours : Verdict::stranger;
  }
  if (from == signalled_) {
    return lock(from);
  }
  const bool follows = from == candidate_ && header.ssrc == candidate_ssrc_ &&
                       header.sequence == static_cast<std::uint16_t>(candidate_sequence_ + 1U);
  if (follows) {
    return lock(from);
  }
  candidate_ = from;
  candidate_ssrc_ = header.ssrc;
  candidate_sequence_ = header.sequence;
  return Verdict::stranger;
}

}  // namespace strowger::media
