// CESoPSN: whatever comes, the receiver reads nothing outside a datagram (the sanitizers watch),
// what parses is written as it was read, and every tick is filled. The first octet chooses the
// form; each further datagram is a length octet and its octets, with a tick between them.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "tdm_transports/ces_engine.hpp"

namespace {

using namespace strowger;
using namespace strowger::tdm_transports;

void check_header(core::Octets datagram) {
  const auto packet = parse_ces(datagram, false);
  if (!packet) {
    return;
  }
  std::array<core::Octet, control_word_octets> written{};
  (void)write_ces_header(packet->control, packet->payload.size(), nullptr, written);
  if (written[0] != datagram[0] || written[2] != datagram[2] || written[3] != datagram[3]) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  CesConfig config;
  config.timeslots = 1;
  config.packet_ms = 1;
  config.jitter_ms = 1 + (data[0] >> 4U);
  config.rtp = (data[0] & 1U) != 0;
  config.redundancy = (data[0] & 2U) != 0;
  CesEngine engine(config);
  std::vector<CesEngine::Send> records(1);
  std::vector<core::Octet> arena(CesEngine::max_step.octets);
  core::Actions<CesEngine::Send> actions(records, arena);
  core::Octets rest(data + 1, size - 1);
  std::array<core::Octet, tdm::frames_a_tick> out{};
  std::array<core::Octet, tdm::frames_a_tick> in{};
  while (!rest.empty()) {
    const std::size_t length = std::min<std::size_t>(rest[0], rest.size() - 1);
    const core::Octets datagram = rest.subspan(1, length);
    rest = rest.subspan(1 + length);
    check_header(datagram);
    (void)engine.input(datagram, CesEngine::Source{}, core::Time{}, actions);
    if (!engine.command(CesEngine::Tick{out, in}, core::Time{}, actions)) {
      std::abort();
    }
    actions.clear();
  }
  return 0;
}
