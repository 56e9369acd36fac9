// Recordings from anywhere: reading one, and replaying what can be read, on the toy engine of the
// unit tests. Streamed recordings have no checksum to get past.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/echo_engine_fixture.hpp"
#include "base/flight_replay.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using strowger::base::EchoCodec;
  using strowger::base::EchoEngine;
  const auto recording = strowger::base::read_flight(std::vector<std::uint8_t>(data, data + size));
  if (recording) {
    EchoEngine engine;
    EchoCodec codec;
    (void)strowger::base::Replayer<EchoEngine, EchoCodec>(engine, codec).run(*recording);
  }
  return 0;
}
