// EIM, the errored interval monitor of links of 1.5 and 2 Mbit/s (Q.703 Annex A.10.2, Figure A.2):
// a leaky bucket of intervals, since at these rates units say little about time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ss7/mtp2/box.hpp"

namespace strowger::ss7::mtp2 {

enum class EimState : std::uint8_t { idle, monitoring };
enum class EimEvent : std::uint8_t { start, stop, unit_in_error, t8 };
[[nodiscard]] std::string_view to_string(EimState state);
[[nodiscard]] std::string_view to_string(EimEvent event);

struct Eim {
  void signal(LinkCore& core, EimEvent event);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  EimState state = EimState::idle;
  bool errored = false;     // the interval at hand
  std::uint32_t count = 0;  // CE
};

}  // namespace strowger::ss7::mtp2
