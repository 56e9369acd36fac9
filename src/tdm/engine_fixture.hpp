// Two span engines back to back on a simulated clock, each with its driver: for tests. What one
// sends reaches the other when the test says so.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/engine_driver.hpp"
#include "tdm/loopback.hpp"
#include "tdm/span_engine.hpp"

namespace strowger::tdm {

/// An engine with all that it said.
class EngineStand {
 public:
  EngineStand(SpanId id, const SpanConfig& config, const std::vector<Group>& groups,
              SignallingModule& module);

  /// The request's number; the error as a `refused` event, as Span tells it.
  RequestId ask(const Command::What& what, core::Time now);
  std::vector<Event> take_events();
  [[nodiscard]] const Event* last(EventKind kind) const;
  [[nodiscard]] std::size_t count(EventKind kind) const;

  SpanEngine engine;
  base::EngineDriver<SpanEngine, EngineStand> driver;
  std::vector<Event> events;
  std::vector<StateChanged> changes;
  std::vector<Forward> forwards;
  std::vector<Rotated> rotations;
  std::deque<std::vector<core::Octet>> sent;
  std::optional<core::Time> wake;

 private:
  friend class base::EngineDriver<SpanEngine, EngineStand>;
  void deliver(const SpanEngine::Action& action, core::Time now);
  void wake_at(std::optional<core::Time> when) { wake = when; }
  std::uint64_t requests_;
};

[[nodiscard]] SpanConfig span_config(std::string name, std::uint16_t channels,
                                     GlareRule glare = GlareRule::yield_all);
[[nodiscard]] CallerData caller(std::string_view calling, std::string_view called);

class EnginePair {
 public:
  using MakeModule = std::function<std::unique_ptr<SignallingModule>(const SpanConfig&)>;
  EnginePair(SpanConfig of_a, SpanConfig of_b, const MakeModule& make);

  void start();
  /// Moves messages until none is under way; false from `one` where there was none.
  void run();
  bool one_to_b();
  bool one_to_a();
  void wait(core::Duration length);

  core::Time now = core::Time{1'000'000'000};
  SpanConfig config_a, config_b;
  std::vector<Group> groups;
  std::unique_ptr<SignallingModule> module_a, module_b;
  EngineStand a, b;
};

class LoopbackPair : public EnginePair {
 public:
  explicit LoopbackPair(std::uint16_t channels = 4);
};

}  // namespace strowger::tdm
