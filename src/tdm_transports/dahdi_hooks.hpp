// The hooks, rings and tones of a DAHDI line's analog ports, between the kernel and a span with
// analog signalling: AnalogMessages that the span sends become requests to the ports, the ports'
// events become AnalogMessages. It is the span's outlet (Trunks' SignallingFactory) and the line's
// listener.
//
// Tones and dialing are the kernel's (a tone zone must be loaded: dahdi_cfg). Digits of phones are
// told where the card detects them, or dials by pulses; else whoever reads the ports' audio
// (tdm::ChannelMedia) tells them, and an exchange's tones, by `heard`. A caller's number is not
// sent to phones: that wants a modem within the audio, which is not here.
//
// `send` is for the span's thread, the listener's functions are for the mover's, `heard` for any
// normal thread.
#pragma once

#include <array>
#include <atomic>
#include <functional>

#include "core/bounded.hpp"
#include "tdm/analog_message.hpp"
#include "tdm/span.hpp"
#include "tdm_transports/dahdi_line.hpp"

namespace strowger::tdm_transports {

class DahdiHooks final : public tdm::MessageOutlet, public DahdiEventListener {
 public:
  /// To the span: Span::deliver. False: no room, and it is offered again at the next tick.
  using Deliver = std::function<bool(core::Octets message)>;

  /// `line` is that of `dahdi_config(span)`; both must outlive this object, and so must what
  /// `deliver` uses. Asks cards to detect the digits of phones.
  DahdiHooks(DahdiLine& line, const tdm::SpanConfig& span, Deliver deliver);

  bool send(core::Octets message, std::uint32_t tag) override;
  void on_event(std::size_t timeslot, int event) override;
  void on_tick() override;
  /// What was heard within the audio of a port. False: no room.
  bool heard(const tdm::AnalogMessage& message) const;

  /// Whether the card tells the digits of this phone by itself.
  [[nodiscard]] bool detects_digits(tdm::ChannelNumber channel) const;
  struct Counters {
    std::uint64_t failed_requests = 0;  // that a port did not take
    std::uint64_t lost_events = 0;      // that the span had no room for in 64 ticks and more
    std::uint64_t unsent_caller_ids = 0;
  };
  [[nodiscard]] Counters counters() const;

 private:
  struct Port {
    tdm::ChannelNumber channel;
    bool fxo = false;
    bool detects = false;
    bool ringing = false;   // the span's thread
    bool reversed = false;  // the span's thread
  };
  static constexpr std::size_t most_waiting = 64;

  [[nodiscard]] Port* port_of(tdm::ChannelNumber channel, std::size_t& timeslot);
  [[nodiscard]] int carry_out(Port& port, std::size_t timeslot, const tdm::AnalogMessage& message);
  [[nodiscard]] int hook(std::size_t timeslot, int what);
  [[nodiscard]] int tone(Port& port, std::size_t timeslot, tdm::AnalogTone tone);
  [[nodiscard]] int turn(Port& port, std::size_t timeslot, bool reversed);
  [[nodiscard]] int dial(std::size_t timeslot, const tdm::Digits& digits);
  [[nodiscard]] int rest(Port& port, std::size_t timeslot);
  [[nodiscard]] bool judged(int error);

  DahdiLine& line_;
  Deliver deliver_;
  core::BoundedVector<Port, tdm::max_timeslots> ports_;  // by timeslot
  core::BoundedVector<tdm::AnalogMessage, most_waiting> waiting_;
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<std::uint64_t> unsent_{0};
};

}  // namespace strowger::tdm_transports
