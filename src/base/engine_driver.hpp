// What every driver of an engine does, once: lends room for actions, calls, delivers in order after
// the call, calls again where room was short, and tells when to come back.
//
// One thread. The driver knows no socket and no clock: its Host delivers and arms.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/engine.hpp"

namespace strowger::base {

/// Sees every call and its outcome; base/flight_tap.hpp records them. This one sees nothing.
struct NoTap {
  static constexpr bool listens = false;
};

struct EngineDriverConfig {
  /// Room for actions in one area; raised to the engine's max_step.
  core::StepSize room;
  /// How often one call may be followed by `expire` where the engine is still due, before the host
  /// gets to do something else.
  std::size_t expire_rounds = 16;
};

/// Host is whoever owns the sockets, and provides (to its friends, at least)
///   void deliver(const Action&, Time now)       does what the engine wants done;
///   void wake_at(std::optional<Time>)           says when to call `expire` next.
/// `deliver` may call any function of the driver: such calls take effect at once and return their
/// result, and their actions are delivered after those that came before them. What an action's
/// views point to holds until `deliver` returns. It must not destroy the driver.
template <class E, class Host, class Tap = NoTap>
class EngineDriver {
 public:
  using Action = typename E::Action;

  EngineDriver(E& engine, Host& host, EngineDriverConfig config = {}, Tap tap = {})
      : engine_(engine), host_(host), config_(config), tap_(std::move(tap)) {
    static_assert(core::Engine<E>);
    config_.room.records = std::max(config.room.records, E::max_step.records);
    config_.room.octets = std::max(config.room.octets, E::max_step.octets);
    spare_.push_back(std::make_unique<Area>(config_.room));
    pending_.reserve(4);
  }

  EngineDriver(const EngineDriver&) = delete;
  EngineDriver& operator=(const EngineDriver&) = delete;

  /// Octets from the wire. Returns how many the engine consumed; of a stream the rest is to come
  /// again with more behind it, of a datagram it is of no further use.
  template <class Source>
  std::size_t input(core::Octets octets, const Source& source,
                    core::Time now) requires core::InputEngine<E> {
    core::Octets rest = busy_ ? held(octets) : octets;
    bool again = true;
    while (again) {
      Area& area = area_with_room();
      const std::size_t before = area.actions.all().size();
      if constexpr (Tap::listens) {
        tap_.input(rest, source, now, area.actions.left());
      }
      const std::size_t taken = engine_.input(rest, source, now, area.actions);
      outcome(area, before, [&](auto& tap) { tap.consumed(taken); });
      const bool progress = taken > 0 || area.actions.all().size() > before;
      rest = rest.subspan(taken);
      // Where no step has room any more, the engine may have stopped for that reason alone.
      again = progress && !rest.empty() && !area.actions.has_room(E::max_step);
      drain(now);
    }
    finish(now);
    return octets.size() - rest.size();
  }

  template <class Event>
  void event(const Event& event, core::Time now) requires core::EventEngine<E> {
    Area& area = area_with_room();
    const std::size_t before = area.actions.all().size();
    if constexpr (Tap::listens) {
      tap_.event(event, now, area.actions.left());
    }
    engine_.event(event, now, area.actions);
    outcome(area, before, [](auto&) {});
    finish(now);
  }

  /// Returns the engine's own result.
  template <class Command>
  auto command(const Command& command, core::Time now) {
    Area& area = area_with_room();
    const std::size_t before = area.actions.all().size();
    if constexpr (Tap::listens) {
      tap_.command(command, now, area.actions.left());
    }
    auto result = engine_.command(command, now, area.actions);
    outcome(area, before, [&](auto& tap) { tap.result(result); });
    finish(now);
    return result;
  }

  void expire(core::Time now) {
    expire_once(now);
    finish(now);
  }

