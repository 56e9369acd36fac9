// The peers of parse_bench, each in a file of its own: their headers name the same types.
#pragma once

#include <string_view>

namespace strowger::bench {

void start_osip();
/// Whether one message, and with `with_sdp` the session within it, was parsed; frees all of it.
[[nodiscard]] bool osip_parses(std::string_view message, bool with_sdp);
[[nodiscard]] bool sofia_parses(std::string_view message, bool with_sdp);

}  // namespace strowger::bench
