// Lower-case hexadecimal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/octets.hpp"

namespace strowger::crypto {

/// The two digits of an octet; the text lives as long as the program.
[[nodiscard]] std::string_view hex_pair(core::Octet octet);
[[nodiscard]] std::string hex(core::Octets octets);

}  // namespace strowger::crypto
