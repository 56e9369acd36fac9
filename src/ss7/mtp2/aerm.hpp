// AERM, the alignment error rate monitor (Q.703 10.3, Figure 17): too many errors end a proving
// period.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ss7/mtp2/box.hpp"

namespace strowger::ss7::mtp2 {

enum class AermState : std::uint8_t { idle, monitoring };
enum class AermEvent : std::uint8_t { start, stop, unit_in_error };
[[nodiscard]] std::string_view to_string(AermState state);
[[nodiscard]] std::string_view to_string(AermEvent event);

struct Aerm {
  void signal(LinkCore& core, AermEvent event);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  AermState state = AermState::idle;
  std::uint8_t errors = 0;  // Ca
  std::uint8_t limit = 0;   // Ti, set before start: Tin or Tie
};

}  // namespace strowger::ss7::mtp2
