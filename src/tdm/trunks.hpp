// All spans of a program, and the call API: FreeTDM's, without its locks.
//
// Thread rules. Every function may be called from any normal thread and from within any event. A
// call that returns a RequestId has been put into the span's queue; exactly one event answers it:
// the promised one (state_map.hpp), or `refused`. A call that returns an error has done nothing,
// and no event follows.
//
// A call lives until it is hung up: after `stop` its user still owes `hang_up`, which `released`
// answers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "tdm/config.hpp"
#include "tdm/cpu_monitor.hpp"
#include "tdm/events.hpp"
#include "tdm/span.hpp"

namespace strowger::tdm {

/// What a span's signalling consists of, made for `signalling = NAME`s that this library does not
/// have (ss7). The outlet may be null where the module sends nothing. For `signalling = analog`
/// without a peer the library has the module, and the outlet alone is asked for: what takes its
/// AnalogMessages to the card.
struct SignallingParts {
  std::unique_ptr<SignallingModule> module;
  std::unique_ptr<MessageOutlet> outlet;
};
/// The parts are destroyed after their span has stopped. What comes from the wire goes to
/// Trunks::span(id)->deliver.
using SignallingFactory = std::function<SignallingParts(const SpanConfig& config, SpanId id)>;

class Trunks {
 public:
  /// Nothing runs yet. Throws std::invalid_argument with a sentence where the configuration cannot
  /// be carried out: unknown signalling, a loopback peer that is none, a state map with faults.
  /// `cpu_times` is what the cpu monitor reads, from a thread of its own.
  Trunks(TdmConfig config, EventListener& listener, const SignallingFactory& factory = {},
         CpuMonitor::Source cpu_times = read_cpu_times);
  ~Trunks();  // stops all spans
  Trunks(const Trunks&) = delete;
  Trunks& operator=(const Trunks&) = delete;

  Result<void> start(SpanId span);
  Result<void> stop(SpanId span);
  /// All spans (and the cpu monitor where it is enabled); the first error, after trying all. From
  /// one thread at a time.
  Result<void> start_all();
  void stop_all();

  // ---- calls
  Result<RequestId> place(const Hunt& hunt, const CallerData& caller);
  Result<RequestId> answer(CallId call);
  Result<RequestId> indicate(CallId call, Indication indication);
  Result<RequestId> hold(CallId call);
  Result<RequestId> unhold(CallId call);
  Result<RequestId> transfer(CallId call, std::string_view to);
  Result<RequestId> hang_up(CallId call, Cause cause = cause::normal_clearing);
  Result<RequestId> reset(ChannelRef channel);
  Result<RequestId> set_blocked(ChannelRef channel, bool blocked);

  // ---- names
  [[nodiscard]] std::optional<SpanId> find_span(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint16_t> find_group(std::string_view name) const;
  [[nodiscard]] const TdmConfig& config() const;
  [[nodiscard]] std::uint16_t span_count() const;
  /// Null where there is none of that number.
  [[nodiscard]] Span* span(SpanId id);

  /// With cpu_alarm_action `reject`, `place` is refused (overloaded) while the alarm is on.
  /// What the cpu monitor found last, in per cent, and whether its alarm is on. Not while start_all
  /// or stop_all runs.
  struct CpuState {
    unsigned percent = 0;
    bool alarm = false;
  };
  [[nodiscard]] CpuState cpu() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace strowger::tdm
