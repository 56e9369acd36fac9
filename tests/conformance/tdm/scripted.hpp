// A span engine above a signalling module that answers as the case wants and reports what the case
// has it report: so that every row of the state map can be reached and asked.
#pragma once

#include <functional>
#include <stdexcept>

#include "tdm/engine_fixture.hpp"

namespace strowger::tdm::test {

class ScriptedModule final : public SignallingModule {
 public:
  /// What a request gets that the case cares about.
  Reply next = Reply::done;
  /// Done at the next message.
  std::function<void(SignallingPort&)> say;

  [[nodiscard]] std::string_view name() const override { return "scripted"; }
  [[nodiscard]] StateMap state_map() const override { return trunk_state_map(); }
  void start(SignallingPort& port, core::Time /*now*/) override {
    port.status(SignallingStatus::up);
  }
  void stop(SignallingPort& /*port*/, core::Time /*now*/) override {}
  Reply request(const Request& /*request*/, SignallingPort& /*port*/, core::Time /*now*/) override {
    return next;
  }
  void reset(ChannelNumber channel, SignallingPort& port, core::Time /*now*/) override {
    if (next == Reply::done) {
      port.reset_done(channel);
    }
  }
  void set_blocked(ChannelNumber /*channel*/, bool /*blocked*/, SignallingPort& /*port*/,
                   core::Time /*now*/) override {}
  void input(core::Octets /*message*/, std::uint32_t /*tag*/, SignallingPort& port,
             core::Time /*now*/) override {
    say(port);
  }
  void expire(SignallingPort& /*port*/, core::Time /*now*/) override {}
  [[nodiscard]] std::optional<core::Time> next_deadline() const override { return std::nullopt; }
};

class ScriptedSpan {
 public:
  ScriptedSpan() : config_(span_config("a", 2)), stand(SpanId(1), config_, groups_, module) {
    ask(StartSpan{});
    stand.events.clear();
  }

  RequestId ask(const Command::What& what) { return stand.ask(what, now); }
  void say(std::function<void(SignallingPort&)> what) {
    module.say = std::move(what);
    stand.driver.input({}, SpanEngine::Source{}, now);
  }
  void report(Trigger trigger, std::uint32_t value = 0) {
    say([&](SignallingPort& port) { port.report(call, trigger, value); });
  }
  void wait(core::Duration length) {
    now += length;
    stand.driver.expire(now);
  }

  /// A new call of that side in that state; `call` is its name.
  void bring(bool outgoing, State state) {
    begin(outgoing, state);
    advance(outgoing, state);
    if (stand.engine.view(ChannelNumber(1)).state != state && state != State::terminating) {
      throw std::logic_error("no way to " + std::string(to_string(state)));
    }
    stand.events.clear();
  }

  /// The command that asks for a trigger of this call.
  [[nodiscard]] Command::What command_of(Trigger trigger) const {
    switch (trigger) {
      case Trigger::place:
        return Place{Hunt::on_channel({SpanId(1), ChannelNumber(1)}), caller("1", "2"), 0, 0};
      case Trigger::answer:
        return Answer{call};
      case Trigger::hold:
      case Trigger::unhold:
        return SetHold{call, trigger == Trigger::hold};
      case Trigger::transfer:
        return Transfer{call, caller("", "3").called};
      case Trigger::hang_up:
        return HangUp{call, cause::normal_clearing};
      default:
        return Indicate{call, indication_of(trigger)};
    }
  }

 private:
  SpanConfig config_;
  std::vector<Group> groups_;

  void begin(bool outgoing, State state) {
    if (outgoing) {
      ask(command_of(Trigger::place));
      call = stand.last(EventKind::dialing)->call;
      return;
    }
    say([&](SignallingPort& port) {
      call = port.incoming(ChannelNumber(1), caller("1", "2"), state != State::collect).call;
    });
  }
  void advance(bool outgoing, State state) {
    const auto either = [&](Trigger reported, Trigger asked) {
      outgoing ? report(reported) : void(ask(command_of(asked)));
    };
    switch (state) {
      case State::proceed:
        return either(Trigger::proceeding, Trigger::indicate_proceed);
      case State::ringing:
        return either(Trigger::alerting, Trigger::indicate_ringing);
      case State::progress:
        return either(Trigger::progressing, Trigger::indicate_progress);
      case State::progress_media:
        return either(Trigger::progressing_media, Trigger::indicate_progress_media);
      case State::busy:
        return void(ask(command_of(Trigger::indicate_busy)));
      case State::up:
      case State::hold:
      case State::transfer:
        either(Trigger::answered, Trigger::answer);
        if (state != State::up) {
          ask(command_of(state == State::hold ? Trigger::hold : Trigger::transfer));
        }
        return;
      case State::terminating:
        return report(Trigger::disconnected, cause::user_busy.value());
      case State::hangup:
        module.next = Reply::later;
        ask(command_of(Trigger::hang_up));
        module.next = Reply::done;
        return;
      default:
        return;
    }
  }

 public:
  core::Time now = core::Time{1'000'000'000};
  ScriptedModule module;
  EngineStand stand;
  CallId call;
};

}  // namespace strowger::tdm::test
