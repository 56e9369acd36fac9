// The one stream that a port sends (RFC 3550 clause 5.1), whatever it is made of: packets passed on
// from another stream, audio of our own, telephone events. Pure; allocates nothing.
//
// The peer sees one SSRC, unbroken sequence numbers and a time stamp that follows real time, so
// that no phone has to find its way again when a caller is put on hold. A passed-on stream keeps
// its own gaps, reordering and spacing: sequence number and time stamp are moved by a constant that
// is chosen when the stream is taken up.
#pragma once

#include <cstdint>
#include <optional>

#include "core/time.hpp"
#include "rtp/packet.hpp"
#include "rtp/rtcp.hpp"

namespace strowger::rtp {

class OutStream {
 public:
  OutStream() = default;
  /// Clause 5.1: all three should be random. `clock_rate` in Hz.
  OutStream(Ssrc ssrc, std::uint16_t first_sequence, std::uint32_t first_timestamp,
            std::uint32_t clock_rate = 8000)
      : ssrc_(ssrc),
        sequence_(static_cast<std::uint16_t>(first_sequence - 1U)),
        timestamp_(first_timestamp),
        clock_rate_(clock_rate) {}

  /// Header for a packet passed on. `origin` names where it comes from (any number other than
  /// zero); another origin, or `anew` (the source jumped), takes the stream up afresh, with the
  /// marker set. Nothing for a packet older than the one it was taken up with: its number belongs
  /// to what was sent before.
  std::optional<Header> pass_on(const Header& in, std::uint64_t origin, bool anew,
                                std::uint8_t payload_type, core::Time now);

  /// Header for a packet of our own of `units` timestamp units; it follows the one before, or real
  /// time when something else was sent in between or `pause_own` was called.
  Header own(std::uint8_t payload_type, std::uint16_t units, core::Time now);

  /// The time stamp of an event that begins now, then the header of each of its packets.
  std::uint32_t begin_event(core::Time now);
  Header event(std::uint8_t payload_type, bool marker, std::uint32_t timestamp,
               std::uint16_t duration);

  /// Our own audio pauses: when it goes on, that is a new talkspurt. A stream that has been taken
  /// up since is not touched.
  void pause_own() { origin_ = origin_ == ourselves ? none : origin_; }

  /// Counts a packet that left, for sender reports.
  void sent(std::size_t payload_octets) {
    ++packets_;
    octets_ += payload_octets;
  }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] Ssrc ssrc() const { return ssrc_; }
  [[nodiscard]] SenderInfo sender_info(NtpTime wall, core::Time now) const;

 private:
  // Origins that callers can't name.
  static constexpr std::uint64_t none = 0;
  static constexpr std::uint64_t ourselves = UINT64_MAX;
  static constexpr std::uint64_t events = UINT64_MAX - 1;

  [[nodiscard]] std::uint32_t elapsed(core::Time now) const;
  [[nodiscard]] std::uint32_t next_timestamp(core::Time now) const;
  void stamp(std::uint32_t timestamp, std::uint32_t units, core::Time now);

  Ssrc ssrc_;
  std::uint16_t sequence_ = 0;   // the newest number sent
  std::uint32_t timestamp_ = 0;  // the newest time stamp sent
  std::uint32_t units_ = 0;      // what the newest packet covers
  core::Time stamped_at_;        // when timestamp_ was now
  bool started_ = false;
  std::uint32_t clock_rate_ = 8000;
  std::uint64_t origin_ = none;
  std::uint16_t taken_up_ = 0;         // the origin's sequence number at the beginning
  std::uint16_t sequence_offset_ = 0;  // ours less the origin's
  std::uint32_t timestamp_offset_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t octets_ = 0;
};

}  // namespace strowger::rtp
