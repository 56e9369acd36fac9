// How the WebSocket engine's calls are written in flight recordings (docs/flight-recorder.md), and
// the snapshot with which a recording begins. Recorded is what goes through an EngineDriver, so a
// driver of this engine that shall be replayed takes octets by `transmit`, and not by `waiting`.
#pragma once

#include <memory>
#include <vector>

#include "base/buffer.hpp"
#include "base/flight_recorder.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"
#include "websocket/engine.hpp"

namespace strowger::websocket {

/// The codec that base/flight_tap.hpp and base/flight_replay.hpp ask for. A decoded value points
/// into the record, and holds until the next decode. One thread.
class FlightCodec {
 public:
  void encode(const ConnectionId& source, core::OctetWriter& writer);
  void encode(const Event& event, core::OctetWriter& writer);
  void encode(const Command& command, core::OctetWriter& writer);
  void encode(const Action& action, core::OctetWriter& writer);
  void encode_result(const core::Result<ConnectionId, Refusal>& result, core::OctetWriter& writer);

  // Where the record makes no sense the reader is failed.
  void decode(core::OctetReader& reader, ConnectionId& source);
  void decode(core::OctetReader& reader, Event& event);
  void decode(core::OctetReader& reader, Command& command);

 private:
  std::shared_ptr<base::BufferPool> pool_ = std::make_shared<base::BufferPool>();
};

[[nodiscard]] std::vector<core::Octet> encode_start(const Settings& settings);
[[nodiscard]] core::Result<Settings, base::FlightError> decode_start(core::Octets snapshot);

/// The name in the header of a recording of this engine.
inline constexpr std::string_view flight_engine_name = "websocket";

}  // namespace strowger::websocket