  /// The lower side has room: of the whole engine, or of one of its flows.
  std::size_t transmit(core::MutableOctets room, core::Time now) {
    if constexpr (Tap::listens) {
      tap_.transmit(room.size(), now);
    }
    const std::size_t written = engine_.transmit(room, now);
    return transmitted(room.first(written), now);
  }
  template <class Source>
  std::size_t transmit(const Source& to, core::MutableOctets room, core::Time now) {
    if constexpr (Tap::listens) {
      tap_.transmit(to, room.size(), now);
    }
    const std::size_t written = engine_.transmit(to, room, now);
    return transmitted(room.first(written), now);
  }

  [[nodiscard]] E& engine() { return engine_; }
  [[nodiscard]] Tap& tap() { return tap_; }

 private:
  /// Room for the actions of one or more calls. Nothing in it moves until all are delivered.
  struct Area {
    explicit Area(core::StepSize size)
        : records(size.records), arena(size.octets), actions(records, arena) {}

    std::vector<Action> records;
    std::vector<core::Octet> arena;
    core::Actions<Action> actions;
    std::size_t delivered = 0;
  };

  /// The area in use where it has room for a whole step, otherwise another one. There is more than
  /// one only while deliveries make calls.
  Area& area_with_room() {
    if (pending_.empty() || !pending_.back()->actions.has_room(E::max_step)) {
      if (spare_.empty()) {
        spare_.push_back(std::make_unique<Area>(config_.room));
      }
      pending_.push_back(std::move(spare_.back()));
      spare_.pop_back();
    }
    return *pending_.back();
  }

  /// A copy of what came in during a delivery: its actions, which may point into it, are delivered
  /// after the caller's octets are gone.
  core::Octets held(core::Octets octets) {
    return held_.emplace_back(octets.begin(), octets.end());
  }

  template <class Tell>
  void outcome([[maybe_unused]] const Area& area, [[maybe_unused]] std::size_t before,
               [[maybe_unused]] Tell&& tell) {
    if constexpr (Tap::listens) {
      tell(tap_);
      tap_.done(area.actions.all().subspan(before), engine_.next_deadline());
    }
  }

  void expire_once(core::Time now) {
    Area& area = area_with_room();
    const std::size_t before = area.actions.all().size();
    if constexpr (Tap::listens) {
      tap_.expire(now, area.actions.left());
    }
    engine_.expire(now, area.actions);
    outcome(area, before, [](auto&) {});
    drain(now);
  }

  std::size_t transmitted(core::Octets written, core::Time now) {
    if constexpr (Tap::listens) {
      tap_.transmitted(written);
      tap_.done(std::span<const Action>(), engine_.next_deadline());
    }
    finish(now);
    return written.size();
  }

  [[nodiscard]] bool due(core::Time now) const {
    const std::optional<core::Time> deadline = engine_.next_deadline();
    return deadline && *deadline <= now;
  }

  void drain(core::Time now) {
    if (busy_) {
      return;
    }
    busy_ = true;
    // A delivery may add to the area at hand or append another one, so both loops look again.
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      Area& area = *pending_[i];
      while (area.delivered < area.actions.all().size()) {
        host_.deliver(area.actions.all()[area.delivered++], now);
      }
    }
    for (std::unique_ptr<Area>& area : pending_) {
      area->actions.clear();
      area->delivered = 0;
      spare_.push_back(std::move(area));
    }
    pending_.clear();
    held_.clear();
    busy_ = false;
  }

  /// The end of every call from outside; calls from within a delivery leave it to the one outside.
  void finish(core::Time now) {
    if (busy_) {
      return;
    }
    drain(now);
    for (std::size_t round = 0; round < config_.expire_rounds && due(now); ++round) {
      expire_once(now);
    }
    host_.wake_at(engine_.next_deadline());
  }

  E& engine_;
  Host& host_;
  EngineDriverConfig config_;
  Tap tap_;
  std::vector<std::unique_ptr<Area>> pending_;  // with actions to deliver, in order
  std::vector<std::unique_ptr<Area>> spare_;
  std::vector<std::vector<core::Octet>> held_;
  bool busy_ = false;
};

}  // namespace strowger::base
