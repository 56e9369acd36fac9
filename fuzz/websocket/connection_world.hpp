// One end of a connection under the fuzzer: octets go in, what comes of them is kept as text.
// Shared by the targets that look at frames.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "crypto/random.hpp"
#include "websocket/engine.hpp"
#include "websocket/utf8.hpp"

namespace strowger::fuzz {

using websocket::Engine;

inline void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

struct Outcome {
  std::string log;
  std::string sent;
  bool operator==(const Outcome&) const = default;
};

class World {
 public:
  explicit World(const websocket::Settings& settings) : engine_(settings, random_, now_) {}

  void open(const websocket::Command& command) {
    id_ = engine_.command(command, now_, actions_).value();
    tell();
  }
  /// What has been sent since the world began.
  [[nodiscard]] const std::string& sent() const { return outcome_.sent; }
  void feed(core::Octets octets) {
    inbox_.insert(inbox_.end(), octets.begin(), octets.end());
    bool again = true;
    while (again && !inbox_.empty()) {
      const std::size_t taken = engine_.input(inbox_, id_, now_, actions_);
      demand(taken <= inbox_.size());
      again = taken > 0 || !actions_.empty();
      tell();
      inbox_.erase(inbox_.begin(), inbox_.begin() + static_cast<std::ptrdiff_t>(taken));
    }
  }
  void settle() {
    for (int round = 0; round < 8; ++round) {
      engine_.expire(now_, actions_);
      tell();
    }
  }
  Outcome outcome() const { return outcome_; }

 private:
  void tell() {
    demand(actions_.refused() == 0);
    for (const websocket::Action& action : actions_.all()) {
      std::visit([this](const auto& one) { told(one); }, action);
    }
    actions_.clear();
    if (const auto id = std::exchange(requested_, {}); id.valid()) {
      demand(engine_.command(websocket::Accept{id, {}, {}}, now_, actions_).has_value());
      actions_.clear();
    }
    for (const websocket::LeaseId lease : leases_) {
      engine_.event(websocket::Returned{lease}, now_, actions_);
    }
    leases_.clear();
    std::array<core::Octet, 501> room;
    while (const std::size_t size = engine_.transmit(id_, room, now_)) {
      outcome_.sent += core::text_of(core::Octets(room).first(size));
    }
  }
  void told(const websocket::Requested& requested) {
    requested_ = requested.connection;  // accepted when all has been told
  }
  void told(const websocket::Message& message) {
    demand(!ended_);
    demand(message.kind == websocket::Kind::binary || websocket::Utf8::valid(message.octets));
    outcome_.log += "m" + std::to_string(message.octets.size()) + ":";
    outcome_.log += core::text_of(message.octets);
    if (message.lease != 0) {
      leases_.push_back(message.lease);
    }
  }
  void told(const websocket::Closed& closed) {
    demand(!ended_);
    ended_ = true;
    demand(websocket::Utf8::valid(core::octets_of(closed.reason)));
    outcome_.log += "c" + std::to_string(closed.code);
    outcome_.log += closed.reason;
  }
  void told(const websocket::Failed& failed) {
    demand(!ended_);
    ended_ = true;
    outcome_.log += std::string("f") + to_string(failed.fault);
  }
  void told(const websocket::HangUp&) {
    demand(ended_);
    outcome_.log += "h";
  }
  void told(const websocket::Pinged& pinged) { outcome_.log += core::text_of(pinged.octets); }
  void told(const websocket::Ponged& ponged) { outcome_.log += core::text_of(ponged.octets); }
  template <class Other>
  void told(const Other&) {}

  crypto::SeededRandom random_{1};
  core::Time now_{1'000'000'000};
  Engine engine_;
  std::array<websocket::Action, Engine::max_step.records * 4> records_;
  std::vector<core::Octet> arena_ = std::vector<core::Octet>(Engine::max_step.octets * 2);
  core::Actions<websocket::Action> actions_{records_, arena_};
  websocket::ConnectionId id_;
  websocket::ConnectionId requested_;
  std::vector<core::Octet> inbox_;
  std::vector<websocket::LeaseId> leases_;
  bool ended_ = false;
  Outcome outcome_;
};

}  // namespace strowger::fuzz
