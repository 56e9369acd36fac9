// Any octets as a request and as an answer: the same verdict however they are cut, and one answer
// that a strict reader of HTTP takes.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "crypto/random.hpp"
#include "http/parse.hpp"
#include "websocket/engine.hpp"

namespace {

using namespace strowger;
using websocket::Engine;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

/// What came of it: the kinds of actions, and what was sent after the request of a client.
std::string verdict(core::Octets octets, bool server, std::size_t piece) {
  crypto::SeededRandom random(1);
  const core::Time now{1'000'000'000};
  websocket::Settings settings;
  settings.max_connections = 1;
  Engine engine(settings, random, now);
  std::array<websocket::Action, 64> records;
  std::vector<core::Octet> arena(Engine::max_step.octets * 4);
  core::Actions<websocket::Action> actions(records, arena);
  websocket::OpenClient client;
  client.request.host = "h";
  const websocket::Command open =
      server ? websocket::Command(websocket::OpenServer{}) : websocket::Command(client);
  const websocket::ConnectionId id = engine.command(open, now, actions).value();
  if (!server) {
    engine.taken(id, engine.waiting(id).size(), now);
  }
  std::string kinds;
  std::vector<core::Octet> inbox;
  bool over = false;
  while (!octets.empty() && !over) {
    const core::Octets part = octets.first(std::min(piece, octets.size()));
    octets = octets.subspan(part.size());
    inbox.insert(inbox.end(), part.begin(), part.end());
    std::size_t taken = 1;
    while (taken > 0 && !inbox.empty() && !over) {
      actions.clear();
      taken = engine.input(inbox, id, now, actions);
      demand(taken <= inbox.size());
      inbox.erase(inbox.begin(), inbox.begin() + static_cast<std::ptrdiff_t>(taken));
      for (const websocket::Action& action : actions.all()) {
        kinds += static_cast<char>('A' + action.index());
        over = true;  // a verdict; what comes behind it is for the connection's own target
      }
    }
  }
  const core::Octets answer = engine.waiting(id);
  if (!answer.empty()) {
    http::HeadFinder finder;
    const auto end = finder.find(answer);
    demand(end && *end);
    const auto head = http::parse_response(answer.first(**end));
    demand(head && head->status >= 400);
    demand(http::body_length(*head, "GET")->octets == answer.size() - **end);
    kinds += std::to_string(head->status);
  }
  return kinds;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::Octets octets{data, size};
  const std::string client = verdict(octets, false, size);
  demand(client == verdict(octets, false, 3));
  // A request with octets behind it is refused where they come with it, so it is told by its head.
  http::HeadFinder finder;
  const auto end = finder.find(octets);
  const core::Octets head = end && *end ? octets.first(**end) : octets;
  demand(verdict(head, true, head.size()) == verdict(head, true, 1));
  return 0;
}
