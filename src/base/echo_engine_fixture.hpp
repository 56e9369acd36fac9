// A toy engine for the tests of driver, recorder and replay: says back every octet it gets, and
// "again" as often as it is told to.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/flight_codec.hpp"
#include "core/engine.hpp"
#include "core/result.hpp"

namespace strowger::base {

class EchoEngine {
 public:
  struct Source {
    std::uint32_t number = 0;
  };
  struct Event {
    std::uint32_t number = 0;
  };
  struct Command {
    std::uint32_t repeat = 0;
  };
  struct Action {
    std::uint32_t from = 0;
    core::Octets said;
  };
  enum class Refusal : std::uint8_t { too_many };

  static constexpr core::StepSize max_step{1, 8};

  /// `flaw`: answers that octet wrongly, so that replays have something to find.
  explicit EchoEngine(core::Octet flaw = 0) : flaw_(flaw) {}

  std::size_t input(core::Octets octets, const Source& source, core::Time,
                    core::Actions<Action>& actions) {
    std::size_t used = 0;
    while (used < octets.size() && octets[used] != '.' && actions.has_room(max_step)) {
      const bool wrong = flaw_ != 0 && octets[used] == flaw_;
      actions.push({source.number, octets.subspan(used, wrong ? 0 : 1)});
      ++used;
    }
    return used;
  }

  void event(const Event& event, core::Time, core::Actions<Action>& actions) {
    actions.push({event.number, actions.store(core::octets_of("event"))});
  }

  core::Result<std::uint32_t, Refusal> command(const Command& command, core::Time now,
                                               core::Actions<Action>& actions) {
    if (command.repeat > 1'000) {
      return core::fail(Refusal::too_many);
    }
    repeat_ += command.repeat;
    expire(now, actions);
    return repeat_;
  }

  void expire(core::Time now, core::Actions<Action>& actions) {
    while (repeat_ > 0 && actions.has_room(max_step)) {
      actions.push({repeat_--, actions.store(core::octets_of("again"))});
    }
    due_ = repeat_ > 0 ? std::optional(now) : std::nullopt;
  }

  std::size_t transmit(core::MutableOctets room, core::Time) {
    std::fill(room.begin(), room.end(), core::Octet{'x'});
    return room.size();
  }

  [[nodiscard]] std::optional<core::Time> next_deadline() const { return due_; }

 private:
  core::Octet flaw_;
  std::uint32_t repeat_ = 0;
  std::optional<core::Time> due_;
};

struct EchoCodec {
  template <class Numbered>
  void encode(const Numbered& value, core::OctetWriter& writer) {
    put(writer, value.number);
  }
  void encode(const EchoEngine::Command& command, core::OctetWriter& writer) {
    put(writer, command.repeat);
  }
  void encode(const EchoEngine::Action& action, core::OctetWriter& writer) {
    put(writer, action.from);
    put(writer, action.said);
  }
  template <class Numbered>
  void decode(core::OctetReader& reader, Numbered& value) {
    take(reader, value.number);
  }
  void decode(core::OctetReader& reader, EchoEngine::Command& command) {
    take(reader, command.repeat);
  }
  template <class Result>
  void encode_result(const Result& result, core::OctetWriter& writer) {
    put(writer, result ? *result : UINT32_MAX);
  }
};

}  // namespace strowger::base
