// Records the calls of an engine: the tap between base/engine_driver.hpp and the recorder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/flight_codec.hpp"
#include "base/flight_recorder.hpp"
#include "core/engine.hpp"

namespace strowger::base {

/// Memory for encoding, which grows until what must be encoded fits (up to 1 GiB; a longer payload
/// is cut off, and its replay says bad_record).
class FlightScratch {
 public:
  template <class Encode>
  core::Octets encoded(Encode&& encode) {
    while (true) {
      core::OctetWriter writer(octets_);
      encode(writer);
      if (writer.ok() || octets_.size() >= limit) {
        return writer.written();
      }
      octets_.resize(octets_.size() * 2);
    }
  }

 private:
  static constexpr std::size_t limit = 1U << 30U;
  std::vector<core::Octet> octets_ = std::vector<core::Octet>(4U << 10U);
};

/// What came of one call, as one number: its actions, its own result, and the next deadline. The
/// recorder and the replay both count with this.
template <class E, class Codec>
class FlightOutcome {
 public:
  void add(core::Octets octets) {
    digest_.add(std::uint64_t{octets.size()});
    digest_.add(octets);
  }
  void consumed(std::size_t octets) { digest_.add(std::uint64_t{octets}); }

  template <class Result>
  void result(const Result& result, Codec& codec, FlightScratch& scratch) {
    add(scratch.encoded([&](core::OctetWriter& writer) { codec.encode_result(result, writer); }));
  }

  void actions(std::span<const typename E::Action> actions, std::optional<core::Time> deadline,
               Codec& codec, FlightScratch& scratch) {
    for (const auto& action : actions) {
      add(scratch.encoded([&](core::OctetWriter& writer) { codec.encode(action, writer); }));
    }
    digest_.add(static_cast<std::uint64_t>(deadline ? deadline->ns : -1));
  }

  [[nodiscard]] std::uint64_t digest() const { return digest_.value(); }

 private:
  FlightDigest digest_;
};

/// Give one to an EngineDriver. Without a recorder it costs a branch a call.
template <class E, class Codec>
class FlightTap {
 public:
  static constexpr bool listens = true;

  FlightTap() = default;
  /// The recorder is not owned and outlives the tap.
  explicit FlightTap(FlightRecorder* recorder, Codec codec = {})
      : recorder_(recorder), codec_(std::move(codec)) {}

  template <class Source>
  void input(core::Octets octets, const Source& source, core::Time now, core::StepSize room) {
    begin(FlightKind::input, now, room, [&](core::OctetWriter& writer) {
      codec_.encode(source, writer);
      put(writer, octets);
    });
  }
  template <class Event>
  void event(const Event& event, core::Time now, core::StepSize room) {
    begin(FlightKind::event, now, room,
          [&](core::OctetWriter& writer) { codec_.encode(event, writer); });
  }
  template <class Command>
  void command(const Command& command, core::Time now, core::StepSize room) {
    begin(FlightKind::command, now, room,
          [&](core::OctetWriter& writer) { codec_.encode(command, writer); });
  }
  void expire(core::Time now, core::StepSize room) {
    begin(FlightKind::expire, now, room, [](core::OctetWriter&) {});
  }
  void transmit(std::size_t size, core::Time now) {
    begin(FlightKind::transmit, now, {0, size}, [](core::OctetWriter&) {});
  }
  template <class Source>
  void transmit(const Source& to, std::size_t size, core::Time now) {
    begin(FlightKind::transmit, now, {0, size},
          [&](core::OctetWriter& writer) { codec_.encode(to, writer); });
  }

  void consumed(std::size_t octets) {
    if (recorder_ != nullptr) {
      outcome_.consumed(octets);
    }
  }
  void transmitted(core::Octets octets) {
    if (recorder_ != nullptr) {
      outcome_.add(octets);
    }
  }
  template <class Result>
  void result(const Result& result) {
    if (recorder_ != nullptr) {
      outcome_.result(result, codec_, scratch_);
    }
  }
  void done(std::span<const typename E::Action> actions, std::optional<core::Time> deadline) {
    if (recorder_ != nullptr) {
      outcome_.actions(actions, deadline, codec_, scratch_);
      recorder_->end(outcome_.digest(), static_cast<std::uint32_t>(actions.size()));
    }
  }

 private:
  template <class Encode>
  void begin(FlightKind kind, core::Time now, core::StepSize room, Encode&& encode) {
    if (recorder_ != nullptr) {
      outcome_ = {};
      recorder_->begin(kind, now, room, scratch_.encoded(std::forward<Encode>(encode)));
    }
  }

  FlightRecorder* recorder_ = nullptr;
  Codec codec_{};
  FlightScratch scratch_;
  FlightOutcome<E, Codec> outcome_;
};

}  // namespace strowger::base
