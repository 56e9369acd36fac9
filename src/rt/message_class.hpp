// What is dropped first when a FIFO fills up. Freestanding.
//
// A FIFO between threads can drop only what is newest: what is in it belongs to the consumer. So
// that what is dispensable can't shut out what is essential, a class of messages may fill the FIFO
// only up to its share, and the rest stays free for those above it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "rt/spsc_fifo.hpp"

namespace strowger::rt {

enum class MessageClass : std::uint8_t {
  essential,    // its loss breaks a call or a link: state, keys, ends
  ordinary,     // its loss is heard or seen: media, digits
  dispensable,  // its loss is no harm: figures, debugging
};
inline constexpr std::size_t message_classes = 3;

/// Per class: how far it may fill the FIFO, in percent of the slots, 0 to 100.
struct DropPolicy {
  std::array<std::uint8_t, message_classes> percent{100, 90, 50};
};

/// The producer's side of a FIFO that carries several classes. The FIFO is lent.
template <class T>
class ClassedProducer {
 public:
  explicit ClassedProducer(SpscFifo<T>& fifo, const DropPolicy& policy = {}) : fifo_(fifo) {
    for (std::size_t i = 0; i < message_classes; ++i) {
      const std::size_t percent = std::min<std::size_t>(100, policy.percent[i]);
      spare_[i] = fifo.capacity() - fifo.capacity() * percent / 100;
    }
  }

  /// The producer's thread. False, and counted, when the class has filled its share.
  bool push(MessageClass message_class, const T& value) {
    const auto at = static_cast<std::size_t>(message_class);
    const std::size_t wanted = 1 + spare_[at];
    if (fifo_.room(wanted) < wanted) {
      fifo_.refuse(1);
      dropped_[at].store(dropped_[at].load(std::memory_order_relaxed) + 1,
                         std::memory_order_relaxed);
      return false;
    }
    return fifo_.push(value);
  }

  /// Any thread: values of the class dropped since the beginning.
  [[nodiscard]] std::uint64_t dropped(MessageClass message_class) const {
    return dropped_[static_cast<std::size_t>(message_class)].load(std::memory_order_relaxed);
  }

 private:
  SpscFifo<T>& fifo_;
  std::array<std::size_t, message_classes> spare_{};
  std::array<std::atomic<std::uint64_t>, message_classes> dropped_{};
};

}  // namespace strowger::rt
