#include "sip/output.hpp"

namespace strowger::sip {

void Output::begin(core::Actions<Action>& actions, core::Time now) {
  actions_ = &actions;
  now_ = now;
  while (!kept_.empty() && put(kept_.front().flow, kept_.front().octets)) {
    kept_.pop_front();
  }
}

void Output::send(const Flow& flow, std::string_view octets) {
  count(Count::messages_sent);
  count(Count::octets_sent, octets.size());
  if (!kept_.empty() || !put(flow, octets)) {
    count(Count::sends_deferred);
    kept_.push_back({flow, std::string(octets)});
  }
}

std::string_view Output::keep(std::string_view text) {
  return text.empty() ? text : actions_->store(text);
}

bool Output::put(const Flow& flow, std::string_view octets) {
  // Half a unit stays free for what must not be kept back.
  const core::StepSize needed{unit.records / 2 + 1, unit.octets / 2 + octets.size()};
  if (!actions_->has_room(needed)) {
    return false;
  }
  actions_->push(Send{flow, actions_->store(core::octets_of(octets))});
  return true;
}

}  // namespace strowger::sip
