// From frames to the octets of a line (Q.703 clause 3, ISO/IEC 13239 clause 4): flags, zero
// insertion, check bits. Pulled: a frame is asked for when its turn comes, so what it says is as
// new as can be. Freestanding; allocates nothing. Line octets as in hdlc/receiver.hpp.
//
// One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "hdlc/frame_check.hpp"
#include "hdlc/line_tables.hpp"
#include "hdlc/receiver.hpp"

namespace strowger::hdlc {

struct TransmitterConfig {
  /// What the line carries while there is no frame: flags (MTP2), or ones (ISO/IEC 13239 4.5.3).
  enum class Fill : std::uint8_t { flags, ones };
  Fill fill = Fill::flags;
  /// Between two frames, 1 or more. One flag closes a frame and opens the next (Q.703 2.3.2).
  std::uint8_t flags_between = 1;
};

class Transmitter {
 public:
  explicit Transmitter(const TransmitterConfig& config = {}) : config_(config) {}

  /// Fills `line`. Asks `source(core::MutableOctets room) -> std::size_t` for each frame: it writes
  /// a frame without check bits into the room (max_frame_octets) and returns its size, or 0 where
  /// there is none now. The source must not call the transmitter.
  template <class Source>
  void transmit(core::MutableOctets line, Source&& source);

  /// Breaks off the frame that is under way by eight ones (ISO/IEC 13239 4.5.2); nothing where
  /// none is.
  void abort();

 private:
  template <class Source>
  void feed(Source& source);
  void put(std::uint32_t bits, std::uint8_t count) {
    held_ = held_ << count | bits;
    held_count_ = static_cast<std::uint8_t>(held_count_ + count);
  }
  void put_flag();

  static constexpr std::uint32_t flag = 0x7E;

  TransmitterConfig config_;
  std::uint32_t held_ = 0;       // bits to send, the first the most significant; more than these
  std::uint8_t held_count_ = 0;  // many above are left over
  std::uint8_t ones_ = 0;        // of the frame, in a row
  std::uint8_t flags_due_ = 1;   // before the next frame
  bool ones_sent_ = false;       // since the last flag
  std::size_t at_ = 0;
  std::size_t size_ = 0;  // of the frame under way, check bits included; 0: none
  std::array<core::Octet, max_frame_octets + frame_check_octets> frame_{};
};

template <class Source>
void Transmitter::feed(Source& source) {
  if (at_ < size_) {
    const LineBits& line = line_octets[ones_][frame_[at_++]];
    put(line.bits, line.count);
    ones_ = line.ones;
    return;
  }
  if (size_ > 0) {
    size_ = 0;
    flags_due_ = config_.flags_between > 0 ? config_.flags_between : std::uint8_t{1};
  }
  if (flags_due_ > 0) {
    --flags_due_;
    put_flag();
    return;
  }
  const core::MutableOctets room(frame_.data(), max_frame_octets);
  const std::size_t size = source(room);
  if (size > 0) {
    if (ones_sent_) {
      ones_sent_ = false;
      put_flag();
    }
    FrameCheck check;
    check.add(room.first(size));
    frame_[size] = static_cast<core::Octet>(check.field());
    frame_[size + 1] = static_cast<core::Octet>(check.field() >> 8U);
    size_ = size + frame_check_octets;
    at_ = 0;
    ones_ = 0;
  } else if (config_.fill == TransmitterConfig::Fill::flags) {
    put_flag();
  } else {
    ones_sent_ = true;
    put(0xFF, 8);
  }
}

template <class Source>
void Transmitter::transmit(core::MutableOctets line, Source&& source) {
  for (core::Octet& octet : line) {
    while (held_count_ < 8) {
      feed(source);
    }
    held_count_ = static_cast<std::uint8_t>(held_count_ - 8);
    octet = static_cast<core::Octet>(held_ >> held_count_);
  }
}

}  // namespace strowger::hdlc
