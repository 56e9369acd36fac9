// Any octets on a connection of the HTTP server: the same requests, bodies and answers however they
// are cut. What differs would be a request that one program sees and another does not.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "http/engine.hpp"

namespace {

using namespace strowger;
using http::Engine;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

/// Answers each request when its body is whole.
class World {
 public:
  World() { id_ = engine_.command(http::Command(http::Open{}), now_, actions_).value(); }

  std::string run(core::Octets octets, std::size_t piece) {
    while (!octets.empty()) {
      const core::Octets part = octets.first(std::min(piece, octets.size()));
      octets = octets.subspan(part.size());
      inbox_.insert(inbox_.end(), part.begin(), part.end());
      bool again = true;
      while (again && !inbox_.empty()) {
        const std::size_t taken = engine_.input(inbox_, id_, now_, actions_);
        demand(taken <= inbox_.size());
        again = taken > 0 || !actions_.empty();
        tell();
        inbox_.erase(inbox_.begin(), inbox_.begin() + static_cast<std::ptrdiff_t>(taken));
        settle();
      }
    }
    settle();
    return log_;
  }

 private:
  static http::Settings few() {
    http::Settings settings;
    settings.max_flows = 1;
    return settings;
  }
  void settle() {
    while (engine_.next_deadline().value_or(core::time_never) <= now_) {
      engine_.expire(now_, actions_);
      tell();
    }
  }
  void tell() {
    demand(actions_.refused() == 0);
    const std::vector<http::Action> told(actions_.all().begin(), actions_.all().end());
    bool whole = false;
    for (const http::Action& action : told) {
      if (const auto* request = std::get_if<http::Request>(&action)) {
        log_ += "R" + std::string(request->head.method) + std::string(request->head.target);
        whole = !request->body;
      } else if (const auto* part = std::get_if<http::BodyPart>(&action)) {
        log_ += core::text_of(part->octets);
        whole = part->last;
      } else if (const auto* rejected = std::get_if<http::Rejected>(&action)) {
        log_ += "J" + std::to_string(rejected->status);
        whole = false;
      }
    }
    actions_.clear();
    if (whole) {
      engine_.command(http::Command(http::Respond{id_, 200, {}, "x", false}), now_, actions_);
      tell();
    }
    std::array<core::Octet, 301> room;
    while (engine_.transmit(id_, room, now_) > 0) {
    }
  }

  core::Time now_{1'000'000'000};
  Engine engine_{few(), now_};
  std::array<http::Action, 64> records_;
  std::vector<core::Octet> arena_ = std::vector<core::Octet>(Engine::max_step.octets * 4);
  core::Actions<http::Action> actions_{records_, arena_};
  http::FlowId id_;
  std::vector<core::Octet> inbox_;
  std::string log_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const core::Octets octets{data + 1, size - 1};
  demand(World().run(octets, SIZE_MAX) == World().run(octets, 1U + data[0]));
  return 0;
}
