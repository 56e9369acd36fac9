// Whose packets a port takes. A port must never relay a stranger's packets, nor be talked into
// sending its audio to one ("RTP bleed"). Pure.
#pragma once

#include <cstdint>

#include "core/address.hpp"
#include "core/time.hpp"
#include "rtp/packet.hpp"

namespace strowger::media {

/// The rule:
/// - Without `learn`, packets count only from the address that signalling named.
/// - With `learn`, the real address is found once, within the window: at the first packet from the
///   address that was named, or at the second of two packets in sequence, of one SSRC, from another
///   one. From then on that address counts and no other, whatever comes.
/// - A window that passed with nothing learned leaves the address that was named.
/// - Naming the same address again keeps what was learned; if nothing was, the window opens anew.
///   Naming another one begins anew.
class PeerFilter {
 public:
  enum class Verdict : std::uint8_t {
    ours,
    learned,   // ours from now on: `peer` has changed
    stranger,  // to be dropped and counted
  };

  void name(const core::Address& signalled, bool learn, core::Time now, core::Duration window);
  Verdict judge(const core::Address& from, const rtp::Header& header, core::Time now);

  /// Where our packets go.
  [[nodiscard]] const core::Address& peer() const { return peer_; }
  [[nodiscard]] bool learned() const { return learned_; }

 private:
  Verdict lock(const core::Address& from);

  core::Address signalled_;
  core::Address peer_;
  bool learning_ = false;
  bool learned_ = false;
  core::Time window_end_;
  // The candidate of two packets in sequence.
  core::Address candidate_;
  rtp::Ssrc candidate_ssrc_;
  std::uint16_t candidate_sequence_ = 0;
};

}  // namespace strowger::media
