// What a call costs the SIP engine: CPU of INVITE to BYE with ringing, and heap of an established
// call. An engine calls another over a network without time; each call is one outgoing leg of the
// first and one incoming leg of the second, so the sum is what an exchange spends on a bridged
// call.
//
//   bench_sip_calls [CALLS]      100,000 unless told
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/harness.hpp"
#include "bench/heap_count.hpp"
#include "crypto/random.hpp"
#include "sip/engine.hpp"

namespace {

using namespace strowger;

constexpr std::string_view session =
    "v=0\r\no=- 3724394400 3724394405 IN IP4 192.0.2.55\r\ns=-\r\nc=IN IP4 192.0.2.55\r\nt=0 0\r\n"
    "m=audio 16384 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
    "a=ptime:20\r\na=sendrecv\r\n";

core::Address host(std::uint8_t number) {
  return core::Address::ipv4(10, 0, 0, number, 5060);
}

std::shared_ptr<sip::Settings> settings(std::uint8_t own, std::uint8_t other) {
  auto result = std::make_shared<sip::Settings>();
  sip::ListenerSettings listener;
  listener.local = listener.public_address = host(own);
  result->listeners.push_back(listener);
  sip::PeerSettings peer;
  peer.name = "trunk";
  peer.host = host(other);
  peer.authenticate = false;
  result->peers["trunk"] = peer;
  return result;
}

class Pair {
 private:
  template <class Call>
  auto run(std::size_t index, Call call) {
    core::Actions<sip::Action> actions(records_, arena_);
    auto result = call(actions);
    for (const auto& action : actions.all()) {
      if (const auto* send = std::get_if<sip::Send>(&action)) {
        wire_.emplace_back(1 - index, std::string(core::text_of(send->octets)));
      } else if (const auto* incoming = std::get_if<sip::CallIncoming>(&action)) {
        incoming_ = incoming->call;
      }
    }
    return result;
  }

 public:
  explicit Pair(std::size_t calls)
      : limits_{400'000, 10, 10, 10, calls + 1'000},
        engines_{sip::Engine(settings(1, 2), limits_, random_),
                 sip::Engine(settings(2, 1), limits_, random_)} {}

  /// Rings, is answered, and is acknowledged; stays up.
  sip::CallHandle establish() {
    now_ += core::microseconds(500);
    const sip::Place place{"trunk", "100", "200", "Bench", session, {}};
    const auto placed =
        run(0, [&](auto& actions) { return engines_[0].command(place, now_, actions); });
    pump();
    command(1, sip::Progress{incoming_, 180, {}});
    command(1, sip::Answer{incoming_, session});
    expire();
    return placed.value_or(sip::CallHandle{});
  }
  void release(sip::CallHandle call) { command(0, sip::Hangup{call, 603, 16}); }

  void pass(core::Duration time) {
    const core::Time end = now_ + time;
    while (now_ < end) {
      now_ += core::milliseconds(100);
      expire();
    }
  }
  [[nodiscard]] std::uint64_t answered() const {
    return engines_[0].counters()[sip::Count::calls_answered];
  }

 private:
  void command(std::size_t index, const sip::Command& command) {
    (void)run(index,
              [&](auto& actions) { return engines_[index].command(command, now_, actions); });
    pump();
  }
  void pump() {
    while (!wire_.empty()) {
      const auto [to, octets] = std::move(wire_.front());
      wire_.pop_front();
      const sip::Flow flow{sip::Transport::udp, 0, 0, host(to == 0 ? 2 : 1)};
      (void)run(to, [&, index = to, &text = octets](auto& actions) {
        return engines_[index].input(core::octets_of(text), flow, now_, actions);
      });
    }
  }
  void expire() {
    for (std::size_t i = 0; i < 2; ++i) {
      while (engines_[i].next_deadline() && *engines_[i].next_deadline() <= now_) {
        (void)run(i, [&](auto& actions) {
          engines_[i].expire(now_, actions);
          return 0;
        });
      }
    }
    pump();
  }

  crypto::SeededRandom random_{1};
  sip::EngineLimits limits_;
  sip::Engine engines_[2];
  std::vector<sip::Action> records_ = std::vector<sip::Action>(sip::Engine::max_step.records);
  std::vector<core::Octet> arena_ = std::vector<core::Octet>(sip::Engine::max_step.octets);
  std::deque<std::pair<std::size_t, std::string>> wire_;
  sip::CallHandle incoming_;
  core::Time now_{1'000'000'000};
};

}  // namespace

int main(int count, char** arguments) {
  const std::size_t calls =
      count > 1 ? static_cast<std::size_t>(std::strtoull(arguments[1], nullptr, 10)) : 100'000;
  const std::size_t kept = 5'000;
  Pair pair(kept);
  const std::int64_t before = bench::heap_octets();
  std::vector<sip::CallHandle> handles(kept);
  for (auto& handle : handles) {
    handle = pair.establish();
  }
  pair.pass(core::seconds(40));  // the transactions of the set-up are over
  const double each = static_cast<double>(bench::heap_octets() - before) / 2 / kept;
  for (const auto handle : handles) {
    pair.release(handle);
  }
  pair.pass(core::seconds(40));

  // 2,000 calls a second of the clock that the engines see, so that transactions linger as they
  // would at that rate.
  const double start = bench::thread_seconds();
  for (std::size_t i = 0; i < calls; ++i) {
    pair.release(pair.establish());
  }
  const double spent = bench::thread_seconds() - start;
  bench::print_value({"sip_calls", "heap of an established call, a leg", ""}, each, "octets");
  bench::print_value({"sip_calls", "CPU of a bridged call, signalling alone", ""},
                     spent / static_cast<double>(calls) * 1e6, "us");
  return pair.answered() == calls + kept ? 0 : 1;
}
