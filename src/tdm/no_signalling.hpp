// The module of spans that have no signalling of their own (`signalling = none`): their channels
// carry media and take no calls. Pure.
#pragma once

#include "tdm/signalling.hpp"

namespace strowger::tdm {

class NoSignalling final : public SignallingModule {
 public:
  [[nodiscard]] std::string_view name() const override { return "none"; }
  [[nodiscard]] StateMap state_map() const override { return trunk_state_map(); }
  void start(SignallingPort& /*port*/, core::Time /*now*/) override {}
  void stop(SignallingPort& /*port*/, core::Time /*now*/) override {}
  Reply request(const Request& /*request*/, SignallingPort& /*port*/, core::Time /*now*/) override {
    return Reply::not_supported;
  }
  void reset(ChannelNumber channel, SignallingPort& port, core::Time /*now*/) override {
    port.reset_done(channel);
  }
  void set_blocked(ChannelNumber /*channel*/, bool /*blocked*/, SignallingPort& /*port*/,
                   core::Time /*now*/) override {}
  void input(core::Octets /*message*/, std::uint32_t /*tag*/, SignallingPort& /*port*/,
             core::Time /*now*/) override {}
  void expire(SignallingPort& /*port*/, core::Time /*now*/) override {}
  [[nodiscard]] std::optional<core::Time> next_deadline() const override { return std::nullopt; }
};

}  // namespace strowger::tdm
