// Where the parts of the engine put what they want done: the actions lent for this call, the time
// of it, and the counters. A Send for which the lent room is too small is kept and comes out first
// at the next call; the engine is then due at once.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "core/actions.hpp"
#include "core/time.hpp"
#include "sip/counters.hpp"
#include "sip/engine_types.hpp"

namespace strowger::sip {

class Output {
 public:
  /// What one message, timer or command adds at most beside Sends.
  static constexpr core::StepSize unit{48, 64U << 10U};

  explicit Output(Counters& counters) : counters_(counters) {}

  /// Lends the actions until `end`. Sends kept from before go out first.
  void begin(core::Actions<Action>& actions, core::Time now);
  void end() { actions_ = nullptr; }

  [[nodiscard]] core::Time now() const { return now_; }
  /// There is room for another unit, and nothing is kept back.
  [[nodiscard]] bool room() const { return kept_.empty() && actions_->has_room(unit); }
  [[nodiscard]] bool kept() const { return !kept_.empty(); }

  void send(const Flow& flow, std::string_view octets);
  void push(const Action& action) { actions_->push(action); }
  /// A copy of the text that holds as long as the actions do.
  [[nodiscard]] std::string_view keep(std::string_view text);
  void note(const Flow& flow, std::string_view text, std::string_view clause,
            std::size_t offset = 0) {
    push(Note{flow, text, clause, offset});
  }
  void count(Count count, std::uint64_t by = 1) { counters_.add(count, by); }

 private:
  struct Kept {
    Flow flow;
    std::string octets;
  };
  bool put(const Flow& flow, std::string_view octets);

  Counters& counters_;
  core::Actions<Action>* actions_ = nullptr;
  core::Time now_;
  std::deque<Kept> kept_;
};

}  // namespace strowger::sip
