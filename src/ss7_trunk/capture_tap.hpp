// The real-time side of a capture: copies units into a FIFO that a normal thread writes to a file.
#pragma once

#include <cstddef>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "rt/locked_memory.hpp"
#include "rt/record_fifo.hpp"
#include "ss7_trunk/link_types.hpp"

namespace strowger::ss7_trunk {

/// One producer, the thread that ticks; one consumer, the capture's writer. What finds no room is
/// lost and counted: a capture is the first thing that may be missing.
class CaptureTap {
 public:
  /// Some 12,000 units of the shortest kind: nine links in full flow for half a second.
  static constexpr std::size_t octets = 512U << 10U;

  CaptureTap() : words_(octets / sizeof(rt::RecordFifo::Word)), fifo_(words_.elements()) {}

  /// `filter` is the link's; a unit of another direction or type is passed over.
  void take(UnitFilter filter, const CapturedHeader& header, core::Octets unit);
  [[nodiscard]] rt::RecordFifo& fifo() { return fifo_; }
  /// Any thread: units lost.
  [[nodiscard]] std::uint64_t lost() const { return fifo_.refused(); }
  [[nodiscard]] std::span<std::byte> memory() const { return words_.memory().octets(); }

 private:
  rt::LockedArray<rt::RecordFifo::Word> words_;
  rt::RecordFifo fifo_;
};

}  // namespace strowger::ss7_trunk
