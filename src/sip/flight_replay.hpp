// Replays a recording of the SIP engine, and tells each of its calls in a line for people.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/flight_replay.hpp"
#include "sip/engine_types.hpp"

namespace strowger::sip {

/// "12 +0.004231 s input udp 192.0.2.9:5060 INVITE sip:100@192.0.2.1 SIP/2.0 -> send udp
/// 192.0.2.9:5060 SIP/2.0 100 Trying, incoming call": called for every call of the engine, in
/// order. Texts from the wire are escaped.
using ShowCall = std::function<void(const std::string& line)>;

/// Makes the engine from the recording's snapshot and chance, and feeds it. wrong_engine where the
/// recording is of another engine.
[[nodiscard]] core::Result<base::ReplayReport, base::FlightError> replay_flight(
    const base::FlightRecording& recording, const ShowCall& show);

}  // namespace strowger::sip
