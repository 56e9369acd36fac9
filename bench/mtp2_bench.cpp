// What MTP level 2 costs: nanoseconds of CPU a signal unit, and the share of a core that 496 links
// of 64 kbit/s (the timeslots of 16 E1 trunks) take through HDLC and MTP2, octet by octet, idle and
// full of messages. Where libss7_units is built beside this program, libss7's cost of the same
// units is told as well: it is a process of its own, under the GPL.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/harness.hpp"
#include "hdlc/receiver.hpp"
#include "hdlc/transmitter.hpp"
#include "ss7/mtp2/link.hpp"
#include "ss7/mtp2/signal_unit.hpp"

namespace strowger::bench {
namespace {

using namespace ss7::mtp2;
using Kind = Command::Kind;

constexpr std::size_t links = 496;
/// The goal: less than half of one core.
constexpr double most_percent = 50;
constexpr std::size_t octets_a_tick = 8;
constexpr std::size_t slots = 160;
constexpr std::size_t message_octets = 40;

/// A link with its framing.
struct End {
  explicit End(const Config& config) : link(config, room) {}

  void order(Kind kind, core::Time now, core::Octets message = {}) {
    std::array<Action, Link::max_step.records> records;
    std::array<core::Octet, Link::max_step.octets> arena;
    core::Actions<Action> actions(records, arena);
    (void)link.command({kind, message, 0}, now, actions);
  }
  void input(core::Octets unit, core::Time now) {
    std::array<Action, Link::max_step.records> records;
    std::array<core::Octet, Link::max_step.octets> arena;
    core::Actions<Action> actions(records, arena);
    link.input(unit, {}, now, actions);
    for (const Action& action : actions.all()) {
      messages += action.kind == Action::Kind::message ? 1 : 0;
    }
  }
  void expire(core::Time now) {
    if (const auto deadline = link.next_deadline(); deadline && *deadline <= now) {
      std::array<Action, Link::max_step.records> records;
      std::array<core::Octet, Link::max_step.octets> arena;
      core::Actions<Action> actions(records, arena);
      link.expire(now, actions);
    }
  }

  MessageRoom<slots> room{};
  Link link;
  hdlc::Transmitter transmitter;
  hdlc::Receiver receiver;
  std::array<core::Octet, octets_a_tick> line{};
  std::uint64_t messages = 0;
};

/// Pairs of links, each the other's far end.
class Trunks {
 public:
  Trunks() {
    for (std::size_t i = 0; i < links; ++i) {
      ends_.push_back(std::make_unique<End>(Config{}));
      ends_.back()->order(Kind::power_on, now_);
      ends_.back()->order(Kind::emergency, now_);
      ends_.back()->order(Kind::start, now_);
    }
    run(2'000);
    for (const auto& end : ends_) {
      if (!end->link.in_service()) {
        std::fprintf(stderr, "a link is not in service\n");
        std::exit(1);
      }
    }
  }
  void run(std::uint64_t ticks) {
    for (std::uint64_t tick = 0; tick < ticks; ++tick) {
      one_tick();
    }
  }
  [[nodiscard]] std::uint64_t messages() const {
    std::uint64_t all = 0;
    for (const auto& end : ends_) {
      all += end->messages;
    }
    return all;
  }

  bool full = false;

 private:
  void one_tick() {
    static constexpr std::array<core::Octet, message_octets> message{0x85, 1, 2, 3};
    for (const auto& end : ends_) {
      if (full && end->link.waiting() == 0) {
        end->order(Kind::message, now_, message);
      }
      end->transmitter.transmit(
          end->line, [&](core::MutableOctets room) { return end->link.transmit(room, now_); });
      end->expire(now_);
    }
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      End& end = *ends_[i];
      end.receiver.input(ends_[i ^ 1U]->line, [&](const hdlc::ReceiverEvent& event) {
        if (event.kind == hdlc::ReceiverEvent::Kind::frame) {
          end.input(event.frame, now_);
        }
      });
    }
    now_ += core::milliseconds(1);
  }

