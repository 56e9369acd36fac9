// Any octets on an open connection: the same events and the same answers however they are cut, no
// text that is not UTF-8, nothing after the end. The first octet chooses the end, deflate and the
// cut.
#include "connection_world.hpp"

namespace {

using namespace strowger;
using fuzz::demand;
using fuzz::Outcome;
using fuzz::World;

Outcome run(core::Octets octets, const websocket::Settings& settings, bool deflate,
            std::size_t piece) {
  World world(settings);
  websocket::OpenUpgraded open;
  if (deflate) {
    open.deflate = websocket::DeflateAgreement{};
  }
  world.open(open);
  while (!octets.empty()) {
    const core::Octets part = octets.first(std::min(piece, octets.size()));
    octets = octets.subspan(part.size());
    world.feed(part);
  }
  world.settle();
  return world.outcome();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  websocket::Settings settings;
  settings.max_connections = 1;
  settings.message_octets = 100'000;
  settings.ping_interval = {};
  const bool deflate = (data[0] & 1U) != 0;
  const std::size_t piece = (data[0] >> 1U) + 1U;
  const core::Octets octets{data + 1, size - 1};
  const Outcome whole = run(octets, settings, deflate, SIZE_MAX);
  demand(run(octets, settings, deflate, piece) == whole);
  return 0;
}
