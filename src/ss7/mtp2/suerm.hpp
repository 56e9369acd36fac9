// SUERM, the signal unit error rate monitor (Q.703 10.2, Figure 18): a leaky bucket that takes a
// link of up to 64 kbit/s out of service.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ss7/mtp2/box.hpp"

namespace strowger::ss7::mtp2 {

enum class SuermState : std::uint8_t { idle, monitoring };
enum class SuermEvent : std::uint8_t { start, stop, unit, unit_in_error };
[[nodiscard]] std::string_view to_string(SuermState state);
[[nodiscard]] std::string_view to_string(SuermEvent event);

struct Suerm {
  void signal(LinkCore& core, SuermEvent event);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  SuermState state = SuermState::idle;
  std::uint16_t errors = 0;  // Cs
  std::uint16_t units = 0;   // since one error was last forgiven
};

}  // namespace strowger::ss7::mtp2
