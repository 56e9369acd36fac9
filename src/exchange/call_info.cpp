#include "exchange/call_info.hpp"

#include <algorithm>

#include "exchange/call_records.hpp"

namespace strowger::exchange {
namespace {

ChannelInfo describe_leg(const Leg& leg, core::WallTime now) {
  ChannelInfo info;
  info.name = leg.name();
  info.unique_id = leg.facts().unique_id;
  info.peer = leg.facts().peer;
  info.state = to_string(leg.state());
  info.direction = leg.direction() == Leg::Direction::incoming ? "incoming" : "outgoing";
  info.held = leg.held();
  info.age = leg.times().end.value_or(now) - leg.times().start;
  info.remote_address = leg.facts().remote_address;
  info.protocol_call_id = leg.facts().protocol_call_id;
  return info;
}

}  // namespace

CallInfo describe(Call& call) {
  const core::WallTime now = call.host().loop().wall();
  const Leg& caller = call.caller();
  CallInfo info;
  info.id = call.id();
  info.unique_id = caller.facts().unique_id;
  info.context = call.here().context;
  info.extension = call.here().extension;
  info.priority = call.here().priority;
  info.application = call.application();
  info.application_data = call.application_data();
  info.caller_id = caller_id_text(call.facts().caller_name, call.facts().caller_number);
  info.account_code = call.facts().account_code;
  info.age = now - caller.times().start;
  if (caller.times().answer) {
    info.answered_for = caller.times().end.value_or(now) - *caller.times().answer;
  }
  for (const auto& leg : call.legs()) {
    info.channels.push_back(describe_leg(*leg, now));
  }
  return info;
}

CallDetail describe_fully(Call& call) {
  CallDetail detail;
  detail.info = describe(call);
  for (const auto& [name, value] : call.scope().variables().all()) {
    detail.variables.emplace_back(name, value);
  }
  detail.ladder = call.ladder().lines();
  detail.frame_octets = call.frames().octets;
  return detail;
}

bool is_named(const CallInfo& call, std::string_view name) {
  return call.unique_id == name ||
         std::any_of(call.channels.begin(), call.channels.end(), [name](const ChannelInfo& leg) {
           return leg.name == name || leg.unique_id == name;
         });
}

}  // namespace strowger::exchange