  core::Time now_{};
  std::vector<std::unique_ptr<End>> ends_;
};

void share_of_a_core(Trunks& trunks, const char* title) {
  const std::uint64_t before = trunks.messages();
  std::vector<double> shares;
  for (int round = 0; round < 7; ++round) {
    constexpr std::uint64_t ticks = 300;
    const double begin = thread_seconds();
    trunks.run(ticks);
    shares.push_back((thread_seconds() - begin) / (ticks * 1e-3) * 100);
  }
  std::sort(shares.begin(), shares.end());
  print_value({"mtp2", title, "share"}, shares[shares.size() / 2], "% of a core", most_percent);
  std::printf("  worst of the rounds %.1f %%, %llu messages heard\n", shares.back(),
              static_cast<unsigned long long>(trunks.messages() - before));
}

/// One link in service, without a line.
class OneLink {
 public:
  OneLink() : end_(Config{}) {
    end_.order(Kind::power_on, {});
    end_.order(Kind::emergency, {});
    end_.order(Kind::start, {});
    for (const Status status : {Status::sio, Status::sie}) {
      const core::Octet field = static_cast<core::Octet>(status);
      unit({127, 127, true, true}, {&field, 1});
    }
    now_ += core::seconds(1);
    end_.expire(now_);
    unit({127, 127, true, true}, {});
    if (!end_.link.in_service()) {
      std::fprintf(stderr, "the link is not in service\n");
      std::exit(1);
    }
  }
  void hear_fill_ins(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      unit({bsn_, fsn_, true, true}, {});
    }
  }
  void send_fill_ins(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      keep(end_.link.transmit(room_, now_));
    }
  }
  void hear_messages(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      fsn_ = static_cast<std::uint16_t>((fsn_ + 1U) & 0x7FU);
      unit({bsn_, fsn_, true, true}, message_);
    }
  }
  /// Each with the order that brings it and the fill-in unit that acknowledges it.
  void send_messages(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      end_.order(Kind::message, now_, message_);
      keep(end_.link.transmit(room_, now_));
      bsn_ = static_cast<std::uint16_t>((bsn_ + 1U) & 0x7FU);
      unit({bsn_, fsn_, true, true}, {});
    }
  }

 private:
  void unit(const Header& header, core::Octets behind) {
    std::array<core::Octet, max_unit_octets> room;
    end_.input(core::Octets(room).first(write(header, behind, {}, room)), now_);
  }

  End end_;
  core::Time now_{};
  std::uint16_t bsn_ = 127;
  std::uint16_t fsn_ = 127;
  std::array<core::Octet, message_octets> message_{0x85, 1, 2, 3};
  std::array<core::Octet, max_unit_octets> room_{};
};

Figure a_unit(const char* title, const std::function<void(std::uint64_t)>& run) {
  const auto figures = measure({{"strowger", run}});
  print_value({"mtp2", title, "unit"}, 1e9 / figures[0].median, "ns");
  return figures[0];
}

/// libss7's own word on the same units, in nanoseconds, where its program is here.
void print_beside_libss7(const std::string& folder, const Figure& fill_ins,
                         const Figure& messages) {
  std::FILE* pipe = ::popen((folder + "/libss7_units").c_str(), "r");
  double fill_in = 0;
  double message = 0;
  if (pipe == nullptr || std::fscanf(pipe, "%lf %lf", &fill_in, &message) != 2) {
    std::fprintf(stderr, "libss7_units beside this program does not answer\n");
    std::exit(1);
  }
  ::pclose(pipe);
  const auto of = [](double ns) { return Figure{"libss7", 1e9 / ns, 1e9 / ns, 1e9 / ns}; };
  print({"mtp2", "fill-in units heard", "unit"}, {fill_ins, of(fill_in)});
  print({"mtp2", "messages heard", "unit"}, {messages, of(message)});
}

}  // namespace
}  // namespace strowger::bench

int main(int, char** arguments) {
  using namespace strowger::bench;
  OneLink one;
  const Figure fill_ins =
      a_unit("a fill-in unit heard", [&](std::uint64_t count) { one.hear_fill_ins(count); });
  a_unit("a fill-in unit sent", [&](std::uint64_t count) { one.send_fill_ins(count); });
  const Figure messages = a_unit("a message of 40 octets heard",
                                 [&](std::uint64_t count) { one.hear_messages(count); });
  a_unit("a message sent and acknowledged", [&](std::uint64_t count) { one.send_messages(count); });
  const std::string program = arguments[0];
  print_beside_libss7(program.substr(0, program.rfind('/')), fill_ins, messages);
  const auto trunks = std::make_unique<Trunks>();
  share_of_a_core(*trunks, "496 links, idle");
  trunks->full = true;
  trunks->run(200);
  share_of_a_core(*trunks, "496 links, full of messages");
  return 0;
}
