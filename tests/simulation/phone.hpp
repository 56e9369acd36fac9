// A SIP phone of the simulation: an engine of our own on a simulated host, with habits. It places
// calls, answers, refuses, ignores, holds and hangs up by chance, and keeps books of all of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/engine_driver.hpp"
#include "crypto/random.hpp"
#include "io/simulated_loop.hpp"
#include "sip/engine.hpp"
#include "sip/offer_answer.hpp"

namespace strowger::simulation {

/// How likely each thing is, 0 to 1, and how long it takes at most.
struct Habits {
  double answers = 0.7;
  double refuses = 0.15;  // else it rings on
  double holds = 0.3;
  core::Duration rings_for = core::seconds(8);
  core::Duration talks_for = core::seconds(20);
};

class Phone final : public io::UdpHandler {
  using Driver = base::EngineDriver<sip::Engine, Phone>;

 public:
  /// `exchange` is where it sends its calls.
  Phone(io::SimulatedLoop& loop, core::Address address, core::Address exchange, std::uint64_t seed,
        const Habits& habits);
  ~Phone() override;

  void dial(const std::string& number);
  /// Hangs up whatever goes on.
  void hang_up_all();
  /// Neither sends nor hears from now on, as a phone without power.
  void lose_power() { powered_ = false; }

  [[nodiscard]] std::size_t calls_begun() const { return begun_; }
  [[nodiscard]] std::size_t calls_ended() const { return ended_; }
  [[nodiscard]] std::size_t calls_answered() const { return answered_; }
  [[nodiscard]] std::size_t calls_now() const { return calls_.size(); }
  [[nodiscard]] std::size_t transactions() const { return engine_->transactions(); }

  // EngineDriver's host.
  void deliver(const sip::Action& action, core::Time now);
  void wake_at(std::optional<core::Time> when);

 private:
  struct Line {
    std::unique_ptr<sip::OfferAnswer> session;
    bool up = false;
  };

  void on_datagrams(std::span<const io::Datagram> datagrams, core::Time now) override;
  void on(const sip::Send& send);
  void on(const sip::Resolve& resolve);
  void on(const sip::CallIncoming& incoming);
  void on(const sip::CallAnswered& answered);
  void on(const sip::CallEnded& ended);
  void on(const sip::OfferReceived& offer);
  void on(const sip::OfferAnswered& answer);
  template <class Other>
  void on(const Other&) {}

  void talk(sip::CallHandle call);
  void hold(sip::CallHandle call, bool on);
  void later(core::Duration longest, std::function<void()> work);
  [[nodiscard]] Line make_line();
  [[nodiscard]] bool chance(double probability) { return random_.fraction() < probability; }
  void command(const sip::Command& command);

  io::SimulatedLoop& loop_;
  core::Address address_;
  core::Address exchange_;
  Habits habits_;
  crypto::SeededRandom random_;
  std::unique_ptr<sip::Engine> engine_;
  std::unique_ptr<Driver> driver_;
  std::unique_ptr<io::UdpSocket> socket_;
  std::map<sip::CallHandle, Line> calls_;
  std::size_t begun_ = 0;
  std::size_t ended_ = 0;
  std::size_t answered_ = 0;
  bool powered_ = true;
  io::TimerHandle timer_;
};

}  // namespace strowger::simulation
