#include "tdm/status.hpp"

namespace strowger::tdm {

std::vector<ChannelRow> channel_rows(Trunks& trunks, SpanId id) {
  std::vector<ChannelRow> rows;
  const Span* span = trunks.span(id);
  if (span == nullptr) {
    return rows;
  }
  for (const ChannelConfig& config : span->config().channels) {
    const ChannelNumber number(static_cast<std::uint16_t>(rows.size() + 1));
    rows.push_back({{id, number}, config, span->status(number).now});
  }
  return rows;
}

std::vector<SpanRow> span_rows(Trunks& trunks) {
  std::vector<SpanRow> rows;
  for (std::uint16_t i = 1; i <= trunks.span_count(); ++i) {
    const Span& span = *trunks.span(SpanId(i));
    SpanRow row;
    row.id = SpanId(i);
    row.name = span.config().name;
    row.trunk = span.config().trunk;
    row.transport = span.config().transport.type;
    row.signalling = span.config().signalling;
    row.running = span.running();
    row.status = span.signalling();
    for (const ChannelRow& channel : channel_rows(trunks, row.id)) {
      ++row.channels;
      row.in_alarm += channel.now.alarms.any() ? 1U : 0U;
      row.blocked += channel.now.blocked_here || channel.now.blocked_there ? 1U : 0U;
    }
    row.counters = span.counters();
    row.queues = span.queue_counters();
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace strowger::tdm
