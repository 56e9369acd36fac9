// From the octets of a line to frames (Q.703 clauses 3 and 4.1, ISO/IEC 13239 clause 4): flags,
// zero deletion, check bits, octet counting. Freestanding; allocates nothing, waits for nothing.
//
// A line octet is what a timeslot carries in one frame of the trunk: its most significant bit was
// sent first. An octet of a frame is sent least significant bit first, as HDLC has it.
//
// One thread. About 600 octets an object, so that an array of them is a fixed pool.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "hdlc/frame_check.hpp"
#include "hdlc/line_tables.hpp"

namespace strowger::hdlc {

/// The longest frame, without its check bits, that any receiver or transmitter can hold.
inline constexpr std::size_t max_frame_octets = 512;

/// N of Q.703 4.1.4: while octets are counted, this many stand for one damaged unit.
inline constexpr std::size_t octets_counted = 16;

struct ReceiverConfig {
  /// Octets of a frame, without check bits, at least: 3 in MTP2, 6 with 12-bit sequence numbers.
  std::size_t shortest = 3;
  /// At most: 272 + 1 octets of message behind the header of 3 (6 with 12-bit sequence numbers).
  /// No more than max_frame_octets.
  std::size_t longest = 276;
};

/// What the receiver saw on the line.
struct ReceiverEvent {
  enum class Kind : std::uint8_t {
    frame,        // undamaged; `frame` holds it, without check bits, until the sink returns
    wrong_check,  // the check bits do not fit
    too_short,    // less between two flags than a frame and its check bits need
    no_octets,    // the bits between two flags are no whole octets
    too_long,     // no flag came in time: octets are counted from here on
    abort,        // seven ones: octets are counted from here on
    octets,       // sixteen octets more have passed while octets are counted
  };
  Kind kind = Kind::frame;
  core::Octets frame;
};

/// Damage that stands for one unit received in error (Q.703 4.1.3, 4.1.4 and 4.2): what error rate
/// monitors count. Losing alignment is none: the octets counted from then on are.
[[nodiscard]] constexpr bool is_unit_in_error(ReceiverEvent::Kind kind) {
  using K = ReceiverEvent::Kind;
  return kind == K::wrong_check || kind == K::too_short || kind == K::no_octets ||
         kind == K::octets;
}

class Receiver {
 public:
  explicit Receiver(const ReceiverConfig& config = {});

  /// Takes the line's next octets, any number of them: how the line is cut into calls makes no
  /// difference. Calls `sink(const ReceiverEvent&)` for each event, in order; the sink must not
  /// call the receiver. Between flags that touch, or share their zero, there is no frame and no
  /// event. Begins, and begins again after `reset`, by counting octets until the first good frame.
  template <class Sink>
  void input(core::Octets line, Sink&& sink);

  void reset();

  /// Alignment is lost (Q.703 4.1.4); the next undamaged frame finds it again.
  [[nodiscard]] bool counting_octets() const { return counting_; }
  /// Fifteen ones or more were the last that came (ISO/IEC 13239 4.5.3): nobody is sending. Told
  /// in whole octets, so up to seven ones late.
  [[nodiscard]] bool line_idle() const { return idle_; }

 private:
  void take(std::uint8_t bits, std::uint8_t count);
  [[nodiscard]] ReceiverEvent flag();
  void lose_alignment();
  template <class Sink>
  void mark(LineMark mark, Sink& sink);

  ReceiverConfig config_;
  std::uint32_t held_ = 0;       // bits that are no whole octet yet, the first the least
  std::uint8_t held_count_ = 0;  // 0..7
  std::uint8_t ones_ = 0;        // 0..7: ones in a row; seven stand for any number above six
  bool in_frame_ = false;        // since the last flag nothing went wrong
  bool overflow_ = false;
  bool counting_ = true;
  bool idle_ = false;
  std::uint8_t counted_ = 0;  // octets since the last `octets` event
  std::size_t size_ = 0;
  std::array<core::Octet, max_frame_octets + frame_check_octets> frame_{};
};

inline void Receiver::take(std::uint8_t bits, std::uint8_t count) {
  if (!in_frame_) {
    return;
  }
  held_ |= static_cast<std::uint32_t>(bits) << held_count_;
  held_count_ = static_cast<std::uint8_t>(held_count_ + count);
  if (held_count_ >= 8) {
    if (size_ == config_.longest + frame_check_octets) {
      overflow_ = true;
      return;
    }
    frame_[size_++] = static_cast<core::Octet>(held_);
    held_ >>= 8U;
    held_count_ = static_cast<std::uint8_t>(held_count_ - 8);
  }
}

template <class Sink>
void Receiver::mark(LineMark mark, Sink& sink) {
  if (mark == LineMark::flag) {
    const bool had_frame = in_frame_;
    const ReceiverEvent event = flag();
    const bool nothing = event.kind == ReceiverEvent::Kind::frame && event.frame.empty();
    // While octets are counted, they stand for whatever damage comes between flags.
    if (had_frame && !nothing && (event.kind == ReceiverEvent::Kind::frame || !counting_)) {
      sink(event);
    }
    if (event.kind == ReceiverEvent::Kind::frame && !nothing) {
      counting_ = false;
    }
  } else {
    lose_alignment();
    sink(ReceiverEvent{ReceiverEvent::Kind::abort, {}});
  }
}

template <class Sink>
void Receiver::input(core::Octets line, Sink&& sink) {
  for (const core::Octet octet : line) {
    const LineStep& step = line_steps[ones_][octet];
    idle_ = octet == 0xFF && ones_ == ones_idle;
    ones_ = step.ones;
    take(step.bits, step.count);
    if (overflow_) {
      lose_alignment();
      sink(ReceiverEvent{ReceiverEvent::Kind::too_long, {}});
    }
    if (step.mark != LineMark::none) {
      mark(step.mark, sink);
      take(step.further_bits, step.further_count);
      if (step.further_mark != LineMark::none) {
        mark(step.further_mark, sink);
      }
    }
    if (counting_ && ++counted_ == octets_counted) {
      counted_ = 0;
      sink(ReceiverEvent{ReceiverEvent::Kind::octets, {}});
    }
  }
}

}  // namespace strowger::hdlc
