#include "sip/sip_engine_fixture.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "crypto/digest.hpp"
#include "sip/digest_auth.hpp"
#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"

namespace strowger::sip::test {
namespace {

std::string text_of(std::string_view text) {
  return std::string(text);
}

constexpr std::uint16_t listener_of(Transport transport) {
  return transport == Transport::udp ? 0 : 1;
}

Seen seen_of(const CallIncoming& a) {
  return {.what = "incoming",
          .call = a.call,
          .peer = text_of(a.peer),
          .user = text_of(a.request_user),
          .sdp = text_of(a.sdp),
          .text = text_of(a.from_user)};
}
Seen seen_of(const CallProgress& a) {
  return {.what = "progress", .call = a.call, .status = a.status, .sdp = text_of(a.sdp)};
}
Seen seen_of(const CallAnswered& a) {
  return {.what = "answered", .call = a.call, .sdp = text_of(a.sdp)};
}
Seen seen_of(const CallConfirmed& a) {
  return {.what = "confirmed", .call = a.call, .sdp = text_of(a.sdp)};
}
Seen seen_of(const CallEnded& a) {
  return {.what = "ended",
          .call = a.call,
          .status = a.status,
          .q850 = a.q850,
          .by_us = a.by_us,
          .text = text_of(a.reason)};
}
Seen seen_of(const OfferReceived& a) {
  return {.what = "offer", .call = a.call, .sdp = text_of(a.sdp)};
}
Seen seen_of(const OfferAnswered& a) {
  return {.what = "offer answered", .call = a.call, .status = a.status, .sdp = text_of(a.sdp)};
}
Seen seen_of(const InfoReceived& a) {
  return {.what = "info", .call = a.call, .text = text_of(a.body)};
}
Seen seen_of(const BindingChanged& a) {
  return {
      .what = "binding", .peer = text_of(a.peer), .text = text_of(a.contact), .expires = a.expires};
}
Seen seen_of(const AuthenticationFailed& a) {
  return {.what = "authentication failed",
          .status = static_cast<std::uint16_t>(a.why),
          .user = text_of(a.user)};
}
Seen seen_of(const Note& a) {
  return {.what = "note", .user = text_of(a.clause), .text = text_of(a.text)};
}
/// Send, OpenFlow, CloseFlow and Resolve are carried out instead.
template <class Other>
Seen seen_of(const Other&) {
  return {};
}

}  // namespace

std::string Sent::header(std::string_view name) const {
  Message message;
  if (!parse_message(core::octets_of(text), message)) {
    return {};
  }
  return std::string(message.value(name).value_or(""));
}

Node::Node(World& world, core::Address address, std::shared_ptr<Settings> initial,
           std::uint64_t seed, const EngineLimits& limits)
    : settings(std::move(initial)),
      world_(world),
      address_(address),
      random_(seed),
      engine_(std::make_unique<Engine>(settings, limits, random_)),
      records_(Engine::max_step.records),
      arena_(Engine::max_step.octets) {}

void Node::run(const std::function<void(core::Actions<Action>&)>& call) {
  core::Actions<Action> actions(records_, arena_);
  call(actions);
  EXPECT_EQ(actions.refused(), 0U) << "an action did not fit";
  // Delivered after the engine has returned; a command given meanwhile uses its own room.
  const std::vector<Action> delivered(actions.all().begin(), actions.all().end());
  const std::vector<core::Octet> kept = std::move(arena_);
  arena_.assign(Engine::max_step.octets, 0);
  for (const auto& action : delivered) {
    deliver(action);
  }
}

core::Result<CallHandle, Refusal> Node::command(const Command& command) {
  core::Result<CallHandle, Refusal> result;
  run([&](core::Actions<Action>& actions) {
    result = engine_->command(command, world_.now, actions);
  });
  return result;
}

void Node::event(const Event& event) {
  run([&](core::Actions<Action>& actions) { engine_->event(event, world_.now, actions); });
}

void Node::receive(const Flow& flow, const std::string& octets) {
  std::string& pending = pending_[flow.connection];
  pending += octets;
  std::size_t consumed = 0;
  const std::string taken = pending;
  run([&](core::Actions<Action>& actions) {
    consumed = engine_->input(core::octets_of(taken), flow, world_.now, actions);
  });
  pending_[flow.connection].erase(0, consumed);
}

void Node::expire_due() {
  for (int rounds = 0; rounds < 1000; ++rounds) {
    const auto due = engine_->next_deadline();
    if (!due || *due > world_.now) {
      return;
    }
    run([&](core::Actions<Action>& actions) { engine_->expire(world_.now, actions); });
  }
  ADD_FAILURE() << "the engine is due for ever";
}

void Node::connect(const OpenFlow& open) {
  Node* peer = world_.at(open.flow.remote, open.flow.transport);
  World::Arrival arrival;
  arrival.receiver = this;
  Flow flow = open.flow;
  if (peer == nullptr || world_.refuse_connections) {
    arrival.event = FlowClosed{flow, open.tag};
    world_.arrivals_.emplace(world_.now + core::milliseconds(1), arrival);
    return;
  }
  flow.connection = ++world_.last_connection_;
  world_.links_[flow.connection] = {this, peer};
  const core::Address source =
      address_.with_port(static_cast<std::uint16_t>(40'000 + flow.connection % 20'000));
  world_.link_source_[flow.connection] = source;
  arrival.event = FlowOpened{flow, open.tag};
  world_.arrivals_.emplace(world_.now + core::milliseconds(2), arrival);
  World::Arrival accepted;
  accepted.receiver = peer;
  accepted.event = FlowOpened{
      Flow{open.flow.transport, listener_of(open.flow.transport), flow.connection, source}, 0};
  world_.arrivals_.emplace(world_.now + core::milliseconds(1), accepted);
}

void Node::record(Seen seen) {
  seen.at = world_.now;
  log.push_back(seen);
  if (on_action) {
    on_action(seen);
  }
}

void Node::deliver(const Action& action) {
  if (const auto* send = std::get_if<Send>(&action)) {
    world_.send(*this, *send);
  } else if (const auto* open = std::get_if<OpenFlow>(&action)) {
    connect(*open);
  } else if (const auto* close = std::get_if<CloseFlow>(&action)) {
    disconnect(*close);
  } else if (const auto* asked = std::get_if<Resolve>(&action)) {
    record({.what = "resolve", .text = text_of(asked->host)});
    const auto targets = resolve ? resolve(*asked) : std::vector<Flow>{};
    event(Resolved{asked->tag, targets});
  } else {
    record(std::visit([](const auto& each) { return seen_of(each); }, action));
  }
}

void Node::disconnect(const CloseFlow& close) {
  world_.break_connection(close.flow.connection);
  record({.what = "close"});
}

const Seen& Node::seen(std::string_view what, std::size_t nth) const {
  static const Seen none{};
  for (const auto& entry : log) {
    if (entry.what == what && nth-- == 0) {
      return entry;
    }
  }
  ADD_FAILURE() << "no " << what;
  return none;
}

std::size_t Node::count(std::string_view what) const {
  return static_cast<std::size_t>(
      std::count_if(log.begin(), log.end(), [&](const Seen& entry) { return entry.what == what; }));
}

}  // namespace strowger::sip::test
