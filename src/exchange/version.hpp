// What this build is.
#pragma once

#include <string>

namespace strowger::exchange {

inline constexpr const char* version_number = "0.1.0";
[[nodiscard]] inline std::string version_text() {
  return std::string("Strowger ") + version_number;
}

}  // namespace strowger::exchange
