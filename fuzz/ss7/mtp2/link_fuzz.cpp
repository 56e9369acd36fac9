// MTP2: whatever comes from the line and from level 3, in whatever order, the link stays within its
// lent room, always has a unit to send, and never asks to be called in the past for ever.
#include <array>
#include <cstdlib>
#include <vector>

#include "ss7/mtp2/link.hpp"

namespace {

using namespace strowger;
using namespace strowger::ss7::mtp2;

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// Reads the input as a script.
class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size) : octets_(data, size) {}
  [[nodiscard]] bool ended() const { return at_ >= octets_.size(); }
  std::uint8_t next() { return ended() ? std::uint8_t{0} : octets_[at_++]; }
  core::Octets take(std::size_t count) {
    const core::Octets taken = octets_.subspan(at_, std::min(count, octets_.size() - at_));
    at_ += taken.size();
    return taken;
  }

 private:
  core::Octets octets_;
  std::size_t at_ = 0;
};

class Run {
 public:
  Run(const Config& config, Script script)
      : script_(script),
        link_(config, room_),
        wide_(config.numbers == Config::Numbers::twelve_bits) {}

  void all() {
    order(Command::Kind::power_on);
    while (!script_.ended()) {
      step(script_.next());
      require(link_.unacknowledged() <= (wide_ ? 4'095U : 127U));
    }
  }

 private:
  void step(std::uint8_t what) {
    switch (what % 8U) {
      case 0:
        order(static_cast<Command::Kind>(script_.next() % 15U));
        break;
      case 1:
        with([&](auto& actions) { link_.event(LineEvent::unit_in_error, now_, actions); });
        break;
      case 2:
        wait(core::milliseconds(script_.next()));
        break;
      case 3:
        wait(core::milliseconds(script_.next() * 200));
        break;
      case 4:
        transmit();
        break;
      case 5:
        input(script_.take(script_.next() % 20U));
        break;
      default:
        unit(what >> 3U);
        break;
    }
  }
  /// A well-formed unit that acknowledges nearly what it should.
  void unit(std::uint8_t kind) {
    const std::uint8_t numbers = script_.next();
    Header header{static_cast<std::uint16_t>(numbers & 7U),
                  static_cast<std::uint16_t>(numbers >> 4U), (kind & 1U) != 0, (kind & 2U) != 0};
    const std::size_t length = kind % 3U == 0 ? 0 : kind % 3U == 1 ? 1 : 3 + script_.next() % 60U;
    std::array<core::Octet, max_unit_octets> room{};
    std::vector<core::Octet> behind(length, script_.next());
    const Format format{wide_ ? Config::Numbers::twelve_bits : Config::Numbers::seven_bits};
    input(core::Octets(room).first(write(header, behind, format, room)));
  }
  void input(core::Octets octets) {
    with([&](auto& actions) { link_.input(octets, {}, now_, actions); });
  }
  void order(Command::Kind kind) {
    const std::size_t length = kind == Command::Kind::message ? script_.next() : 0;
    const core::Octets message = script_.take(length);
    const std::uint16_t fsnc =
        kind == Command::Kind::retrieve_messages ? script_.next() : std::uint16_t{0};
    with([&](auto& actions) { (void)link_.command({kind, message, fsnc}, now_, actions); });
  }
  void transmit() {
    std::array<core::Octet, max_unit_octets> room{};
    const std::size_t size = link_.transmit(room, now_);
    require(size >= (wide_ ? 6U : 3U) && size <= room.size());
    const Format format{wide_ ? Config::Numbers::twelve_bits : Config::Numbers::seven_bits};
    require(parse(core::Octets(room).first(size), format).has_value());
  }
  void wait(core::Duration time) {
    now_ += time;
    for (int round = 0; link_.next_deadline() && *link_.next_deadline() <= now_; ++round) {
      require(round < 1'000);
      with([&](auto& actions) { link_.expire(now_, actions); });
    }
  }
  template <class Call>
  void with(Call&& call) {
    std::array<Action, Link::max_step.records> records{};
    std::array<core::Octet, Link::max_step.octets> arena{};
    core::Actions<Action> actions(records, arena);
    call(actions);
    require(actions.refused() == 0);
  }

  Script script_;
  MessageRoom<200> room_{};
  Link link_;
  bool wide_;
  core::Time now_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  const std::uint8_t kind = script.next();
  Config config = (kind & 1U) != 0 ? config_2_mbit() : config_64_kbit();
  config.correction =
      (kind & 2U) != 0 ? Config::Correction::preventive_cyclic : Config::Correction::basic;
  config.status_octets = (kind & 4U) != 0 ? 2 : 1;
  Run(config, script).all();
  return 0;
}
