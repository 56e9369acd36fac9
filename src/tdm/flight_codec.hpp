// How a span engine's calls are written in flight recordings (docs/flight-recorder.md), and the
// snapshot with which a recording begins. Replays the engine with the modules of this library.
#pragma once

#include <string_view>
#include <vector>

#include "base/flight_replay.hpp"
#include "tdm/span_engine.hpp"

namespace strowger::tdm {

/// The codec that base/flight_tap.hpp and base/flight_replay.hpp ask for. Of a StateChanged the
/// file and line are left out: they are the build's, not the engine's. One thread.
class FlightCodec {
 public:
  void encode(const SpanEngine::Source& source, core::OctetWriter& writer);
  void encode(const SpanEngine::Event& event, core::OctetWriter& writer);
  void encode(const Command& command, core::OctetWriter& writer);
  void encode(const SpanEngine::Action& action, core::OctetWriter& writer);
  void encode_result(const Result<void>& result, core::OctetWriter& writer);

  // Where the record makes no sense the reader is failed.
  void decode(core::OctetReader& reader, SpanEngine::Source& source);
  void decode(core::OctetReader& reader, SpanEngine::Event& event);
  void decode(core::OctetReader& reader, Command& command);
};

/// What an engine was made from. The keys of transports are not the engine's and are left out.
struct FlightStart {
  SpanId id;
  SpanConfig config;
  std::vector<Group> groups;
};
[[nodiscard]] std::vector<core::Octet> encode_start(SpanId id, const SpanConfig& config,
                                                    const std::vector<Group>& groups);
[[nodiscard]] core::Result<FlightStart, base::FlightError> decode_start(core::Octets snapshot);

/// The name in the header of a recording of this engine.
inline constexpr std::string_view flight_engine_name = "tdm";

/// Makes the engine and its module from the recording's snapshot, and feeds it. wrong_engine where
/// the recording is of another engine or of a module that is not this library's (ss7).
[[nodiscard]] core::Result<base::ReplayReport, base::FlightError> replay_flight(
    const base::FlightRecording& recording);

}  // namespace strowger::tdm
