// Spans and channels as tables, for consoles: plain copies. Any normal thread, from within events
// too.
#pragma once

#include <string>
#include <vector>

#include "tdm/trunks.hpp"

namespace strowger::tdm {

struct SpanRow {
  SpanId id;
  std::string name;
  TrunkType trunk = TrunkType::e1;
  std::string transport;   // loop, udp, dahdi
  std::string signalling;  // loopback, analog, ss7, none
  bool running = false;
  SignallingStatus status = SignallingStatus::down;
  std::size_t channels = 0;
  std::size_t in_alarm = 0;  // channels
  std::size_t blocked = 0;   // channels, at either end
  SpanCounters counters;     // `calls` among them
  QueueCounters queues;
};
[[nodiscard]] std::vector<SpanRow> span_rows(Trunks& trunks);

struct ChannelRow {
  ChannelRef channel;
  ChannelConfig config;
  ChannelView now;
};
/// Empty where there is no such span.
[[nodiscard]] std::vector<ChannelRow> channel_rows(Trunks& trunks, SpanId span);

}  // namespace strowger::tdm
