// Thousands of WebSocket peers of one engine on one virtual clock, most of them bad: each has its
// way of being bad, and the rule by which it must end.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/engine_driver.hpp"
#include "crypto/random.hpp"
#include "websocket/engine.hpp"

namespace strowger::simulation {

/// The ways of a peer; what each sends and does is told in websocket_crowd.cpp.
enum class Way : std::uint8_t {
  polite,         // says hello now and then, hears it at once, and closes in order
  slow_writer,    // one octet a second, and closes in order
  half_request,   // never comes to the end of its request
  header_flood,   // more header than anybody needs
  wrong_request,  // an upgrade without a key
  slow_reader,    // asks for much, and reads nothing
  half_open,      // is gone, and nobody was told
  never_closes,   // does not answer a close frame
  bomb,           // a kilobyte that becomes two million octets
  bad_text,       // a text that is none
  bad_frame,      // an opcode that there is none
  unmasked,       // what a server sends
  ping_flood,     // pings without end, and reads no pong
  lost,           // its connection breaks
};
inline constexpr std::size_t way_count = static_cast<std::size_t>(Way::lost) + 1;

class Crowd {
 public:
  explicit Crowd(std::uint64_t seed);

  /// So many peers come within ten seconds, all ways alike, and everything goes on until the last
  /// of them has ended.
  void wave(std::size_t peers);

  [[nodiscard]] std::size_t most_at_once() const { return most_; }
  [[nodiscard]] std::size_t came(Way way) const { return came_[static_cast<std::size_t>(way)]; }
  /// Peers that ended by another rule than theirs, or heard what they should not have: told in
  /// words, few.
  [[nodiscard]] const std::vector<std::string>& wrongs() const { return wrongs_; }
  /// Hellos that came back, and those among them that came back later than at once.
  [[nodiscard]] std::size_t echoes() const { return echoes_; }
  [[nodiscard]] std::size_t late() const { return late_; }
  [[nodiscard]] const websocket::Engine& engine() const { return engine_; }
  [[nodiscard]] core::Time now() const { return now_; }

 private:
  friend class base::EngineDriver<websocket::Engine, Crowd>;
  struct Peer {
    Way way = Way::polite;
    websocket::ConnectionId id;
    int step = 0;
    bool reads = true;
    bool ended = false;
    std::string unread;  // of ours, that the engine did not take
    std::string heard;
    std::string says;  // octet by octet
  };
  struct Due {
    core::Time when;
    std::size_t peer;
    bool operator<(const Due& other) const { return when > other.when; }
  };

  void deliver(const websocket::Action& action, core::Time now);
  void wake_at(std::optional<core::Time> when) { wake_ = when; }
  void told(const websocket::Requested& requested);
  void told(const websocket::Message& message);
  void told(const websocket::Failed& failed);
  void told(const websocket::Closed& closed);
  void told(const websocket::HangUp& hang_up);
  template <class Other>
  void told(const Other&) {}

  Peer& of(const websocket::ConnectionId& id) { return peers_[by_slot_[id.slot]]; }
  void come(std::size_t index);
  void act(std::size_t index);
  void speak(Peer& peer);
  void feed(Peer& peer, std::string_view octets);
  void read(Peer& peer);
  void later(std::size_t index, core::Duration time) { due_.push({now_ + time, index}); }
  void leave(Peer& peer);
  void ends(Peer& peer, const std::string& by);

  crypto::SeededRandom random_;
  std::mt19937_64 chance_;
  core::Time now_{1'000'000'000};
  websocket::Engine engine_;
  base::EngineDriver<websocket::Engine, Crowd> driver_;
  std::optional<core::Time> wake_;
  std::string bomb_;
  std::string pings_;
  std::string much_;
  std::vector<Peer> peers_;
  std::vector<std::size_t> by_slot_;
  std::priority_queue<Due> due_;
  std::size_t open_ = 0;
  std::size_t most_ = 0;
  std::size_t echoes_ = 0;
  std::size_t late_ = 0;
  std::array<std::size_t, way_count> came_{};
  std::vector<std::string> wrongs_;
};

/// What ends a peer of that way: the fault of an open connection, or of its handshake.
[[nodiscard]] std::string rule_of(Way way);

}  // namespace strowger::simulation
