// A CesEngine with its actions' room: for tests.
#pragma once

#include <deque>
#include <vector>

#include "tdm_transports/ces_engine.hpp"

namespace strowger::tdm_transports {

class CesStand {
 public:
  explicit CesStand(const CesConfig& config)
      : engine(config),
        records_(CesEngine::max_step.records),
        arena_(CesEngine::max_step.octets),
        actions_(records_, arena_) {}

  /// One tick; what was heard. A datagram that came out is kept in `sent`.
  std::vector<core::Octet> tick(core::Octets out, bool defect = false, bool rdi = false) {
    std::vector<core::Octet> in(out.size());
    (void)engine.command(CesEngine::Tick{out, in, defect, rdi}, core::Time{}, actions_);
    for (const auto& action : actions_.all()) {
      sent.emplace_back(action.datagram.begin(), action.datagram.end());
    }
    actions_.clear();
    return in;
  }
  void hear(core::Octets datagram) {
    engine.input(datagram, CesEngine::Source{}, core::Time{}, actions_);
  }

  CesEngine engine;
  std::deque<std::vector<core::Octet>> sent;

 private:
  std::vector<CesEngine::Send> records_;
  std::vector<core::Octet> arena_;
  core::Actions<CesEngine::Send> actions_;
};

}  // namespace strowger::tdm_transports
