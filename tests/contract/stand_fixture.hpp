// An engine on the test stand: driven, recorded, its actions written down; and the proof that the
// recording, fed to a fresh engine, gives the same again.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/engine_driver.hpp"
#include "base/flight_replay.hpp"
#include "contract/codecs.hpp"

namespace strowger::contract {

template <class E, class Codec>
class Stand {
 public:
  using Action = typename E::Action;
  using Tap = base::FlightTap<E, Codec>;
  using Driver = base::EngineDriver<E, Stand, Tap>;

  /// `fresh` makes the engine, now and for the replay. Room for exactly one step unless `room` says
  /// more.
  explicit Stand(std::function<E()> fresh, core::StepSize room = {})
      : fresh_(std::move(fresh)),
        engine_(fresh_()),
        recorder_({.engine = "contract"}, {}),
        driver_(engine_, *this, {.room = room}, Tap(&recorder_)) {}

  Driver* operator->() { return &driver_; }

  // As the driver's host.
  void deliver(const Action& action, core::Time now) {
    base::FlightScratch scratch;
    const core::Octets encoded =
        scratch.encoded([&](core::OctetWriter& writer) { Codec().encode(action, writer); });
    outputs.emplace_back(core::text_of(encoded));
    if (on_action) {
      on_action(action, now);
    }
  }
  void wake_at(std::optional<core::Time> when) {
    wake = when;
    if (on_wake) {
      on_wake(when);
    }
  }

  /// What a loop would do at `now`.
  void expire_all(core::Time now) {
    while (wake && *wake <= now) {
      driver_.expire(now);
    }
  }

  void expect_same_again() {
    const auto recording = base::read_flight(recorder_.dump());
    ASSERT_TRUE(recording) << to_string(recording.error());
    E engine = fresh_();
    Codec codec;
    const auto report = base::Replayer<E, Codec>(engine, codec).run(*recording);
    ASSERT_TRUE(report) << to_string(report.error());
    EXPECT_EQ(report->steps * 2, recording->records.size());
    EXPECT_GT(report->steps, 0U);
    if (report->difference) {
      ADD_FAILURE() << "step " << report->difference->step << " ("
                    << to_string(report->difference->kind) << ") came out otherwise";
    }
  }

  std::vector<std::string> outputs;  // every action, encoded
  std::optional<core::Time> wake;
  std::function<void(const Action&, core::Time)> on_action;
  std::function<void(std::optional<core::Time>)> on_wake;

 private:
  std::function<E()> fresh_;
  E engine_;
  base::FlightRecorder recorder_;
  Driver driver_;
};

}  // namespace strowger::contract
