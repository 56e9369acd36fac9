// One end of a signalling link: MTP level 2 by ITU-T Q.703 (07/96), complete. An engine
// (core/engine.hpp): frames, errors of the line, commands of level 3 and the time go in; messages
// and indications come out; signal units are pulled when the line has room. Freestanding: no heap,
// no exceptions; messages wait in memory that the owner lends.
//
// Frames are signal units without flags and check bits: what hdlc/receiver.hpp gives and
// hdlc/transmitter.hpp takes, or a card that does its own framing.
//
// One thread at a time. Views in actions point into the input, or into the arena.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/actions.hpp"
#include "core/engine.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ss7/mtp2/config.hpp"
#include "ss7/mtp2/counters.hpp"
#include "ss7/mtp2/link_core.hpp"
#include "ss7/mtp2/message_buffer.hpp"

namespace strowger::ss7::mtp2 {

/// Room for `Messages` messages that wait for transmission or for acknowledgement: 128 and more for
/// 7-bit numbers. It must outlive the link, and belongs to it alone.
template <std::size_t Messages>
using MessageRoom = std::array<MessageSlot, Messages>;

class Link {
 public:
  using Action = mtp2::Action;
  using Command = mtp2::Command;
  using Event = mtp2::LineEvent;
  struct Source {};  // there is one line only

  /// Four indications at most, and one message.
  static constexpr core::StepSize max_step{8, max_message_octets};

  /// Begins switched off: nothing is sent (transmit writes nothing) and nothing heard until the
  /// command power_on. `room` of fewer than two slots can carry no message.
  Link(const Config& config, std::span<MessageSlot> room);

  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// One undamaged signal unit. Consumes all of it, or nothing where `actions` has no room for
  /// max_step.
  std::size_t input(core::Octets unit, const Source& source, core::Time now,
                    core::Actions<Action>& actions);
  /// What went wrong on the line, told by the framing.
  void event(Event event, core::Time now, core::Actions<Action>& actions);
  /// An order of level 3. Refused where the link's state does not provide for it, which is no
  /// fault: Q.703 ignores it, and the caller may.
  core::Result<void, Refusal> command(const Command& command, core::Time now,
                                      core::Actions<Action>& actions);
  /// The next signal unit, without flags and check bits; there always is one once power is on. The
  /// line may repeat it as long as it has to. 0 where `room` is less than max_unit_octets.
  std::size_t transmit(core::MutableOctets room, core::Time now);
  /// Timers, and messages retrieved by level 3, which come one a step.
  void expire(core::Time now, core::Actions<Action>& actions);
  [[nodiscard]] std::optional<core::Time> next_deadline() const;

  [[nodiscard]] LinkState state() const { return core_.lsc.state; }
  [[nodiscard]] bool in_service() const { return core_.lsc.state == LinkState::in_service; }
  /// Of the box Initial alignment control and Processor outage control of the figures.
  [[nodiscard]] AlignmentState alignment() const { return core_.iac.state; }
  [[nodiscard]] OutageState outage() const { return core_.poc.state; }
  /// Messages that wait to be sent for the first time, and those that wait for acknowledgement.
  /// What level 3 measures congestion by (Q.704 3.8).
  [[nodiscard]] std::size_t waiting() const { return core_.txc.buffer.waiting(); }
  [[nodiscard]] std::size_t unacknowledged() const { return core_.txc.buffer.unacknowledged(); }
  /// Times are brought up to `now`.
  [[nodiscard]] Counters counters(core::Time now) const;
  [[nodiscard]] const Config& config() const { return core_.config; }

 private:
  void step(core::Time now, core::Actions<Action>& actions);

  LinkCore core_;
};

static_assert(core::InputEngine<Link> && core::EventEngine<Link> && core::TransmitEngine<Link>);

}  // namespace strowger::ss7::mtp2
