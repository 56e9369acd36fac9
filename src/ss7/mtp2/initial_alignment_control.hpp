// IAC, initial alignment control (Q.703 clause 7, Figure 9): from two ends that know nothing of
// each other to a line that has been proved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ss7/mtp2/box.hpp"

namespace strowger::ss7::mtp2 {

enum class AlignmentState : std::uint8_t { idle, not_aligned, aligned, proving };
enum class AlignmentEvent : std::uint8_t {
  start,
  stop,
  emergency,
  sio,
  sin,
  sie,
  sios,
  abort_proving,
  unit,  // an undamaged unit of any kind
  t2,
  t3,
  t4,
};
[[nodiscard]] std::string_view to_string(AlignmentState state);
[[nodiscard]] std::string_view to_string(AlignmentEvent event);

struct InitialAlignmentControl {
  void signal(LinkCore& core, AlignmentEvent event);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  AlignmentState state = AlignmentState::idle;
  bool short_proving = false;    // T4 is Pe, not Pn
  bool further_proving = false;  // the period was aborted; the next undamaged unit begins another
  std::uint8_t aborted = 0;      // Cp
};

}  // namespace strowger::ss7::mtp2
