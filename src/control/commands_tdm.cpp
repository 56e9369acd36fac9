// tdm show spans|channels: lines and timeslots of a running exchange.
#include <fmt/format.h>

#include "control/commands.hpp"

namespace strowger::control {
namespace {

std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

/// Says why where there is nothing to show.
bool has_spans(const Administration& administration, Invocation& in) {
  if (administration.trunks == nullptr) {
    in.output.fail("There are no spans: tdm.conf has none");
  }
  return administration.trunks != nullptr;
}

void show_spans(Administration& administration, Invocation& in) {
  if (!has_spans(administration, in)) {
    return;
  }
  Table table{"spans",
              {{"Span", "span"},
               {"Trunk", "trunk"},
               {"Transport", "transport"},
               {"Signalling", "signalling"},
               {"Status", "status"},
               {"Channels", "channels"},
               {"Alarms", "alarms"},
               {"Ticks", "ticks"},
               {"Slips", "slips"},
               {"Octets missed", "missed_octets"},
               {"Octets lost", "lost_octets"}},
              {}};
  const auto& spans = administration.trunks->tdm().spans;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const auto& span = spans[i];
    const auto figures = administration.trunks->line_figures(i);
    const auto* running =
        administration.spans->span(tdm::SpanId(static_cast<std::uint16_t>(i + 1)));
    table.rows.push_back({span.name, std::string(tdm::to_string(span.trunk)), span.transport.type,
                          span.signalling, std::string(tdm::to_string(running->signalling())),
                          number(span.channels.size()), std::string(figures.alarms.text().view()),
                          number(figures.counters.ticks), number(figures.counters.slips),
                          number(figures.counters.missed_octets),
                          number(figures.counters.lost_octets)});
  }
  in.output.table(std::move(table));
  const auto ticks = administration.trunks->thread().ticks();
  in.output.fact("Ticks missed", "ticks_missed", number(ticks.missed));
  in.output.fact("Ticks given up", "ticks_skipped", number(ticks.skipped));
  in.output.fact("Ticks from", "source", administration.trunks->thread().reason());
}

void add_channels(Administration& administration, std::size_t at, Table& table) {
  const tdm::SpanConfig& span = administration.trunks->tdm().spans[at];
  tdm::Span& running = *administration.spans->span(tdm::SpanId(static_cast<std::uint16_t>(at + 1)));
  for (std::size_t i = 0; i < span.channels.size(); ++i) {
    const tdm::ChannelConfig& channel = span.channels[i];
    const auto status = running.status(tdm::ChannelNumber(static_cast<std::uint16_t>(i + 1)));
    std::string flags;
    for (const auto& [set, word] : {std::pair(status.now.blocked_here, "blocked here"),
                                    std::pair(status.now.blocked_there, "blocked there"),
                                    std::pair(status.now.resetting, "resetting")}) {
      flags += set ? (flags.empty() ? "" : ", ") + std::string(word) : "";
    }
    table.rows.push_back({span.name, number(i + 1), number(channel.timeslot),
                          std::string(tdm::to_string(channel.type)), channel.group,
                          std::string(tdm::to_string(status.now.state)),
                          std::string(tdm::to_string(status.signalling)),
                          std::string(status.now.alarms.text().view()), flags});
  }
}

void show_channels(Administration& administration, Invocation& in) {
  if (!has_spans(administration, in)) {
    return;
  }
  Table table{"channels",
              {{"Span", "span"},
               {"Channel", "channel"},
               {"Timeslot", "timeslot"},
               {"Type", "type"},
               {"Group", "group"},
               {"State", "state"},
               {"Signalling", "signalling"},
               {"Alarms", "alarms"},
               {"Flags", "flags"}},
              {}};
  const auto& spans = administration.trunks->tdm().spans;
  bool found = in.arguments.empty();
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (in.arguments.empty() || spans[i].name == in.arguments.front()) {
      found = true;
      add_channels(administration, i, table);
    }
  }
  if (!found) {
    in.output.fail("There is no span '" + in.arguments.front() + "'; tdm show spans lists them");
    return;
  }
  in.output.table(std::move(table));
}

}  // namespace

void add_tdm_commands(CommandTable& table, Administration& administration) {
  auto* admin = &administration;
  table.add({"tdm show spans", "", "Lists the spans: their lines, alarms and counters.",
             [admin](Invocation& in) { show_spans(*admin, in); }, nullptr});
  table.add({"tdm show channels", "[SPAN]", "Lists the channels of a span, or of all.",
             [admin](Invocation& in) { show_channels(*admin, in); },
             [admin](const std::vector<std::string>&) {
               std::vector<std::string> names;
               if (admin->trunks != nullptr) {
                 for (const auto& span : admin->trunks->tdm().spans) {
                   names.push_back(span.name);
                 }
               }
               return names;
             }});
}

}  // namespace strowger::control
