// relay udp|frames: a bad network between two ends. Prints "ready" when it relays; ends on SIGINT
// or SIGTERM with its counters as one line of JSON.
#include <cstdio>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sys/signalfd.h>

#include "io/descriptor.hpp"
#include "io/epoll_loop.hpp"
#include "tests/tools/relay/datagram_relay.hpp"
#include "tests/tools/relay/frame_relay.hpp"

namespace strowger::relay {
namespace {

struct Arguments {
  double loss_percent = 0;
  double duplication_percent = 0;
  double reorder_percent = 0;
  std::int64_t delay_ms = 0;
  std::int64_t jitter_ms = 0;
  std::int64_t hold_ms = 30;
  bool jitter_reorders = false;
  std::uint64_t seed = 1;
  std::string left_local;
  std::string left_remote;
  std::string right_local = "127.0.0.1:0";
  std::string right_remote;
  std::string left_interface;
  std::string right_interface;
};

void add_options(CLI::App& app, Arguments& arguments) {
  const auto percent = CLI::Range(0.0, 100.0);
  const auto time = CLI::Range(0, 60'000);
  app.add_option("--loss", arguments.loss_percent, "percent of packets lost")->check(percent);
  app.add_option("--duplicate", arguments.duplication_percent, "percent sent twice")
      ->check(percent);
  app.add_option("--reorder", arguments.reorder_percent, "percent held back")->check(percent);
  app.add_option("--delay", arguments.delay_ms, "milliseconds")->check(time);
  app.add_option("--jitter", arguments.jitter_ms, "milliseconds, added evenly from 0")->check(time);
  app.add_option("--hold", arguments.hold_ms, "milliseconds a reordered packet is held back")
      ->check(time);
  app.add_flag("--jitter-reorders", arguments.jitter_reorders,
               "packets may overtake each other by jitter");
  app.add_option("--seed", arguments.seed, "of all chance");
  app.require_subcommand(1);
  CLI::App* const udp = app.add_subcommand("udp", "between two pairs of UDP addresses");
  udp->fallthrough();
  udp->add_option("--left-local", arguments.left_local, "ADDRESS:PORT")->required();
  udp->add_option("--left-remote", arguments.left_remote,
                  "ADDRESS:PORT; whoever spoke last where it is not given");
  udp->add_option("--right-local", arguments.right_local, "ADDRESS:PORT")->capture_default_str();
  udp->add_option("--right-remote", arguments.right_remote, "ADDRESS:PORT")->required();
  CLI::App* const frames = app.add_subcommand("frames", "between two network interfaces (root)");
  frames->fallthrough();
  frames->add_option("--left", arguments.left_interface, "interface")->required();
  frames->add_option("--right", arguments.right_interface, "interface")->required();
}

ImpairmentOptions impairment_of(const Arguments& arguments) {
  ImpairmentOptions options;
  options.loss = arguments.loss_percent / 100;
  options.duplication = arguments.duplication_percent / 100;
  options.reorder = arguments.reorder_percent / 100;
  options.delay = core::milliseconds(arguments.delay_ms);
  options.jitter = core::milliseconds(arguments.jitter_ms);
  options.reorder_hold = core::milliseconds(arguments.hold_ms);
  options.jitter_reorders = arguments.jitter_reorders;
  options.seed = arguments.seed;
  return options;
}

int complain(const std::string& text) {
  std::fprintf(stderr, "relay: %s\n", text.c_str());
  return 1;
}

void print(const char* name, const ImpairmentCounters& counters, const char* behind) {
  std::printf(
      "\"%s\": {\"packets\": %llu, \"lost\": %llu, \"duplicated\": %llu, \"reordered\": %llu}%s",
      name, static_cast<unsigned long long>(counters.packets),
      static_cast<unsigned long long>(counters.lost),
      static_cast<unsigned long long>(counters.duplicated),
      static_cast<unsigned long long>(counters.reordered), behind);
}

/// Runs until a signal asks for the end, then prints the counters.
template <class Relay>
int serve(io::EpollLoop& loop, const Relay& relay) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  const io::Descriptor signal(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
  const auto watch = loop.watch(signal.get(), [&loop](io::Readiness) { loop.stop(); });
  if (!watch) {
    return complain(watch.error().text);
  }
  std::fflush(stdout);
  loop.run();
  std::printf("{");
  print("left_to_right", relay.left_to_right(), ", ");
  print("right_to_left", relay.right_to_left(), "}\n");
  return 0;
}

int relay_udp(const Arguments& arguments) {
  DatagramRelayOptions options;
  options.impairment = impairment_of(arguments);
  const auto left_local = core::Address::parse(arguments.left_local);
  const auto right_local = core::Address::parse(arguments.right_local);
  const auto right_remote = core::Address::parse(arguments.right_remote);
  options.left_remote = core::Address::parse(arguments.left_remote);
  if (!left_local || !right_local || !right_remote ||
      (!options.left_remote && !arguments.left_remote.empty())) {
    return complain("addresses are numeric, like 127.0.0.1:5060 or [::1]:5060");
  }
  options.left_local = *left_local;
  options.right_local = *right_local;
  options.right_remote = *right_remote;
  io::EpollLoop loop;
  const auto relay = DatagramRelay::open(loop, options);
  if (!relay) {
    return complain(relay.error().text);
  }
  std::printf("ready %s\n", std::string((*relay)->left().text().view()).c_str());
  return serve(loop, **relay);
}

int relay_frames(const Arguments& arguments) {
  io::EpollLoop loop;
  const auto relay = FrameRelay::open(
      loop, {arguments.left_interface, arguments.right_interface, impairment_of(arguments)});
  if (!relay) {
    return complain(relay.error().text);
  }
  std::printf("ready %s %s\n", arguments.left_interface.c_str(), arguments.right_interface.c_str());
  return serve(loop, **relay);
}

}  // namespace
}  // namespace strowger::relay

int main(int argc, char** argv) {
  strowger::relay::Arguments arguments;
  CLI::App app("A bad network between two ends: loss, delay, jitter, duplication, reordering.");
  strowger::relay::add_options(app, arguments);
  CLI11_PARSE(app, argc, argv);
  return app.got_subcommand("udp") ? strowger::relay::relay_udp(arguments)
                                   : strowger::relay::relay_frames(arguments);
}
