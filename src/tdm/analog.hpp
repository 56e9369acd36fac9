// The signalling module of analog ports: FXS (a telephone is connected) and FXO (an exchange is).
// It speaks in AnalogMessages, so it does not know whether a card or a loopback is below it.
//
// FXS: a lifted phone gets dial tone and is a call that collects digits, complete when no more come
// or as many as may; a placed call rings it; flash and further digits are told. FXO: ringing is an
// incoming call, offered once the caller is known or cannot be any more; a placed call goes off
// hook, waits for dial tone, and dials. A line tells no answer unless it is reversed for it
// (answer_polarity), so that without that a dialed call counts as answered, as with FreeTDM.
//
// Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/timer_wheel.hpp"
#include "tdm/analog_message.hpp"
#include "tdm/config.hpp"
#include "tdm/signalling.hpp"

namespace strowger::tdm {

class AnalogModule final : public SignallingModule {
 public:
  /// `config` must outlive the module. Its channels are fxs and fxo ones.
  explicit AnalogModule(const SpanConfig& config);

  /// Bursts of ringing are so far apart (ITU-T E.180 supplement 2 lists 3 to 6 seconds).
  static constexpr core::Duration ring_interval = core::seconds(6);
  /// Without a further burst for so long the caller has given up.
  static constexpr core::Duration ring_gone = core::seconds(8);
  /// Between the first two bursts the caller's number comes, or does not.
  static constexpr core::Duration caller_id_wait = core::milliseconds(4500);
  /// A phone that is lifted and dials nothing gets busy tone.
  static constexpr core::Duration first_digit_wait = core::seconds(10);

  [[nodiscard]] std::string_view name() const override { return "analog"; }
  [[nodiscard]] StateMap state_map() const override { return trunk_state_map(); }
  void start(SignallingPort& port, core::Time now) override;
  void stop(SignallingPort& port, core::Time now) override;
  Reply request(const Request& request, SignallingPort& port, core::Time now) override;
  void reset(ChannelNumber channel, SignallingPort& port, core::Time now) override;
  void set_blocked(ChannelNumber /*channel*/, bool /*blocked*/, SignallingPort& /*port*/,
                   core::Time /*now*/) override {}
  void input(core::Octets message, std::uint32_t tag, SignallingPort& port,
             core::Time now) override;
  void expire(SignallingPort& port, core::Time now) override;
  [[nodiscard]] std::optional<core::Time> next_deadline() const override {
    return timers_.next_deadline();
  }

  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }

 private:
  enum class Phase : std::uint8_t {
    idle,
    collecting,  // FXS: lifted, digits come
    ringing,     // FXS: the phone rings. FXO: the line does, and the call is offered
    first_ring,  // FXO: the line rings, and the caller may yet be told
    unwanted,    // FXO: the line rings, and the call was refused or hung up
    seizing,     // FXO: off hook, no dial tone yet
    dialed,      // FXO: the exchange has the number
    talking,     // either; an incoming call that is not answered yet too
    leaving,     // FXS: over, and the phone is still lifted
  };
  struct Line {
    ChannelNumber number;
    bool fxo = false;
    bool lifted = false;  // FXS: the phone. FXO: we are off hook
    bool toned = false;   // FXS: something is heard
    Phase phase = Phase::idle;
    CallId call;
    CallerData caller;
    std::uint16_t digits = 0;  // collected
    base::TimerHandle timer;
  };

  [[nodiscard]] Line* line(ChannelNumber channel);

  // What users ask (analog.cpp).
  Reply place(Line& line, const Request& request, SignallingPort& port, core::Time now);
  Reply answer(Line& line, SignallingPort& port);
  Reply hang_up(Line& line, const Request& request, SignallingPort& port);
  Reply transfer(Line& line, std::string_view to, SignallingPort& port);
  void indicate(Line& line, Trigger trigger, SignallingPort& port);

  // What the line does (analog_line.cpp).
  void phone_did(Line& line, const AnalogMessage& message, SignallingPort& port, core::Time now);
  void exchange_did(Line& line, const AnalogMessage& message, SignallingPort& port, core::Time now);
  void lifted(Line& line, SignallingPort& port, core::Time now);
  void put_down(Line& line, SignallingPort& port);
  void let_go(Line& line, SignallingPort& port);
  void rings_no_more(Line& line, SignallingPort& port);
  void reversed(Line& line, SignallingPort& port);
  void collect(Line& line, std::string_view digits, SignallingPort& port, core::Time now);
  void complete(Line& line, SignallingPort& port);
  void rang(Line& line, SignallingPort& port, core::Time now);
  void offer(Line& line, SignallingPort& port, core::Time now);
  void tone_heard(Line& line, AnalogTone tone, SignallingPort& port);
  void dial(Line& line, SignallingPort& port);
  void over(Line& line, Cause why, SignallingPort& port);
  void fired(Line& line, SignallingPort& port, core::Time now);

  void rest(Line& line);
  void arm(Line& line, core::Time when);
  void disarm(Line& line);
  void give_tone(Line& line, AnalogTone tone, SignallingPort& port);
  [[nodiscard]] static AnalogMessage about(const Line& line, AnalogSignal signal);
  static void send(const AnalogMessage& message, SignallingPort& port);

  const SpanConfig& config_;
  std::vector<Line> lines_;  // by channel number - 1
  base::TimerWheel<ChannelNumber> timers_;
  std::uint64_t malformed_ = 0;
};

}  // namespace strowger::tdm
