// A signalling module for development: two spans back to back. It says of a call all that a trunk
// can say, in messages of its own; nothing of it goes over a real line.
#pragma once

#include <cstdint>
#include <vector>

#include "tdm/signalling.hpp"

namespace strowger::tdm {

struct LoopbackMessage;  // loopback.cpp

/// Messages carry the caller's reference of their call, so that one which crosses the end of a call
/// never touches the next call of that channel. Glare wants complementary rules at the two ends.
class LoopbackModule final : public SignallingModule {
 public:
  [[nodiscard]] std::string_view name() const override { return "loopback"; }
  [[nodiscard]] StateMap state_map() const override { return trunk_state_map(); }
  void start(SignallingPort& port, core::Time now) override;
  void stop(SignallingPort& port, core::Time now) override;
  Reply request(const Request& request, SignallingPort& port, core::Time now) override;
  void reset(ChannelNumber channel, SignallingPort& port, core::Time now) override;
  void set_blocked(ChannelNumber channel, bool blocked, SignallingPort& port,
                   core::Time now) override;
  void input(core::Octets message, std::uint32_t tag, SignallingPort& port,
             core::Time now) override;
  void expire(SignallingPort& /*port*/, core::Time /*now*/) override {}
  [[nodiscard]] std::optional<core::Time> next_deadline() const override { return std::nullopt; }

  /// Messages that were none of ours.
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }

 private:
  /// The call that a channel carries. The reference is its number at the calling end.
  struct Circuit {
    CallId call;
    std::uint64_t reference = 0;
    bool ours = false;  // we placed it
  };

  [[nodiscard]] Circuit* circuit(ChannelNumber channel);
  [[nodiscard]] Circuit* circuit_of(const LoopbackMessage& message);
  void set_up(const LoopbackMessage& message, SignallingPort& port);
  void release(const LoopbackMessage& message, SignallingPort& port);
  void release_complete(const LoopbackMessage& message, SignallingPort& port);
  void about_call(const LoopbackMessage& message, SignallingPort& port);
  void far_is(bool up, SignallingPort& port);
  void about_span(const LoopbackMessage& message, SignallingPort& port);

  std::vector<Circuit> circuits_;  // by channel number - 1
  bool far_up_ = false;
  std::uint64_t malformed_ = 0;
};

}  // namespace strowger::tdm
