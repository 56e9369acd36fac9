// How the SIP engine's calls are written in flight recordings (docs/flight-recorder.md), and the
// snapshot with which a recording begins.
#pragma once

#include <memory>
#include <vector>

#include "base/flight_recorder.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"
#include "sip/engine.hpp"

namespace strowger::sip {

/// The codec that base/flight_tap.hpp and base/flight_replay.hpp ask for. A decoded value points
/// into the record and into the codec, and holds until the next decode. One thread.
class FlightCodec {
 public:
  void encode(const Flow& flow, core::OctetWriter& writer);
  void encode(const Event& event, core::OctetWriter& writer);
  void encode(const Command& command, core::OctetWriter& writer);
  void encode(const Action& action, core::OctetWriter& writer);
  void encode_result(const core::Result<CallHandle, Refusal>& result, core::OctetWriter& writer);

  // Where the record makes no sense the reader is failed.
  void decode(core::OctetReader& reader, Flow& flow);
  void decode(core::OctetReader& reader, Event& event);
  void decode(core::OctetReader& reader, Command& command);

 private:
  std::vector<Flow> targets_;
  std::vector<ExtraHeader> headers_;
};

/// What an engine was made from. Holds the digests of passwords: see docs/flight-recorder.md.
struct FlightStart {
  std::shared_ptr<const Settings> settings;
  EngineLimits limits;
};
[[nodiscard]] std::vector<core::Octet> encode_start(const Settings& settings,
                                                    const EngineLimits& limits);
[[nodiscard]] core::Result<FlightStart, base::FlightError> decode_start(core::Octets snapshot);

/// The name in the header of a recording of this engine.
inline constexpr std::string_view flight_engine_name = "sip";

}  // namespace strowger::sip
