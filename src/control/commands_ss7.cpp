// ss7 link ...: the signalling links of a running exchange.
#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "control/commands.hpp"
#include "control/commands_ss7_dump.hpp"
#include "ss7_trunk/words.hpp"

namespace strowger::control {
namespace {

using ss7_trunk::LinkNumber;
using ss7_trunk::LinkReport;
using ss7_trunk::TrunkService;

/// A link that does not answer within it: its thread has stopped.
constexpr core::Duration longest_wait = core::seconds(2);

std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

/// The links that the first argument names, all where there is none; nothing, and an answer that
/// says why, where it names none.
std::vector<LinkNumber> chosen(TrunkService& service, Invocation& in) {
  std::vector<LinkNumber> links;
  if (!in.arguments.empty()) {
    if (const auto found = service.find_link(in.arguments.front())) {
      links.push_back(*found);
    } else {
      in.output.fail("There is no link '" + in.arguments.front() + "'; ss7 link status lists them");
    }
    return links;
  }
  for (std::size_t i = 0; i < service.links().size(); ++i) {
    links.push_back(ss7_trunk::link_at(i));
  }
  return links;
}

std::string state_of(const LinkReport& report) {
  using ss7::mtp2::LinkState;
  std::string text(ss7::mtp2::to_string(report.state));
  if (report.state == LinkState::initial_alignment) {
    text += fmt::format(" ({})", ss7::mtp2::to_string(report.alignment));
  } else if (report.state == LinkState::processor_outage) {
    text += fmt::format(" ({})", ss7::mtp2::to_string(report.outage));
  }
  return text;
}

void status(TrunkService& service, Invocation& in) {
  Table table{"links",
              {{"Link", "link"},
               {"Linkset", "linkset"},
               {"Span", "span"},
               {"Timeslot", "timeslot"},
               {"State", "state"},
               {"Wanted", "wanted"},
               {"Line", "line"},
               {"Waiting", "waiting"},
               {"Unacknowledged", "unacknowledged"},
               {"Sent", "messages_sent"},
               {"Received", "messages_received"},
               {"Failures", "failures"},
               {"Last failure", "last_failure"}},
              {}};
  for (const LinkNumber link : chosen(service, in)) {
    const auto& config = service.links()[link.value()];
    const auto report = service.desk().report(link, longest_wait);
    const LinkReport known = report.value_or(LinkReport{});
    table.rows.push_back(
        {config.name, config.linkset, config.span, number(config.timeslot),
         report ? state_of(known) : std::string("no answer: the mtp thread stands still"),
         std::string(service.desk().wanted(link) ? "up" : "down"),
         std::string(known.octet_counting ? "no flags" : "aligned"), number(known.waiting),
         number(known.unacknowledged), number(known.counters.messages_sent),
         number(known.counters.messages_received), number(known.counters.failures),
         std::string(ss7_trunk::words_for(service.desk().last_failure(link)))});
  }
  if (in.output.exit_code() == 0) {
    in.output.table(std::move(table));
  }
}

void add_rows(const std::string& link, const LinkReport& report, Table& table) {
  const auto& c = report.counters;
  const auto& m = report.mailbox;
  const auto seconds = [](core::Duration duration) {
    return static_cast<double>(duration.ns) * 1e-9;
  };
  // Items of Q.752 (06/97), tables 1 to 3; those without a number are beyond it.
  const std::vector<std::tuple<const char*, const char*, Cell>> rows{
      {"1.1", "seconds in service", seconds(c.in_service)},
      {"1.2", "failures", number(c.failures)},
      {"1.3", "failures: abnormal FIB or BSN", number(c.failures_abnormal)},
      {"1.4", "failures: acknowledgement late", number(c.failures_late)},
      {"1.5", "failures: error rate", number(c.failures_error_rate)},
      {"1.6", "failures: congestion too long", number(c.failures_congestion)},
      {"1.7", "failures: alignment or proving", number(c.failures_alignment)},
      {"1.8", "units in error", number(c.units_in_error)},
      {"1.9", "negative acknowledgements received", number(c.negative_acknowledgements)},
      {"2.6", "local processor outages", number(c.local_outages)},
      {"2.7", "seconds of local processor outage", seconds(c.local_outage)},
      {"2.10", "remote processor outages", number(c.remote_outages)},
      {"2.11", "seconds of remote processor outage", seconds(c.remote_outage)},
      {"3.1", "message octets sent", number(c.message_octets_sent)},
      {"3.2", "message octets sent again", number(c.message_octets_retransmitted)},
      {"3.3", "messages sent", number(c.messages_sent)},
      {"3.4", "message octets received", number(c.message_octets_received)},
      {"3.5", "messages received", number(c.messages_received)},
      {"3.10", "messages refused for want of room", number(c.messages_refused)},
      {"", "messages sent again", number(c.messages_retransmitted)},
      {"", "negative acknowledgements sent", number(c.negative_acknowledgements_sent)},
      {"", "units received", number(c.units_received)},
      {"", "units malformed", number(c.units_malformed)},
      {"", "units discarded", number(c.units_discarded)},
      {"", "status units unknown", number(c.status_unknown)},
      {"", "busy received (SIB)", number(c.busy_received)},
      {"", "alignments begun", number(c.alignments)},
      {"", "proving periods aborted", number(c.proving_aborted)},
      {"", "times we held the far end back", number(m.congestions)},
      {"", "octets of the way up, most filled", number(m.up_high_water)},
      {"", "octets of the way up, room", number(m.up_octets)},
      {"", "messages from above without room", number(m.down_refused)},
      {"", "messages dropped at a start", number(m.stale_dropped)},
      {"", "messages and indications lost on the way up", number(m.lost_up)},
  };
  for (const auto& [item, name, value] : rows) {
    table.rows.push_back({link, std::string(item), std::string(name), value});
  }
}

void counters(TrunkService& service, Invocation& in) {
  Table table{"counters",
              {{"Link", "link"}, {"Q.752", "q752"}, {"Counter", "counter"}, {"Value", "value"}},
              {}};
  for (const LinkNumber link : chosen(service, in)) {
    const std::string& name = service.links()[link.value()].name;
    if (const auto report = service.desk().report(link, longest_wait)) {
      add_rows(name, *report, table);
    } else {
      in.output.fail("Link " + name + " does not answer: the mtp thread stands still");
    }
  }
  if (in.output.exit_code() == 0) {
    in.output.table(std::move(table));
  }
}

void up(TrunkService& service, Invocation& in) {
  for (const LinkNumber link : chosen(service, in)) {
    const auto& config = service.links()[link.value()];
    service.desk().up(link, config.emergency);
    in.output.line("Link " + config.name + " aligns");
  }
}

void down(TrunkService& service, Invocation& in) {
  for (const LinkNumber link : chosen(service, in)) {
    service.desk().down(link);
    in.output.line("Link " + service.links()[link.value()].name +
                   " goes out of service, until ss7 link up");
  }
}

std::optional<std::uint64_t> number_of(const std::string& text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value <= most ? std::optional(value) : std::nullopt;
}

void show_tests(TrunkService& service, const std::vector<LinkNumber>& links, Invocation& in) {
  Table table{"tests",
              {{"Link", "link"},
               {"In service", "in_service"},
               {"Rate", "rate"},
               {"Sent", "sent"},
               {"Held", "held"},
               {"Received", "received"},
               {"Missing", "missing"},
               {"Repeated", "repeated"},
               {"Damaged", "damaged"},
               {"Others", "others"},
               {"Times in service", "times_in_service"}},
              {}};
  for (const LinkNumber link : links) {
    const auto figures = service.test().figures(link);
    table.rows.push_back({service.links()[link.value()].name, service.test().in_service(link),
                          number(figures.rate), number(figures.sent), number(figures.held),
                          number(figures.received), number(figures.missing),
                          number(figures.repeated), number(figures.damaged), number(figures.others),
                          number(figures.in_service)});
  }
  in.output.table(std::move(table));
}

void test(TrunkService& service, Invocation& in) {
  const auto links = chosen(service, in);
  if (links.empty()) {
    return;
  }
  if (in.arguments.size() > 1) {
    const auto rate = number_of(in.arguments[1], ss7_trunk::TestUser::most_rate);
    const auto octets = in.arguments.size() > 2
                            ? number_of(in.arguments[2], ss7::mtp2::max_message_octets)
                            : std::optional<std::uint64_t>(40);
    if (!rate || !octets || *octets < ss7_trunk::TestUser::least_octets) {
      in.output.fail(fmt::format("Usage: ss7 link test [LINK [RATE [OCTETS]]]: up to {} messages a "
                                 "second (0 ends it) of {} to {} octets",
                                 ss7_trunk::TestUser::most_rate, ss7_trunk::TestUser::least_octets,
                                 ss7::mtp2::max_message_octets),
                     2);
      return;
    }
    service.test().send(links.front(), *rate, *octets);
  }
  show_tests(service, links, in);
}

}  // namespace

void add_ss7_commands(CommandTable& table, Administration& administration) {
  auto* admin = &administration;
  const auto with = [admin](void (*function)(TrunkService&, Invocation&)) {
    return [admin, function](Invocation& in) {
      if (admin->trunks == nullptr || admin->trunks->links().empty()) {
        in.output.fail("There are no signalling links: ss7.conf has none");
        return;
      }
      function(*admin->trunks, in);
    };
  };
  const auto names = [admin](const std::vector<std::string>& given) {
    std::vector<std::string> all;
    if (admin->trunks != nullptr && given.empty()) {
      for (const auto& link : admin->trunks->links()) {
        all.push_back(link.name);
      }
    }
    return all;
  };
  table.add({"ss7 link status", "[LINK]", "Lists the signalling links and their states.",
             with(&status), names});
  table.add({"ss7 link counters", "[LINK]", "Shows what a link has counted, by Q.752.",
             with(&counters), names});
  table.add({"ss7 link up", "[LINK]", "Aligns a link, or all, and keeps it in service.", with(&up),
             names});
  table.add({"ss7 link down", "[LINK]", "Takes a link, or all, out of service until brought up.",
             with(&down), names});
  table.add({"ss7 link test", "[LINK [RATE [OCTETS]]]",
             "Sends numbered test messages, and shows what came of those that came in.",
             with(&test), names});
  add_ss7_dump_commands(table, administration);
}

}  // namespace strowger::control
