#include "ss7_trunk/test_user.hpp"

#include <algorithm>
#include <array>

namespace strowger::ss7_trunk {
namespace {

/// National network, MTP testing user part.
constexpr core::Octet service_information = 0x88;
constexpr std::size_t label_octets = 4;
constexpr std::size_t head_octets = 1 + label_octets + 8;
constexpr std::int64_t second_ns = 1'000'000'000;

core::Octet filling(std::uint32_t number, std::size_t at) {
  return static_cast<core::Octet>(std::size_t{number} * 7 + at);
}

struct TestMessage {
  std::uint32_t run = 0;
  std::uint32_t number = 0;
  bool damaged = false;
};

std::optional<TestMessage> parse(core::Octets message) {
  if (message.size() < TestUser::least_octets || message[0] != service_information) {
    return std::nullopt;
  }
  core::OctetReader reader(message);
  reader.skip(1 + label_octets);
  TestMessage parsed;
  parsed.run = reader.u32();
  parsed.number = reader.u32();
  for (std::size_t at = head_octets; at < message.size(); ++at) {
    parsed.damaged = parsed.damaged || message[at] != filling(parsed.number, at);
  }
  return parsed;
}

}  // namespace

void TestUser::send(LinkNumber link, std::uint64_t rate, std::size_t octets) {
  const std::lock_guard lock(lock_);
  State& state = links_[link.value()];
  if (state.figures.rate == 0 && rate > 0) {
    ++state.run;
    state.next = 0;
  }
  state.figures.rate = std::min(rate, most_rate);
  state.octets = std::clamp(octets, least_octets, ss7::mtp2::max_message_octets);
  state.last.reset();
  state.owed_ns = 0;
}

TestFigures TestUser::figures(LinkNumber link) const {
  const std::lock_guard lock(lock_);
  return links_[link.value()].figures;
}

bool TestUser::in_service(LinkNumber link) const {
  const std::lock_guard lock(lock_);
  return links_[link.value()].up;
}

void TestUser::on_message(LinkNumber link, core::Octets message) {
  const std::lock_guard lock(lock_);
  State& state = links_[link.value()];
  const auto parsed = parse(message);
  if (!parsed) {
    ++state.figures.others;
    return;
  }
  if (parsed->damaged) {
    ++state.figures.damaged;
    return;
  }
  if (state.far_run != parsed->run) {
    state.far_run = parsed->run;
    state.far_next = 0;
  }
  if (parsed->number < state.far_next) {
    ++state.figures.repeated;
    return;
  }
  state.figures.missing += parsed->number - state.far_next;
  ++state.figures.received;
  state.far_next = parsed->number + 1;
}

void TestUser::on_indication(LinkNumber link, const LinkIndication& indication) {
  const std::lock_guard lock(lock_);
  State& state = links_[link.value()];
  using Kind = ss7::mtp2::Action::Kind;
  if (indication.kind == Kind::in_service) {
    // What was under way when the link failed is nobody's (level 3 would change over): both ends
    // begin to count anew.
    state.up = true;
    ++state.run;
    state.next = 0;
    state.far_run.reset();
    ++state.figures.in_service;
  } else if (indication.kind == Kind::out_of_service) {
    state.up = false;
  }
}

/// A test has nowhere else to send them.
void TestUser::on_retrieved(LinkNumber /*link*/, core::Octets /*message*/) {}

void TestUser::turn(core::Time now) {
  const std::lock_guard lock(lock_);
  for (std::size_t i = 0; i < links_.size(); ++i) {
    State& state = links_[i];
    if (state.figures.rate > 0) {
      send_due(link_at(i), state, now);
    }
  }
}

void TestUser::send_due(LinkNumber link, State& state, core::Time now) {
  const core::Duration passed = state.last ? now - *state.last : core::Duration{};
  state.last = now;
  if (!state.up) {
    return;
  }
  // What could not be sent for a second is not made up for: the rate is kept, no burst follows.
  const auto rate = static_cast<std::int64_t>(state.figures.rate);
  state.owed_ns = std::min(state.owed_ns + passed.ns * rate, second_ns * rate);
  std::array<core::Octet, ss7::mtp2::max_message_octets> room{};
  while (state.owed_ns >= second_ns) {
    core::OctetWriter writer(room);
    writer.u8(service_information);
    writer.u32(0);
    writer.u32(state.run);
    writer.u32(state.next);
    for (std::size_t at = head_octets; at < state.octets; ++at) {
      writer.u8(filling(state.next, at));
    }
    if (!desk_->send(link, writer.written())) {
      ++state.figures.held;
      return;
    }
    ++state.next;
    ++state.figures.sent;
    state.owed_ns -= second_ns;
  }
}

bool TestUser::busy() const {
  const std::lock_guard lock(lock_);
  return std::any_of(links_.begin(), links_.end(),
                     [](const State& state) { return state.figures.rate > 0; });
}

}  // namespace strowger::ss7_trunk
