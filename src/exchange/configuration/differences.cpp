#include <map>
#include <set>

#include "base/snapshot.hpp"
#include "exchange/configuration/configuration.hpp"

namespace strowger::exchange {
namespace {

template <class Map>
void describe(const char* what, const Map& before, const Map& after, auto&& same,
              std::vector<std::string>& lines) {
  const auto difference = base::difference(before, after, same);
  const auto say = [&](const char* how, const auto& names) {
    for (const auto& name : names) {
      lines.push_back(std::string(what) + " " + name + " " + how);
    }
  };
  say("added", difference.added);
  say("removed", difference.removed);
  say("changed", difference.changed);
}

using Peers = std::map<std::string, std::pair<const drivers::SipPeer*, const sip::PeerSettings*>>;

Peers peers_of(const Configuration& configuration) {
  Peers peers;
  for (const auto& [name, peer] : configuration.sip->peers) {
    peers[name] = {peer.get(), &configuration.sip->engine->peers.at(name)};
  }
  return peers;
}

using Contexts = std::map<std::string, const dialplan::Context*>;

Contexts contexts_of(const Configuration& configuration) {
  Contexts contexts;
  for (const auto& context : configuration.dialplan->contexts()) {
    contexts[context.name] = &context;
  }
  return contexts;
}

bool same_steps(const dialplan::Extension& a, const dialplan::Extension& b) {
  return a.name == b.name && a.caller == b.caller &&
         std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                    [](const dialplan::Step& x, const dialplan::Step& y) {
                      return x.priority == y.priority && x.label == y.label &&
                             x.application == y.application && x.arguments == y.arguments;
                    });
}

bool same_context(const dialplan::Context* a, const dialplan::Context* b) {
  return std::equal(a->extensions.begin(), a->extensions.end(), b->extensions.begin(),
                    b->extensions.end(), same_steps) &&
         std::equal(a->includes.begin(), a->includes.end(), b->includes.begin(), b->includes.end(),
                    [](const auto& x, const auto& y) { return x.context == y.context; });
}

}  // namespace

std::vector<std::string> differences(const Configuration& before, const Configuration& after) {
  std::vector<std::string> lines;
  describe(
      "peer", peers_of(before), peers_of(after),
      [](const auto& a, const auto& b) { return *a.first == *b.first && *a.second == *b.second; },
      lines);
  describe("context", contexts_of(before), contexts_of(after), same_context, lines);
  if (*before.conferences != *after.conferences) {
    lines.emplace_back("conference profiles changed");
  }
  const auto restart = [&](bool differs, const char* what) {
    if (differs) {
      lines.push_back(std::string(what) + " changed: taken at the next start");
    }
  };
  restart(before.general.workers != after.general.workers, "workers");
  restart(before.general.max_calls != after.general.max_calls, "maxcalls");
  restart(before.general.sound_folders != after.general.sound_folders, "sounds");
  restart(
      before.rtp.port_first != after.rtp.port_first || before.rtp.port_last != after.rtp.port_last,
      "RTP ports");
  restart(before.rtp.shards != after.rtp.shards, "media shards");
  restart(before.music != after.music, "music on hold");
  restart(before.trunks.text != after.trunks.text, "spans and signalling links");
  restart(before.tone_country != after.tone_country, "country of tones");
  if (lines.empty()) {
    lines.emplace_back("nothing has changed");
  }
  return lines;
}

}  // namespace strowger::exchange
