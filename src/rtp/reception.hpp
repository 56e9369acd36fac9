// What one source's packets say about the way here: RFC 3550 appendices A.1 (sequence numbers and
// probation), A.3 (loss) and A.8 (jitter). Pure.
#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "rtp/packet.hpp"
#include "rtp/rtcp.hpp"

namespace strowger::rtp {

/// Appendix A.1: a gap of so many packets is a loss, not a restart.
inline constexpr std::uint16_t max_dropout = 3000;
/// Appendix A.1: a packet so much older than the newest is late, not a restart.
inline constexpr std::uint16_t max_misorder = 100;

enum class Arrival : std::uint8_t {
  in_order,   // newer than all before
  reordered,  // older than the newest, within max_misorder
  duplicate,  // the newest one again
  restarted,  // another SSRC, or a second packet in sequence after a jump
  suspect,    // a jump: counts only if the next one follows it
};

/// Statistics of the source that is heard now; another SSRC begins them anew, but what was lost and
/// received before stays in the totals.
class Reception {
 public:
  /// `clock_rate` in Hz. Telephone events must not be put in by their own time stamps' pace: they
  /// repeat the time stamp (RFC 4733 clause 2.5.1.2), so give `timing` false for them.
  explicit Reception(std::uint32_t clock_rate = 8000) : clock_rate_(clock_rate) {}

  Arrival arrived(const Header& header, core::Time now, bool timing);
  /// An SR came from the source: for LSR and DLSR of our next block.
  void sender_report(NtpTime ntp, core::Time now);
  /// The block for our next report; closes the interval that `fraction_lost` is about. Only after
  /// something has arrived (`heard`).
  [[nodiscard]] ReportBlock report(core::Time now);

  [[nodiscard]] bool heard() const { return heard_; }
  [[nodiscard]] Ssrc source() const { return source_; }
  [[nodiscard]] std::uint64_t received() const { return earlier_received_ + received_; }
  /// Expected less received over all sources; never negative.
  [[nodiscard]] std::uint64_t lost() const;
  [[nodiscard]] core::Duration jitter() const;

 private:
  void restart(const Header& header);
  [[nodiscard]] std::uint64_t expected() const;
  void measure(std::uint32_t timestamp, core::Time now);

  std::uint32_t clock_rate_;
  Ssrc source_;
  bool heard_ = false;
  bool timed_ = false;
  std::uint16_t base_ = 0;
  std::uint16_t highest_ = 0;
  std::uint32_t cycles_ = 0;
  std::uint32_t bad_ = 1U << 16U;  // appendix A.1: the sequence number that would confirm a jump
  std::uint64_t received_ = 0;
  std::uint64_t earlier_received_ = 0;
  std::uint64_t earlier_lost_ = 0;
  std::uint64_t expected_prior_ = 0;
  std::uint64_t received_prior_ = 0;
  std::uint32_t transit_ = 0;
  std::uint32_t jitter_16_ = 0;  // appendix A.8: scaled by 16
  std::uint32_t last_sr_ = 0;
  core::Time last_sr_at_;
};

}  // namespace strowger::rtp
