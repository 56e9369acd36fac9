// The module's door into the span engine: what it says is kept until its turn is over. Inner
// header.
#pragma once

#include "tdm/span_engine.hpp"

namespace strowger::tdm {

class SpanEngine::Port final : public SignallingPort {
 public:
  explicit Port(SpanEngine& engine) : engine_(engine) {}

  /// A new turn of the module: it may send max_messages again.
  void begin() { sent_ = 0; }

  bool send(core::Octets message, std::uint32_t tag) override;
  Incoming incoming(ChannelNumber channel, const CallerData& caller, bool complete) override;
  void report(CallId call, Trigger trigger, std::uint32_t value) override;
  bool far_transfers(CallId call, std::string_view to) override;
  void completed(CallId call) override;
  void failed(CallId call, Cause cause) override;
  void far_reset(ChannelNumber channel) override;
  void reset_done(ChannelNumber channel) override;
  void status(SignallingStatus status) override;
  void blocked(ChannelNumber channel, bool blocked) override;
  [[nodiscard]] CallId call_on(ChannelNumber channel) const override;
  [[nodiscard]] State state_of(CallId call) const override;
  [[nodiscard]] std::uint16_t channel_count() const override;

 private:
  [[nodiscard]] bool yields(ChannelNumber channel) const;
  Incoming refuse(Cause cause);

  SpanEngine& engine_;
  std::size_t sent_ = 0;
};

}  // namespace strowger::tdm
