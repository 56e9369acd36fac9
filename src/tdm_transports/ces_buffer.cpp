#include "tdm_transports/ces_buffer.hpp"

#include <algorithm>
#include <bit>

namespace strowger::tdm_transports {
namespace {

/// So many packets in a row out of the window are a sender that has started anew.
constexpr unsigned strangers_limit = 3;

}  // namespace

CesBuffer::CesBuffer(const CesBufferConfig& config)
    : config_(config),
      // A power of two, so that a slot stays the same where sequence numbers wrap.
      slots_(std::bit_ceil(std::max<std::size_t>(8, 4 * config.target_packets))),
      octets_(slots_.size() * config.payload_octets) {}

core::MutableOctets CesBuffer::octets(std::uint16_t sequence) {
  return core::MutableOctets(octets_).subspan(index(sequence) * config_.payload_octets,
                                              config_.payload_octets);
}

void CesBuffer::restart(std::uint16_t sequence) {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  waiting_ = 0;
  filling_ = true;
  begun_ = true;
  next_ = sequence;
  tick_ = 0;
  strangers_ = 0;
  ++counters_.restarts;
}

void CesBuffer::put(std::uint16_t sequence, core::Octets payload, bool repetition) {
  if (!begun_) {
    if (repetition) {
      return;  // what lies before the first packet is of no use
    }
    restart(sequence);
  }
  const auto ahead = static_cast<std::int16_t>(sequence - next_);
  const auto window = static_cast<std::int16_t>(slots_.size());
  if (repetition && (ahead < 0 || ahead >= window)) {
    return;
  }
  if (ahead >= window || ahead < -window) {
    if (++strangers_ < strangers_limit) {
      ++counters_.dropped;
      return;
    }
    restart(sequence);
  } else if (ahead < 0 && filling_ && tick_ == 0 && waiting_ < config_.target_packets &&
             static_cast<std::size_t>(window + ahead) >= config_.target_packets) {
    next_ = sequence;  // overtaken at the very beginning
  } else if (ahead < 0 || (ahead == 0 && tick_ > 0)) {
    ++counters_.late;
    return;
  }
  strangers_ = 0;
  Slot& slot = slots_[index(sequence)];
  if (slot.full) {
    counters_.repeated += repetition ? 0U : 1U;
    return;
  }
  counters_.restored += repetition ? 1U : 0U;
  slot = {true, payload.empty(), sequence};
  ++waiting_;
  if (!payload.empty()) {
    std::copy_n(payload.begin(), config_.payload_octets, octets(sequence).begin());
  }
}

void CesBuffer::judge(bool there) {
  missing_in_row_ = there ? 0 : missing_in_row_ + 1;
  good_in_row_ = there ? good_in_row_ + 1 : 0;
  if (missing_in_row_ >= config_.lost_to_enter) {
    losing_ = true;
  } else if (good_in_row_ >= config_.good_to_leave) {
    losing_ = false;
  }
}

void CesBuffer::next_packet() {
  Slot& slot = slots_[index(next_)];
  const bool there = slot.full;
  (there ? counters_.played : counters_.missing) += 1;
  waiting_ -= there ? 1 : 0;
  slot = Slot{};
  ++next_;
  tick_ = 0;
  judge(there);
  if (losing_ && waiting_ == 0 && !there) {
    begun_ = false;  // whatever comes next is the beginning
    filling_ = true;
  }
  // Twice what was to wait has gathered: the sender's clock is faster, or a delay has gone.
  while (waiting_ > 2 * config_.target_packets) {
    Slot& oldest = slots_[index(next_)];
    counters_.dropped += oldest.full ? 1U : 0U;
    waiting_ -= oldest.full ? 1U : 0U;
    oldest = Slot{};
    ++next_;
  }
}

bool CesBuffer::take(core::MutableOctets into) {
  if (filling_ && (!begun_ || waiting_ < config_.target_packets)) {
    std::fill(into.begin(), into.end(), config_.fill);
    return false;
  }
  filling_ = false;
  const Slot slot = slots_[index(next_)];
  const bool real = slot.full && !slot.ones;
  if (real) {
    const core::MutableOctets from = octets(next_).subspan(tick_ * into.size(), into.size());
    std::copy(from.begin(), from.end(), into.begin());
  } else {
    std::fill(into.begin(), into.end(), slot.full ? core::Octet{0xFF} : config_.fill);
  }
  if (++tick_ == config_.ticks_a_packet) {
    next_packet();
  }
  return real;
}

}  // namespace strowger::tdm_transports
