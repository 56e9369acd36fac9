// The tones of the countries (ITU-T E.180 supplement 2, as the operators' own documents and
// Asterisk's indications.conf know them).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "media/tone.hpp"

namespace strowger::media {

/// All tones of one country by name: "dial", "ring", "busy", "congestion", "callwaiting", "info"
/// (special information tone) and "milliwatt" (1004 Hz at 0 dBm0).
using TonePlan = std::map<std::string, ToneScript, std::less<>>;

/// An empty plan where the country (two letters, "us") is not known.
[[nodiscard]] TonePlan tone_plan(std::string_view country);
[[nodiscard]] std::vector<std::string_view> known_countries();

}  // namespace strowger::media
