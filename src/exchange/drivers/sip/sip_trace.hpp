// `sip trace on`: every message that comes and goes, as text, passwords' answers blotted out.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/octets.hpp"
#include "sip/engine_types.hpp"

namespace strowger::exchange::drivers {

/// Used on the signalling thread; switched from any.
class SipTrace {
 public:
  using Sink = std::function<void(const std::string&)>;

  explicit SipTrace(Sink sink) : sink_(std::move(sink)) {}
  void set(bool on) { on_.store(on, std::memory_order_relaxed); }
  [[nodiscard]] bool on() const { return on_.load(std::memory_order_relaxed); }

  void received(const sip::Flow& flow, core::Octets octets);
  void sent(const sip::Flow& flow, core::Octets octets);

 private:
  void write(std::string_view what, const sip::Flow& flow, core::Octets octets);

  Sink sink_;
  std::atomic<bool> on_{false};
};

/// "udp", "tcp", "tls", "ws", "wss"
[[nodiscard]] std::string_view transport_name(sip::Transport transport);
/// The first line of a message, without line end, at most 100 characters.
[[nodiscard]] std::string_view first_line(core::Octets octets);
/// Printable as it is: control characters other than line ends and tabs become '?'.
[[nodiscard]] std::string printable(std::string_view message);
/// The text with the values of Authorization and Proxy-Authorization replaced by "(hidden)".
[[nodiscard]] std::string without_credentials(std::string_view message);

}  // namespace strowger::exchange::drivers
