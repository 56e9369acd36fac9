// The FIFOs between one link and the rest of the program. Each has one producer and one consumer:
// the thread that ticks the bank on one side, one normal thread (or several, under a lock of their
// own) on the other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rt/locked_memory.hpp"
#include "rt/record_fifo.hpp"
#include "rt/spsc_fifo.hpp"
#include "ss7_trunk/link_types.hpp"

namespace strowger::ss7_trunk {

/// How large they are: rate x worst stall of the reader.
struct MailboxSize {
  /// A 64 kbit/s timeslot brings 8,000 octets a second. The shortest message takes 9 of them (six
  /// octets of unit, two of check, a flag) and 16 of the FIFO (a header, and three of message
  /// rounded up to 8): three seconds are 43,000 octets, and lie below the mark at which the far end
  /// is held back, three quarters.
  std::size_t up_octets = 64U << 10U;
  /// From above: a burst, as the link itself keeps what waits.
  std::size_t down_octets = 16U << 10U;
  std::size_t orders = 64;
};

struct Mailbox {
  explicit Mailbox(const MailboxSize& size)
      : up_words(size.up_octets / sizeof(rt::RecordFifo::Word)),
        down_words(size.down_octets / sizeof(rt::RecordFifo::Word)),
        order_slots(size.orders),
        up(up_words.elements()),
        down(down_words.elements()),
        orders(order_slots.elements()) {}

  rt::LockedArray<rt::RecordFifo::Word> up_words;
  rt::LockedArray<rt::RecordFifo::Word> down_words;
  rt::LockedArray<LinkOrder> order_slots;
  rt::RecordFifo up;    // by UpKind, written by the link
  rt::RecordFifo down;  // messages (SIO and SIF), read by the link
  rt::SpscFifo<LinkOrder> orders;
};

}  // namespace strowger::ss7_trunk
