#include "hdlc/receiver.hpp"

#include <algorithm>

namespace strowger::hdlc {

Receiver::Receiver(const ReceiverConfig& config) : config_(config) {
  config_.longest = std::min(config.longest, max_frame_octets);
}

void Receiver::reset() {
  *this = Receiver(config_);
}

void Receiver::lose_alignment() {
  in_frame_ = false;
  overflow_ = false;
  if (!counting_) {
    counting_ = true;
    counted_ = 0;
  }
}

/// A flag ends a frame and begins the next. The zero and five ones of the flag were taken for bits
/// of the frame before they could be known: a frame of whole octets leaves just these six.
ReceiverEvent Receiver::flag() {
  using Kind = ReceiverEvent::Kind;
  constexpr std::uint8_t flag_bits = 6;
  const core::Octets all(frame_.data(), size_);
  const std::uint8_t left = held_count_;
  const bool empty = size_ == 0 && (left == flag_bits || left == flag_bits - 1);
  in_frame_ = true;
  held_ = 0;
  held_count_ = 0;
  size_ = 0;
  if (empty) {
    return {Kind::frame, {}};
  }
  if (left != flag_bits) {
    return {Kind::no_octets, {}};
  }
  if (all.size() < config_.shortest + frame_check_octets) {
    return {Kind::too_short, {}};
  }
  FrameCheck check;
  check.add(all);
  if (!check.good()) {
    return {Kind::wrong_check, {}};
  }
  return {Kind::frame, all.first(all.size() - frame_check_octets)};
}

}  // namespace strowger::hdlc
