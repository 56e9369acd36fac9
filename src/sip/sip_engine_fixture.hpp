// Engines and hand-written peers on one virtual clock and one simulated network, for tests. Every
// message that an engine sends is parsed and judged as a stranger would; what fails is a test
// failure. Loss, duplication and reordering come from a seed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/random.hpp"
#include "sip/engine.hpp"

namespace strowger::sip::test {

/// Chances of 0 to 1; delays in ms, each message's own between the two (so it reorders).
struct Impairment {
  double loss = 0;
  double duplication = 0;
  std::int64_t delay_min_ms = 1;
  std::int64_t delay_max_ms = 1;
};

/// One action of an engine beside Send, with its texts copied.
struct Seen {
  std::string what{};  // "incoming", "progress", "answered", "confirmed", "ended", "offer", ...
  core::Time at{};
  CallHandle call{};
  std::uint16_t status = 0;
  std::uint8_t q850 = 0;
  bool by_us = false;
  std::string peer{};
  std::string user{};
  std::string sdp{};
  std::string text{};
  core::Duration expires{};
};

/// One message on the wire.
struct Sent {
  core::Time at;
  core::Address from;
  core::Address to;
  Transport transport = Transport::udp;
  std::string text;
  bool lost = false;

  [[nodiscard]] std::string first_line() const { return text.substr(0, text.find("\r\n")); }
  [[nodiscard]] std::string header(std::string_view name) const;
};

class World;

/// An engine with its listeners: UDP and TCP on one address.
class Node {
 public:
  Node(World& world, core::Address address, std::shared_ptr<Settings> settings, std::uint64_t seed,
       const EngineLimits& limits);

  core::Result<CallHandle, Refusal> command(const Command& command);
  void event(const Event& event);
  /// The n-th action of that kind (from 0); fails the test where there is none.
  const Seen& seen(std::string_view what, std::size_t nth = 0) const;
  [[nodiscard]] std::size_t count(std::string_view what) const;

  Engine& engine() { return *engine_; }
  [[nodiscard]] core::Address address() const { return address_; }
  std::shared_ptr<Settings> settings;
  std::vector<Seen> log;
  /// Called for each action after it is logged; may give commands.
  std::function<void(const Seen&)> on_action;
  /// Answers Resolve; none: nothing resolves.
  std::function<std::vector<Flow>(const Resolve&)> resolve;

 private:
  friend class World;
  void run(const std::function<void(core::Actions<Action>&)>& call);
  void deliver(const Action& action);
  void record(Seen seen);
  void expire_due();
  void receive(const Flow& flow, const std::string& octets);
  void connect(const OpenFlow& open);
  void disconnect(const CloseFlow& close);

  World& world_;
  core::Address address_;
  crypto::SeededRandom random_;
  std::unique_ptr<Engine> engine_;
  std::vector<Action> records_;
  std::vector<core::Octet> arena_;
  std::map<std::uint64_t, std::string> pending_;  // octets of streams not consumed yet
};

class World {
 public:
  explicit World(std::uint64_t seed = 1) : random(seed) {}

  /// 10.0.0.N:5060.
  [[nodiscard]] static core::Address host(std::uint8_t number, std::uint16_t port = 5060) {
    return core::Address::ipv4(10, 0, 0, number, port);
  }
  Node& add(std::uint8_t number, const std::function<void(Settings&)>& adjust = {},
            const EngineLimits& limits = {4'000, 100, 100, 100, 400});
  /// Sends a datagram from an address where no engine is. Line ends may be \n.
  void inject(const core::Address& from, const core::Address& to, const std::string& text);
  /// The messages that engines sent to an address, without those lost.
  [[nodiscard]] std::vector<Sent> to(const core::Address& address) const;
  [[nodiscard]] Sent last_to(const core::Address& address) const;

  void run_for(core::Duration length);
  /// Runs until nothing is due and nothing is on the way, at most for `most`.
  void run_until_idle(core::Duration most = core::seconds(300));

  core::Time now{1'000'000'000};
  Impairment impairment;
  crypto::SeededRandom random;
  std::vector<Sent> wire;
  /// Called for each datagram or stream message to an address where no engine is.
  std::function<void(const Sent&)> on_stranger;
  bool refuse_connections = false;
  /// Breaks every connection: both ends are told, what was on the way is lost.
  void break_connections();

 private:
  friend class Node;
  struct Arrival {
    Sent sent;
    Flow flow;  // as the receiver sees it
    Node* receiver = nullptr;
    std::optional<Event> event;
  };
  struct Link {
    Node* ends[2] = {nullptr, nullptr};
    bool open = true;
  };
  void send(Node& from, const Send& send);
  void break_connection(std::uint64_t connection);
  void put(const Sent& sent, Transport transport, bool impaired);
  void check(const Sent& sent);
  bool step(core::Time limit);
  void arrive(Arrival arrival);
  [[nodiscard]] Node* at(const core::Address& address, Transport transport);

  std::vector<std::unique_ptr<Node>> nodes_;
  std::multimap<core::Time, Arrival> arrivals_;
  std::map<std::uint64_t, std::pair<Node*, Node*>> links_;  // connection: who opened it, to whom
  std::map<std::uint64_t, core::Address> link_source_;
  std::uint64_t last_connection_ = 0;
};

/// The name by which ./run mutate knows a row, and the row that it has switched off.
[[nodiscard]] std::string mutation_name(TransactionKind kind, std::size_t row);
[[nodiscard]] std::optional<DisabledRow> mutation();

/// "\n" line ends become "\r\n"; a Content-Length is added where there is none.
[[nodiscard]] std::string wire_text(std::string_view text);
[[nodiscard]] inline core::Octets octets(std::string_view text) {
  return core::octets_of(text);
}
/// A1 digest by MD5.
[[nodiscard]] std::string ha1(std::string_view user, std::string_view realm,
                              std::string_view password);
/// A peer that registers and calls, password "secret" in realm "strowger".
[[nodiscard]] PeerSettings phone(std::string_view name);
/// An Authorization value for a 401's challenge.
[[nodiscard]] std::string authorization(const Sent& challenge, std::string_view method,
                                        std::string_view uri, std::string_view user,
                                        std::string_view password,
                                        std::string_view nc = "00000001");

inline constexpr std::string_view offer_sdp =
    "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8\r\n";
inline constexpr std::string_view answer_sdp =
    "v=0\r\no=- 2 1 IN IP4 10.0.0.8\r\ns=-\r\nc=IN IP4 10.0.0.8\r\nt=0 0\r\n"
    "m=audio 5000 RTP/AVP 8\r\n";

}  // namespace strowger::sip::test
