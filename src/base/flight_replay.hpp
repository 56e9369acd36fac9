// Feeds a recording to an engine and compares what it does with what it did.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/flight_tap.hpp"

namespace strowger::base {

/// The first call whose outcome was another one.
struct FlightDifference {
  std::uint64_t step = 0;  // from 0
  FlightKind kind = FlightKind::expire;
  core::Time at;
  std::uint32_t actions_then = 0;
  std::uint32_t actions_now = 0;
};

struct ReplayReport {
  std::uint64_t steps = 0;  // calls made; the last one may have no outcome on record (a crash)
  std::optional<FlightDifference> difference;
};

/// E must be made by the caller as it was when the recording began: from the header's snapshot,
/// seed and start. `observe(step, record, actions)` is called after every call, the differing one
/// included, where the replay ends.
template <class E, class Codec>
class Replayer {
 public:
  using Action = typename E::Action;

  Replayer(E& engine, Codec& codec) : engine_(engine), codec_(codec) {}

  template <class Observe>
  core::Result<ReplayReport, FlightError> run(const FlightRecording& recording, Observe&& observe) {
    if (recording.lost > 0) {
      return core::fail(FlightError::lost_records);
    }
    ReplayReport report;
    const FlightRecord* last = nullptr;  // the call whose outcome comes next
    for (const FlightRecord& record : recording.records) {
      if (record.kind == FlightKind::chance) {
        continue;  // drawn by the engine itself: FlightChance
      }
      if (record.kind != FlightKind::outcome) {
        if (!call(record)) {
          return core::fail(FlightError::bad_record);
        }
        last = &record;
        observe(report.steps++, record, std::span<const Action>(produced_));
        continue;
      }
      if (last == nullptr) {
        return core::fail(FlightError::bad_record);
      }
      if (!same(record)) {
        report.difference = FlightDifference{report.steps - 1, last->kind, last->at, record.actions,
                                             static_cast<std::uint32_t>(produced_.size())};
        break;
      }
      last = nullptr;
    }
    return report;
  }

  core::Result<ReplayReport, FlightError> run(const FlightRecording& recording) {
    return run(recording, [](std::uint64_t, const FlightRecord&, std::span<const Action>) {});
  }

 private:
  /// False where the record does not make sense for this engine.
  bool call(const FlightRecord& record) {
    // A lying record must not make us reserve without bound.
    constexpr std::size_t most_records = 1U << 16U;
    constexpr std::size_t most_octets = 16U << 20U;
    if (record.room.records > most_records || record.room.octets > most_octets) {
      return false;
    }
    outcome_ = {};
    records_.resize(std::max(records_.size(), record.room.records));
    arena_.resize(std::max(arena_.size(), record.room.octets));
    room_ = core::MutableOctets(arena_).first(record.room.octets);
    core::Actions<Action> actions(std::span<Action>(records_).first(record.room.records), room_);
    core::OctetReader reader(record.payload);
    const bool known = dispatch(record, reader, actions);
    produced_ = actions.all();
    if (known) {
      outcome_.actions(produced_, engine_.next_deadline(), codec_, scratch_);
    }
    return known;
  }

  bool dispatch(const FlightRecord& record, core::OctetReader& reader,
                core::Actions<Action>& actions) {
    switch (record.kind) {
      case FlightKind::input:
        return input(record, reader, actions);
      case FlightKind::event:
        return event(record, reader, actions);
      case FlightKind::command:
        return command(record, reader, actions);
      case FlightKind::expire:
        engine_.expire(record.at, actions);
        return true;
      case FlightKind::transmit:
        return transmit(record, reader);
      case FlightKind::outcome:
      case FlightKind::chance:
        break;
    }
    return false;
  }

  bool input(const FlightRecord& record, core::OctetReader& reader,
             core::Actions<Action>& actions) {
    if constexpr (core::InputEngine<E>) {
      typename E::Source source{};
      codec_.decode(reader, source);
      core::Octets octets;
      take(reader, octets);
      if (reader.ok()) {
        outcome_.consumed(engine_.input(octets, source, record.at, actions));
        return true;
      }
    }
    return false;
  }

  bool event(const FlightRecord& record, core::OctetReader& reader,
             core::Actions<Action>& actions) {
    if constexpr (core::EventEngine<E>) {
      typename E::Event event{};
      codec_.decode(reader, event);
      if (reader.ok()) {
        engine_.event(event, record.at, actions);
        return true;
      }
    }
    return false;
  }

  bool command(const FlightRecord& record, core::OctetReader& reader,
               core::Actions<Action>& actions) {
    typename E::Command command{};
    codec_.decode(reader, command);
    if (!reader.ok()) {
      return false;
    }
    outcome_.result(engine_.command(command, record.at, actions), codec_, scratch_);
    return true;
  }

  bool transmit(const FlightRecord& record, core::OctetReader& reader) {
    if constexpr (core::FlowTransmitEngine<E>) {
      typename E::Source to{};
      codec_.decode(reader, to);
      if (reader.ok()) {
        const std::size_t written = engine_.transmit(to, room_, record.at);
        outcome_.add(room_.first(written));
        return true;
      }
    } else if constexpr (core::TransmitEngine<E>) {
      const std::size_t written = engine_.transmit(room_, record.at);
      outcome_.add(room_.first(written));
      return true;
    }
    return false;
  }

  [[nodiscard]] bool same(const FlightRecord& outcome) const {
    return outcome.digest == outcome_.digest() && outcome.actions == produced_.size();
  }

  E& engine_;
  Codec& codec_;
  FlightScratch scratch_;
  FlightOutcome<E, Codec> outcome_;
  std::vector<Action> records_;
  std::vector<core::Octet> arena_;
  core::MutableOctets room_;
  std::span<const Action> produced_;
};

}  // namespace strowger::base
