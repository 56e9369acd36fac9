// What a flight recording of a span says is decoded, or refused, without harm; what is decoded is
// written again as it was read.
#include <algorithm>
#include <cstdlib>

#include "tdm/flight_codec.hpp"

using namespace strowger;
using namespace strowger::tdm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::Octets octets(data, size);
  (void)decode_start(octets);
  FlightCodec codec;
  core::OctetReader reader(octets);
  Command command;
  codec.decode(reader, command);
  if (!reader.ok()) {
    return 0;
  }
  base::FlightScratch scratch;
  const core::Octets written =
      scratch.encoded([&](core::OctetWriter& writer) { codec.encode(command, writer); });
  Command again;
  core::OctetReader second(written);
  codec.decode(second, again);
  if (!second.ok() || !second.rest().empty() || again.request != command.request ||
      again.what.index() != command.what.index()) {
    std::abort();
  }
  return 0;
}
