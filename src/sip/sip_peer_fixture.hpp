// A hand-written peer across the wire from an engine: says what it likes, sees every message the
// engine sends to it, in order and with its time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sip/sip_engine_fixture.hpp"

namespace strowger::sip::test {

/// The parts of a request that tests vary; all else is in order.
struct RequestText {
  std::string method = "INVITE";
  std::string uri = "sip:100@10.0.0.1";
  std::string branch{};  // empty: a new one for each request
  std::string from_tag = "peer";
  std::string to_tag{};
  std::string call_id = "call@10.0.0.9";
  int cseq = 1;
  std::string from_user = "guest";
  std::string to_user = "100";
  std::string via{};      // the whole top Via; empty: UDP with rport
  std::string headers{};  // further lines, each ended by \n
  std::string body{};
  std::string content_type = "application/sdp";
};

class Peer {
 public:
  explicit Peer(World& world, Node& engine, std::uint8_t number = 9)
      : world_(world), engine_(engine), address_(World::host(number)) {}

  [[nodiscard]] core::Address address() const { return address_; }

  void send(const std::string& text) { world_.inject(address_, engine_.address(), text); }
  /// Sends it and gives its text, so that it can be sent again.
  std::string request(const RequestText& parts);
  /// A response to a request that the engine sent.
  std::string reply(const Sent& request, std::string_view status_line,
                    std::string_view tag = "peer", std::string_view headers = {},
                    std::string_view body = {});
  /// The ACK for a 2xx of the engine.
  void acknowledge(const Sent& response, std::string_view body = {});

  /// The next message from the engine, which must begin so and leave within `ms` from now.
  Sent expect(std::string_view beginning, std::int64_t within_ms = 2);
  /// The same, and sent exactly `ms` after `origin`.
  Sent expect_at(core::Time origin, std::int64_t ms, std::string_view beginning);
  /// Nothing comes for so long.
  void expect_silence(std::int64_t ms);
  /// Passes over what has come so far.
  void skip();

 private:
  [[nodiscard]] const Sent* next(std::int64_t within_ms);

  World& world_;
  Node& engine_;
  core::Address address_;
  std::size_t read_ = 0;  // of what was sent to this peer
  int branches_ = 0;
};

/// The tag of a From or To value.
[[nodiscard]] std::string tag_in(std::string_view value);
/// What stands between < and >.
[[nodiscard]] std::string uri_in(std::string_view value);

/// A request of the peer within the call that `ok`, a 200 of the engine, has made.
[[nodiscard]] RequestText within(const Sent& ok, std::string_view method, int cseq);

/// An engine at 10.0.0.1 that takes guests, with a peer across the wire that it can call.
struct Bench {
  explicit Bench(const std::function<void(Settings&)>& adjust = {});

  /// Places a call to `peer` at 10.0.0.9 and gives its INVITE.
  Sent place(std::string_view uri = "sip:200@10.0.0.9");
  /// A call from the peer, answered and acknowledged; gives the 200.
  Sent establish();
  /// Nothing is left of any call or transaction, and no event was out of place.
  void expect_nothing_left();

  World world;
  Node& engine;
  Peer peer;
  CallHandle call;
};

}  // namespace strowger::sip::test
