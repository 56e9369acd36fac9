// A whole connection, from its handshake on, as a server and as a client: whatever extensions the
// peer speaks of and whatever octets follow, the same events and the same answers however the
// octets are cut. The first octet chooses the end and the cut, the first line is what
// Sec-WebSocket-Extensions says, and the rest is frames.
#include "connection_world.hpp"
#include "crypto/digest.hpp"
#include "websocket/handshake.hpp"

namespace {

using namespace strowger;
using fuzz::Outcome;
using fuzz::World;

struct Dialogue {
  bool server = true;
  std::string field;
  core::Octets frames;
};

std::string request_of(const Dialogue& dialogue) {
  return "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
         dialogue.field + "\r\n";
}

std::string answer_of(const Dialogue& dialogue, const std::string& request) {
  const std::size_t key = request.find("Sec-WebSocket-Key: ");
  fuzz::demand(key != std::string::npos);
  crypto::Digester digester;
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         std::string(websocket::accept_text(request.substr(key + 19, 24), digester).view()) +
         "\r\n" + dialogue.field + "\r\n";
}

Outcome run(const Dialogue& dialogue, std::size_t piece) {
  websocket::Settings settings;
  settings.max_connections = 1;
  settings.message_octets = 100'000;
  settings.ping_interval = {};
  World world(settings);
  if (dialogue.server) {
    world.open(websocket::OpenServer{});
    world.feed(core::octets_of(request_of(dialogue)));
  } else {
    websocket::OpenClient open;
    open.request.host = "h";
    world.open(open);
    world.feed(core::octets_of(answer_of(dialogue, world.sent())));
  }
  world.settle();
  for (core::Octets rest = dialogue.frames; !rest.empty();) {
    const core::Octets part = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(part.size());
    world.feed(part);
  }
  world.settle();
  return world.outcome();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::Octets octets{data, size};
  const auto line_end = std::find(octets.begin(), octets.end(), '\n');
  if (line_end == octets.end() || line_end == octets.begin()) {
    return 0;
  }
  const std::string value(octets.begin() + 1, line_end);
  Dialogue dialogue;
  dialogue.server = (data[0] & 1U) != 0;
  dialogue.field = value.empty() ? "" : "Sec-WebSocket-Extensions: " + value + "\r\n";
  dialogue.frames = core::Octets(line_end + 1, octets.end());
  const Outcome whole = run(dialogue, SIZE_MAX);
  fuzz::demand(run(dialogue, (data[0] >> 1U) + 1U) == whole);
  return 0;
}
