// Messages that wait: the transmission buffer and the retransmission buffer of Q.703 as one ring in
// lent memory. The oldest are those sent and not acknowledged, the others follow. Freestanding.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/octets.hpp"
#include "ss7/mtp2/config.hpp"

namespace strowger::ss7::mtp2 {

struct MessageSlot {
  std::uint16_t size = 0;
  std::array<core::Octet, max_message_octets> octets;
};

/// Order is sequence: what is unacknowledged has consecutive numbers. One owner, the link.
class MessageBuffer {
 public:
  explicit MessageBuffer(std::span<MessageSlot> slots) : slots_(slots) {}

  /// Copies a message of at most max_message_octets to the end. False where all slots are taken.
  bool push(core::Octets message) {
    if (count_ == slots_.size()) {
      return false;
    }
    MessageSlot& slot = slots_[place(count_++)];
    slot.size = static_cast<std::uint16_t>(message.size());
    std::copy(message.begin(), message.end(), slot.octets.begin());
    return true;
  }

  [[nodiscard]] std::size_t waiting() const { return count_ - sent_; }
  [[nodiscard]] std::size_t unacknowledged() const { return sent_; }
  /// SIO and SIF of all that are unacknowledged.
  [[nodiscard]] std::size_t unacknowledged_octets() const { return sent_octets_; }
  [[nodiscard]] std::size_t size() const { return count_; }

  /// The n-th from the oldest; n below size().
  [[nodiscard]] core::Octets message(std::size_t n) const {
    const MessageSlot& slot = slots_[place(n)];
    return {slot.octets.data(), slot.size};
  }
  /// The oldest waiting message is sent; there must be one.
  core::Octets send() {
    const core::Octets sent = message(sent_++);
    sent_octets_ += sent.size();
    return sent;
  }
  /// The oldest `count` (at most size()) are done with.
  void drop(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      sent_octets_ -= i < sent_ ? message(i).size() : 0;
    }
    first_ = slots_.empty() ? 0 : place(count);
    sent_ -= std::min(sent_, count);
    count_ -= count;
  }
  void clear() { drop(count_); }

 private:
  [[nodiscard]] std::size_t place(std::size_t n) const {
    const std::size_t at = first_ + n;
    return at < slots_.size() ? at : at - slots_.size();
  }

  std::span<MessageSlot> slots_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::size_t sent_ = 0;  // of these, unacknowledged
  std::size_t sent_octets_ = 0;
};

}  // namespace strowger::ss7::mtp2
