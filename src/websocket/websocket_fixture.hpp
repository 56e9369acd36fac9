// One end of a connection under a simulated clock, for tests: raw octets go in, what comes out is
// kept as text, and the frames that the engine sent are taken apart by a reader of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/engine_driver.hpp"
#include "core/octets.hpp"
#include "crypto/random.hpp"
#include "websocket/engine.hpp"

namespace strowger::websocket {

/// The key of RFC 6455 1.3, and what it gives.
inline constexpr std::string_view sample_key = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view sample_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A request that asks for nothing in particular; `more`: further field lines with their CRLF.
[[nodiscard]] std::string upgrade_request(std::string_view more = {});

/// Any frame, good or bad, as a client (masked) or a server would send it.
struct RawFrame {
  std::uint8_t first = 0x81;  // FIN, RSV and opcode
  std::string payload;
  bool masked = true;
  MaskKey key{0x37, 0xfa, 0x21, 0x3d};
  int length_octets = -1;  // 0, 2 or 8; -1: as few as do
};
[[nodiscard]] std::string raw(const RawFrame& frame);
/// A client's frame.
[[nodiscard]] std::string frame(std::uint8_t first, std::string_view payload = {});
/// A client's close frame.
[[nodiscard]] std::string close_frame(std::uint16_t code, std::string_view reason = {});
/// Numbers as the octets they are.
[[nodiscard]] std::string octets(std::initializer_list<int> values);

/// What RFC 7692 7.2.1 makes of a message, by zlib itself.
class TestDeflater {
 public:
  explicit TestDeflater(int window_bits = 15);
  ~TestDeflater();
  TestDeflater(const TestDeflater&) = delete;
  TestDeflater& operator=(const TestDeflater&) = delete;
  [[nodiscard]] std::string operator()(std::string_view message);
  void reset();

 private:
  void* stream_;
};
/// The other way, message after message, until `reset` forgets the window.
class TestInflater {
 public:
  explicit TestInflater(int window_bits = 15);
  ~TestInflater();
  TestInflater(const TestInflater&) = delete;
  TestInflater& operator=(const TestInflater&) = delete;
  [[nodiscard]] std::string operator()(std::string_view message);
  void reset();

 private:
  void* stream_;
};
[[nodiscard]] std::string inflated(std::string_view message);
/// Frames unmasked: "81:hello", "88:03e8" (close in hexadecimal), without the library's own reader.
/// `masked`: they must be; `partial`: what follows the last whole one is let be.
[[nodiscard]] std::vector<std::string> frames_of(std::string_view octets, bool masked,
                                                 bool partial = false);

class Stand {
 public:
  enum class Role : std::uint8_t { server, client };
  enum class Reading : std::uint8_t { at_once, not_at_all };

  /// `decides`: a request is accepted as it comes.
  explicit Stand(const Settings& settings = quiet_settings(), Role role = Role::server,
                 bool decides = true);

  /// Without pings, so that time may pass.
  [[nodiscard]] static Settings quiet_settings();

  /// From the wire, in pieces of `piece` octets; what the engine does not take comes again.
  void feed(std::string_view octets, std::size_t piece = SIZE_MAX);
  /// Everything up to the open connection, with nothing of it in `log` and `sent`.
  void open(std::string_view more = {}, std::string_view answer_more = {});
  void pass(core::Duration time);
  void lose();
  /// Takes what waits to be sent; how much it was.
  std::size_t drain(std::size_t most = SIZE_MAX);
  core::Result<ConnectionId, Refusal> command(const Command& command);
  core::Result<ConnectionId, Refusal> say(std::string_view text, Kind kind = Kind::text);

  /// What came out since the last call: "text:hello", "closed:1002:reserved_bits", "hangup" ...
  std::vector<std::string> log();
  /// The frames sent since the last call, as `frames_of` tells them.
  std::vector<std::string> frames();
  /// Octets sent since the last call of this or `frames`.
  std::string sent();

  [[nodiscard]] ConnectionId id() const { return id_; }
  [[nodiscard]] Engine& engine() { return engine_; }
  [[nodiscard]] std::optional<core::Time> wake() const { return wake_; }
  [[nodiscard]] core::Time now() const { return now_; }
  void reading(Reading reading) { reading_ = reading; }
  /// Leases are given back only when this is called.
  void hold_leases(bool hold) { hold_ = hold; }
  void return_leases();
  std::string subprotocol;  // to accept with
  bool echoes = false;      // sends every message back

 private:
  friend class base::EngineDriver<Engine, Stand>;
  void deliver(const Action& action, core::Time now);
  void wake_at(std::optional<core::Time> when) { wake_ = when; }
  void told(const Requested& requested);
  void told(const Opened& opened);
  void told(const Failed& failed);
  void told(const Message& message);
  void told(const Pinged& pinged);
  void told(const Ponged& ponged);
  void told(const HasOctets& has);
  void told(const Ready& ready);
  void told(const Closed& closed);
  void told(const HangUp& hang_up);

  crypto::SeededRandom random_{7};
  core::Time now_{1'000'000'000};
  Engine engine_;
  base::EngineDriver<Engine, Stand> driver_;
  std::optional<core::Time> wake_;
  bool decides_;
  bool hold_ = false;
  Role role_;
  Reading reading_ = Reading::at_once;
  ConnectionId id_;
  std::string inbox_;
  std::string sent_;
  std::vector<std::string> log_;
  std::vector<LeaseId> leases_;
};

/// The whole dialogue as text, for comparing.
[[nodiscard]] std::string joined(const std::vector<std::string>& lines);

}  // namespace strowger::websocket
