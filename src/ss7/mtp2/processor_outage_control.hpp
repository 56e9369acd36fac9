// POC, processor outage control (Q.703 clause 8, Figure 10): which end's processor is out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ss7/mtp2/box.hpp"

namespace strowger::ss7::mtp2 {

enum class OutageState : std::uint8_t { idle, local, remote, both };
enum class OutageEvent : std::uint8_t {
  local_outage,
  local_recovered,
  remote_outage,
  remote_recovered,
  stop,
};
[[nodiscard]] std::string_view to_string(OutageState state);
[[nodiscard]] std::string_view to_string(OutageEvent event);

struct ProcessorOutageControl {
  void signal(LinkCore& core, OutageEvent event);
  static std::size_t row_count();
  static RowText row_text(std::size_t row);

  OutageState state = OutageState::idle;
};

}  // namespace strowger::ss7::mtp2
