#include "exchange/fake_driver_fixture.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace strowger::exchange {

FakeDriver::FakeLeg& FakeDriver::call_in(const std::string& peer, const std::string& extension,
                                         const std::string& context) {
  const LegId id = events_->new_leg();
  FakeLeg& leg = legs_[id.number];
  leg.id = id;
  leg.peer = peer;
  leg.incoming = true;
  if (!without_media) {
    leg.port = media_.open({}, events_->media_sink())->id;
  }
  LegIncoming incoming;
  incoming.name = "SIP/" + peer + "-" + std::to_string(id.number);
  incoming.peer = peer;
  incoming.context = context;
  incoming.extension = extension;
  incoming.caller_number = peer;
  incoming.remote_address = "192.0.2.1:5060";
  incoming.media = leg.port;
  incoming.headers = {{"X-Test", "yes"}};
  events_->deliver(id, incoming);
  return leg;
}

void FakeDriver::place(LegId id, PlaceRequest request) {
  FakeLeg& leg = legs_[id.number];
  leg.id = id;
  leg.peer = request.target;
  leg.request = std::move(request);
  if (!without_media) {
    leg.port = media_.open({}, events_->media_sink())->id;
  }
  events_->deliver(id, LegCreated{"SIP/" + leg.peer + "-" + std::to_string(id.number), "call-id",
                                  leg.port, digits_by_signalling});
}

void FakeDriver::command(LegId id, std::string text) {
  const auto found = legs_.find(id.number);
  if (found == legs_.end()) {
    breaches_.push_back(text + " to a leg that never was");
    return;
  }
  if (found->second.hangups > 0) {
    breaches_.push_back(text + " after hangup of " + found->second.peer);
  }
  found->second.commands.push_back(std::move(text));
}

void FakeDriver::hangup(LegId id, Cause cause) {
  command(id, "hangup " + std::to_string(static_cast<int>(cause)));
  const auto found = legs_.find(id.number);
  if (found == legs_.end()) {
    return;
  }
  found->second.hangups += 1;
  found->second.hangup_cause = cause;
  loop_.call_at(loop_.now() + hangup_time, [this, number = id.number] {
    if (const auto leg = legs_.find(number); leg != legs_.end()) {
      end(leg->second, leg->second.hangup_cause, false);
    }
  });
}

void FakeDriver::end(FakeLeg& leg, Cause cause, bool by_peer) {
  if (leg.ended) {
    return;
  }
  leg.ended = true;
  if (leg.port.valid()) {
    media_.close(leg.port);
  }
  events_->deliver(leg.id, LegEnded{cause, by_peer, 0});
}

void FakeDriver::say(FakeLeg& leg, LegEvent event) {
  if (!leg.ended) {
    events_->deliver(leg.id, std::move(event));
  }
}

bool FakeDriver::has(const std::string& peer) const {
  return std::any_of(legs_.begin(), legs_.end(),
                     [&](const auto& entry) { return entry.second.peer == peer; });
}

FakeDriver::FakeLeg& FakeDriver::leg(const std::string& peer) {
  for (auto entry = legs_.rbegin(); entry != legs_.rend(); ++entry) {
    if (entry->second.peer == peer) {
      return entry->second;
    }
  }
  throw std::runtime_error("no leg of " + peer);
}

std::size_t FakeDriver::open_legs() const {
  return static_cast<std::size_t>(std::count_if(
      legs_.begin(), legs_.end(), [](const auto& entry) { return !entry.second.ended; }));
}

void FakeDriver::forget_ended() {
  std::erase_if(legs_, [](const auto& entry) { return entry.second.ended; });
}

}  // namespace strowger::exchange
