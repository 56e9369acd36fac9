// One connection of the HTTP engine under a simulated clock, for tests: raw octets go in, what
// comes out is kept as text.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/engine_driver.hpp"
#include "http/engine.hpp"

namespace strowger::http {

using Lines = std::vector<std::string>;

/// One connection under a simulated clock.
class HttpStand {
 public:
  explicit HttpStand(const Settings& settings = few())
      : engine_(settings, now_), driver_(engine_, *this) {
    id = command(Open{}).value();
  }
  [[nodiscard]] static Settings few() {
    Settings settings;
    settings.max_flows = 2;
    return settings;
  }

  void feed(std::string_view octets, std::size_t piece = SIZE_MAX) {
    do {
      const std::string_view part = octets.substr(0, piece);
      octets.remove_prefix(part.size());
      inbox_ += part;
      inbox_.erase(0, driver_.input(core::octets_of(inbox_), id, now_));
      drain();
    } while (!octets.empty());
  }
  core::Result<FlowId, Refusal> command(const Command& command) {
    auto result = driver_.command(command, now_);
    drain();
    return result;
  }
  core::Result<FlowId, Refusal> respond(int status, std::string_view body = {}) {
    return command(Respond{id, status, {}, body, false});
  }
  void pass(core::Duration time) {
    const core::Time until = now_ + time;
    while (wake_ && *wake_ <= until) {
      now_ = std::max(now_, *wake_);
      driver_.expire(now_);
      drain();
    }
    now_ = until;
  }
  void lose() { driver_.event(FlowClosed{id}, now_); }
  void drain(std::size_t most = SIZE_MAX) {
    core::Octet room[100];
    while (reading || most != SIZE_MAX) {
      const std::size_t size =
          driver_.transmit(id, core::MutableOctets(room).first(std::min(most, sizeof room)), now_);
      sent_ += core::text_of(core::Octets(room).first(size));
      most -= most == SIZE_MAX ? 0 : size;
      if (size == 0 || most == 0) {
        return;
      }
    }
  }
  Lines log() { return std::exchange(log_, {}); }
  std::string sent() { return std::exchange(sent_, {}); }
  Engine& engine() { return engine_; }

  FlowId id;
  bool reading = true;
  std::function<void(const Request&)> answer;

 private:
  friend class base::EngineDriver<Engine, HttpStand>;
  void deliver(const Action& action, core::Time) {
    std::visit([this](const auto& one) { told(one); }, action);
  }
  void wake_at(std::optional<core::Time> when) { wake_ = when; }
  void told(const Request& request) {
    log_.push_back(std::string(request.head.method) + " " + std::string(request.head.target) +
                   (request.body ? " +" : ""));
    if (answer) {
      answer(request);
    }
  }
  void told(const BodyPart& part) {
    body_ += core::text_of(part.octets);
    if (part.last) {
      log_.push_back("body " + std::exchange(body_, {}));
    }
  }
  void told(const HasOctets&) {}
  void told(const Ready&) { log_.emplace_back("ready"); }
  void told(const Rejected& rejected) {
    log_.push_back("rejected " + std::to_string(rejected.status));
  }
  void told(const Abandoned&) { log_.emplace_back("abandoned"); }
  void told(const Upgraded& upgraded) {
    log_.push_back("upgraded " + std::string(core::text_of(upgraded.unsent)) + "|" +
                   std::string(core::text_of(upgraded.arrived)));
  }
  void told(const HangUp& hang_up) { log_.emplace_back(hang_up.at_once ? "hangup now" : "hangup"); }

  core::Time now_{1'000'000'000};
  Engine engine_;
  base::EngineDriver<Engine, HttpStand> driver_;
  std::optional<core::Time> wake_;
  std::string inbox_;
  std::string sent_;
  std::string body_;
  Lines log_;
};

}  // namespace strowger::http
