// A signalling module for development: two spans back to back, or a span with itself. It says of a
// call all that a trunk can say, in messages of its own; nothing of it goes over a real line.
#pragma once

#include <vector>

#include "tdm/signalling.hpp"

namespace strowger::tdm {

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
  void expire(SignallingPort& port, core::Time now) override;
  [[nodiscard]] std::optional<core::Time> next_deadline() const override { return std::nullopt; }
};

}  // namespace strowger::tdm
