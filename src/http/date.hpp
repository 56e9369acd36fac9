// Dates as HTTP writes them (RFC 9110 5.6.7). Pure; allocates nothing; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "core/bounded.hpp"
#include "core/time.hpp"

namespace strowger::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT"; for years 1970 to 9999.
[[nodiscard]] core::BoundedString<29> date_text(core::WallTime time);
/// That form alone: the two obsolete ones are left to museums, and a date that is not understood is
/// ignored (RFC 9110 13.1.3), which costs a transfer and nothing else.
[[nodiscard]] std::optional<core::WallTime> parse_date(std::string_view text);

}  // namespace strowger::http
