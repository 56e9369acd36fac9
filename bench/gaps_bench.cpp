// What listeners notice while the machine is busy: one is on hold and hears music, ten sit in a
// conference. stress-ng works on all processors, memory and the disk meanwhile; the media thread
// has real-time priority in the one run and none in the other. A gap is longer than 30 ms between
// two packets, by the kernel's time stamps of their arrival.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/harness.hpp"
#include "bench/voice_listener.hpp"
#include "media/sharded_service.hpp"

namespace strowger::bench {
namespace {

constexpr int seconds_of_a_run = 20;
constexpr std::size_t parties = 10;
constexpr core::Duration gap = core::milliseconds(30);

/// stress-ng while it lives: two workers that compute for each processor, two that sort memory, two
/// that write files, two that sync.
class Stress {
 public:
  Stress() {
    const std::string computing = std::to_string(2 * std::thread::hardware_concurrency());
    std::vector<std::string> words{
        "stress-ng", "--quiet", "--cpu",       computing, "--vm", "2", "--vm-bytes",  "256M",
        "--hdd",     "2",       "--hdd-bytes", "64M",     "--io", "2", "--temp-path", "/tmp"};
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    if (posix_spawnp(&process_, "stress-ng", nullptr, nullptr, arguments.data(), environ) != 0) {
      std::fputs("stress-ng does not start\n", stderr);
      std::exit(1);
    }
  }
  ~Stress() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Stress(const Stress&) = delete;
  Stress& operator=(const Stress&) = delete;

 private:
  pid_t process_ = -1;
};

/// A port that speaks to the listener.
media::PortId open_port(media::ShardedService& service, const Listener& listener, NoEvents& sink) {
  const auto port = service.open({.local = core::Address::ipv4(127, 0, 0, 1, 0)}, sink);
  if (!port) {
    std::fprintf(stderr, "port: %s\n", media::to_string(port.error()));
    std::exit(1);
  }
  media::Remote remote;
  remote.rtp = listener.address();
  service.set_remote(port->id, remote);
  return port->id;
}

void tell(const std::string& title, const Listeners& listeners, std::size_t from,
          std::size_t until) {
  Listener::Gaps all;
  std::size_t packets = 0;
  for (std::size_t i = from; i < until; ++i) {
    const Listener::Gaps one = listeners[i]->gaps(gap);
    all.count += one.count;
    all.longest = std::max(all.longest, one.longest);
    packets += listeners[i]->packets();
  }
  print_value({"gaps", title + ": packets heard", "packets"}, static_cast<double>(packets), "");
  print_value({"gaps", title + ": gaps over 30 ms", "gaps"}, static_cast<double>(all.count), "");
  print_value({"gaps", title + ": longest", "ms"}, static_cast<double>(all.longest.ns) * 1e-6,
              "ms");
}

void run(const std::string& music, int priority) {
  Listeners listeners;
  for (std::size_t i = 0; i <= parties; ++i) {
    listeners.push_back(std::make_unique<Listener>());
  }
  NoEvents sink;
  media::ServiceConfig config;
  config.max_ports = parties + 1;
  config.shards = 1;
  config.priority = priority;
  config.music_folders["default"] = music;
  media::ShardedService service(config);
  const media::PortId held = open_port(service, *listeners[0], sink);
  if (!service.play(held, {media::MusicOnHold{}}, 0, true)) {
    std::fputs("there is no hold music\n", stderr);
    std::exit(1);
  }
  std::optional<media::ConferenceId> room;
  for (std::size_t i = 1; i <= parties; ++i) {
    const media::PortId port = open_port(service, *listeners[i], sink);
    if (!room) {
      room = *service.open_conference(port);
    }
    service.join_conference(port, *room, {});
  }
  listen_for(listeners, core::seconds(2));
  const std::string privilege = service.timing(0).privileges.realtime
                                    ? "with real-time priority"
                                    : "without real-time priority";
  {
    const Stress stress;
    listen_for(listeners, core::seconds(2));
    forget(listeners);
    listen_for(listeners, core::seconds(seconds_of_a_run));
  }
  tell("music on hold, " + privilege, listeners, 0, 1);
  tell("conference of ten, " + privilege, listeners, 1, listeners.size());
}

}  // namespace
}  // namespace strowger::bench

int main(int count, char** arguments) {
  using namespace strowger::bench;
  const std::string music = count > 1 ? arguments[1] : "build/sounds/music/default";
  raise_descriptor_limit();
  run(music, 40);
  run(music, 0);
  return 0;
}
