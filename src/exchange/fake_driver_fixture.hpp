// A protocol without a network: legs are made by the test, commands are written down, and breaches
// of the driver's contract are remembered.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/driver.hpp"
#include "exchange/fake_media_fixture.hpp"
#include "io/loop.hpp"

namespace strowger::exchange {

class FakeDriver final : public Driver {
 public:
  FakeDriver(io::Loop& loop, FakeMedia& media) : loop_(loop), media_(media) {}

  /// Before the first leg.
  void use(LegEvents& events) { events_ = &events; }

  [[nodiscard]] std::string_view technology() const override { return "SIP"; }
  void place(LegId leg, PlaceRequest request) override;
  void proceed(LegId leg) override { command(leg, "proceed"); }
  void ring(LegId leg) override { command(leg, "ring"); }
  void progress(LegId leg) override { command(leg, "progress"); }
  void answer(LegId leg) override { command(leg, "answer"); }
  void hangup(LegId leg, Cause cause) override;
  void hold(LegId leg, bool on) override { command(leg, on ? "hold" : "resume"); }
  void send_digit(LegId leg, char digit, core::Duration) override {
    command(leg, std::string("digit ") + digit);
  }

  // ---- for tests
  struct FakeLeg {
    LegId id;
    std::string peer;
    media::PortId port;
    bool incoming = false;
    bool ended = false;
    int hangups = 0;
    Cause hangup_cause = Cause::none;
    PlaceRequest request;               // of an outgoing leg
    std::vector<std::string> commands;  // "ring", "answer", "hangup 16" ...
  };
  /// A call from `peer` to the extension.
  FakeLeg& call_in(const std::string& peer, const std::string& extension,
                   const std::string& context = "default");
  /// The newest leg of that peer; fails the test where there is none.
  FakeLeg& leg(const std::string& peer);
  [[nodiscard]] bool has(const std::string& peer) const;
  void say(FakeLeg& leg, LegEvent event);
  void rings(const std::string& peer) { say(leg(peer), LegRinging{}); }
  void answers(const std::string& peer) { say(leg(peer), LegAnswered{}); }
  void ends(const std::string& peer, Cause cause = Cause::normal_clearing) {
    end(leg(peer), cause, true);
  }
  void end(FakeLeg& leg, Cause cause, bool by_peer);
  [[nodiscard]] std::size_t open_legs() const;
  [[nodiscard]] std::map<std::uint64_t, FakeLeg>& legs() { return legs_; }
  /// Commands to legs that were hung up already, and second hang-ups.
  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }
  void forget_ended();

  /// How long a hang-up takes to be confirmed by LegEnded.
  core::Duration hangup_time;
  bool without_media = false;
  bool digits_by_signalling = false;

 private:
  void command(LegId leg, std::string text);

  io::Loop& loop_;
  FakeMedia& media_;
  LegEvents* events_ = nullptr;
  std::map<std::uint64_t, FakeLeg> legs_;
  std::vector<std::string> breaches_;
};

}  // namespace strowger::exchange
