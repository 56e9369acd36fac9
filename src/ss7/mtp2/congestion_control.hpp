// CC, congestion control (Q.703 9.3, Figure 16): while this end is busy it says so every T5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ss7/mtp2/box.hpp"

namespace strowger::ss7::mtp2 {

enum class CongestionState : std::uint8_t { normal, busy };
enum class CongestionEvent : std::uint8_t { busy, normal, t5 };
[[nodiscard]] std::string_view to_string(CongestionState state);
[[nodiscard]] std::string_view to_string(CongestionEvent event);

struct CongestionControl {
  void signal(LinkCore& core, CongestionEvent event);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  CongestionState state = CongestionState::normal;
};

}  // namespace strowger::ss7::mtp2
