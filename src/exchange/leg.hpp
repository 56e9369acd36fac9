// One party's connection, as its call sees it: what is known of it, its state, and the commands to
// its driver. Owned by its Call, used on the call's worker only. Commands to a leg that has ended
// or was told to hang up do nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "exchange/driver.hpp"
#include "media/service.hpp"

namespace strowger::exchange {

class Leg {
 public:
  enum class Direction : std::uint8_t { incoming, outgoing };
  /// Asterisk's words for them: Down, Ring, Dialing, Ringing, Up, Down.
  enum class State : std::uint8_t { down, ring, dialing, ringing, up, ended };

  /// What people and records ask of a leg.
  struct Facts {
    std::string name;  // "SIP/alice-00000012"; of an outgoing leg "SIP/bob" until it is created
    std::string unique_id;
    std::string peer;
    std::string protocol_call_id;
    std::string remote_address;
    std::string user_agent;
  };
  struct Times {
    core::WallTime start;
    std::optional<core::WallTime> answer;
    std::optional<core::WallTime> end;
  };

  Leg(LegId id, Direction direction, Driver& driver, Facts facts, core::WallTime now);

  [[nodiscard]] LegId id() const { return id_; }
  [[nodiscard]] Direction direction() const { return direction_; }
  [[nodiscard]] Driver& driver() const { return driver_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] const std::string& name() const { return facts_.name; }
  [[nodiscard]] const Times& times() const { return times_; }
  /// Invalid: no media (yet).
  [[nodiscard]] media::PortId port() const { return port_; }
  /// Media can't carry digits to it: Leg::send_digit does.
  [[nodiscard]] bool digits_by_signalling() const { return digits_by_signalling_; }
  /// The peer put us on hold.
  [[nodiscard]] bool held() const { return held_; }
  [[nodiscard]] bool up() const { return state_ == State::up; }
  /// It can be talked to: neither ended nor told to hang up.
  [[nodiscard]] bool live() const { return state_ != State::ended && !hangup_sent_; }
  /// It has ended and its media port has closed: nothing will come of it any more.
  [[nodiscard]] bool finished() const {
    return state_ == State::ended && (!port_.valid() || port_closed_);
  }
  /// Why it ended: what we said, where we ended it, otherwise what the peer said.
  [[nodiscard]] Cause cause() const { return cause_; }
  [[nodiscard]] bool ended_by_peer() const { return ended_by_peer_; }
  [[nodiscard]] const media::Quality& quality() const { return quality_; }

  // ---- commands, passed to the driver
  void place(PlaceRequest request);
  void proceed();
  void ring();
  void progress();
  void answer(core::WallTime now);
  void hangup(Cause cause);
  void send_digit(char digit, core::Duration length);

  // ---- what the driver and media said; each updates the state, none calls anything
  void on_created(LegCreated created);
  void on_incoming(const LegIncoming& incoming);
  void on_ringing();
  void on_answered(core::WallTime now);
  void on_held(bool held) { held_ = held; }
  void on_ended(const LegEnded& ended, core::WallTime now);
  void on_port_closed(const media::Quality& quality);

 private:
  LegId id_;
  Direction direction_;
  State state_ = State::down;
  bool ring_sent_ = false;
  bool progress_sent_ = false;
  bool hangup_sent_ = false;
  bool held_ = false;
  bool port_closed_ = false;
  bool ended_by_peer_ = false;
  bool digits_by_signalling_ = false;
  Cause cause_ = Cause::none;
  Driver& driver_;
  Facts facts_;
  Times times_;
  media::PortId port_;
  media::Quality quality_;
};

/// "Down", "Ring", "Dialing", "Ringing", "Up".
[[nodiscard]] std::string_view to_string(Leg::State state);

}  // namespace strowger::exchange
