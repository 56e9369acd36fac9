#include <algorithm>

#include <fmt/format.h>

#include "control/commands.hpp"
#include "exchange/ladder.hpp"
#include "exchange/version.hpp"

namespace strowger::control {
namespace {

using exchange::CallInfo;

std::string clock_text(core::Duration duration) {
  const auto s = std::max<std::int64_t>(duration.seconds(), 0);
  return fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::vector<CallInfo> calls_of(Administration& administration) {
  return wait_for<std::vector<CallInfo>>(
      [&](auto done) { administration.exchange.list_calls(std::move(done)); });
}

std::vector<std::string> call_names(Administration& administration) {
  std::vector<std::string> names;
  for (const auto& call : calls_of(administration)) {
    names.push_back(call.unique_id);
    for (const auto& channel : call.channels) {
      names.push_back(channel.name);
    }
  }
  return names;
}

std::string location_text(const CallInfo& call) {
  return fmt::format("{}@{}:{}", call.extension, call.context, call.priority);
}

std::string application_text(const CallInfo& call) {
  return call.application.empty() ? "(none)"
                                  : fmt::format("{}({})", call.application, call.application_data);
}

void show_channels(Administration& administration, Invocation& in) {
  const auto calls = calls_of(administration);
  Table table{"channels",
              {{"Channel", "channel"},
               {"Location", "location"},
               {"State", "state"},
               {"Application(Data)", "application"},
               {"Duration", "duration"},
               {"Call", "call"}},
              {}};
  for (const auto& call : calls) {
    for (const auto& channel : call.channels) {
      const bool caller = &channel == &call.channels.front();
      table.rows.push_back(
          {channel.name, caller ? location_text(call) : std::string("(none)"),
           channel.held ? channel.state + " (held)" : channel.state,
           caller ? application_text(call) : std::string("AppDial((Outgoing Line))"),
           clock_text(channel.age), call.unique_id});
    }
  }
  const auto channels = static_cast<std::int64_t>(table.rows.size());
  in.output.table(std::move(table));
  in.output.fact("Active channels", "active_channels", channels);
  in.output.fact("Active calls", "active_calls", static_cast<std::int64_t>(calls.size()));
  in.output.fact("Calls processed", "calls_processed",
                 static_cast<std::int64_t>(administration.exchange.counters().calls_started));
}

void show_calls(Administration& administration, Invocation& in) {
  Table table{"calls",
              {{"Call", "call"},
               {"Caller", "caller_id"},
               {"Location", "location"},
               {"Application(Data)", "application"},
               {"Legs", "legs"},
               {"Duration", "duration"},
               {"Answered", "answered"}},
              {}};
  for (const auto& call : calls_of(administration)) {
    table.rows.push_back({call.unique_id, call.caller_id, location_text(call),
                          application_text(call), static_cast<std::int64_t>(call.channels.size()),
                          clock_text(call.age),
                          call.answered_for ? clock_text(*call.answered_for) : std::string("-")});
  }
  const auto count = static_cast<std::int64_t>(table.rows.size());
  in.output.table(std::move(table));
  in.output.fact("Active calls", "active_calls", count);
}

void show_call(Administration& administration, Invocation& in) {
  if (in.arguments.empty()) {
    in.output.fail("Usage: core show call CALL [--ladder]; core show calls lists them", 2);
    return;
  }
  using Detail = std::optional<exchange::CallDetail>;
  const auto detail = wait_for<Detail>(
      [&](auto done) { administration.exchange.show_call(in.arguments.front(), std::move(done)); });
  if (!detail) {
    in.output.fail("There is no call '" + in.arguments.front() +
                   "'; core show calls lists those in progress");
    return;
  }
  const auto& info = detail->info;
  if (in.arguments.size() > 1 && in.arguments[1] == "--ladder") {
    in.output.line(exchange::draw_ladder(detail->ladder));
    return;
  }
  in.output.fact("Call", "call", info.unique_id);
  in.output.fact("Caller ID", "caller_id", info.caller_id);
  in.output.fact("Location", "location", location_text(info));
  in.output.fact("Application", "application", application_text(info));
  in.output.fact("State", "state", std::string(info.over ? "ended" : "in progress"));
  in.output.fact("Duration", "duration", clock_text(info.age));
  Table channels{"channels",
                 {{"Channel", "channel"},
                  {"Direction", "direction"},
                  {"State", "state"},
                  {"Remote", "remote_address"},
                  {"Call-ID", "protocol_call_id"}},
                 {}};
  for (const auto& channel : info.channels) {
    channels.rows.push_back({channel.name, channel.direction, channel.state, channel.remote_address,
                             channel.protocol_call_id});
  }
  in.output.table(std::move(channels));
  for (const auto& [name, value] : detail->variables) {
    std::string line = "  ";
    line += name;
    line += '=';
    line += value;
    in.output.line(std::move(line));
  }
}

void show_uptime(Administration& administration, Invocation& in) {
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(
                      std::chrono::steady_clock::now() - administration.started)
                      .count();
  in.output.fact(
      "System uptime", "uptime",
      fmt::format("{} days {:02}:{:02}:{:02}", up / 86'400, up / 3600 % 24, up / 60 % 60, up % 60));
  in.output.fact("Seconds", "uptime_seconds", static_cast<std::int64_t>(up));
}

void show_threads(Administration& administration, Invocation& in) {
  Table table{"threads",
              {{"Thread", "thread"},
               {"Does", "does"},
               {"Scheduling", "scheduling"},
               {"CPU s", "cpu_seconds"},
               {"Disk faults", "disk_faults"},
               {"Taken away", "taken_away"},
               {"Remedy", "remedy"}},
              {}};
  for (const auto& row : administration.threads()) {
    table.rows.push_back({row.name, row.does, row.scheduling, row.cpu_seconds,
                          static_cast<std::int64_t>(row.disk_faults),
                          static_cast<std::int64_t>(row.taken_away), row.remedy});
  }
  in.output.table(std::move(table));
}

void show_counters(Administration& administration, Invocation& in) {
  const auto& counters = administration.exchange.counters();
  const std::pair<const char*, std::uint64_t> rows[] = {{"calls_started", counters.calls_started},
                                                        {"calls_refused", counters.calls_refused},
                                                        {"calls_answered", counters.calls_answered},
                                                        {"legs_placed", counters.legs_placed},
                                                        {"stale_events", counters.stale_events},
                                                        {"calls", counters.calls},
                                                        {"legs", counters.legs}};
  Table table{"counters", {{"Counter", "counter"}, {"Value", "value"}}, {}};
  for (const auto& [name, value] : rows) {
    table.rows.push_back({std::string(name), static_cast<std::int64_t>(value)});
  }
  in.output.table(std::move(table));
}

void reload(Administration& administration, Invocation& in) {
  const auto report = administration.reload();
  for (const auto& line : report.lines) {
    in.output.line(line);
  }
  if (!report.done) {
    in.output.fail("Nothing was changed: mend what is said above, then reload again");
  }
}

void hang_up(Administration& administration, Invocation& in) {
  if (in.arguments.empty()) {
    in.output.fail("Usage: channel request hangup CHANNEL|all", 2);
    return;
  }
  const auto count = wait_for<std::size_t>([&](auto done) {
    if (in.arguments.front() == "all") {
      administration.exchange.hang_up_all(exchange::Cause::normal_clearing, std::move(done));
    } else {
      administration.exchange.hang_up(in.arguments.front(), exchange::Cause::normal_clearing,
                                      std::move(done));
    }
  });
  if (count == 0 && in.arguments.front() != "all") {
    in.output.fail("'" + in.arguments.front() + "' is not a known channel");
    return;
  }
  in.output.line(fmt::format("Requested hangup of {} call{}", count, count == 1 ? "" : "s"));
}

}  // namespace

void add_core_commands(CommandTable& table, Administration& administration) {
  auto* admin = &administration;
  const auto with = [admin](auto* function) {
    return [admin, function](Invocation& in) { function(*admin, in); };
  };
  const auto complete_calls = [admin](const std::vector<std::string>&) {
    return call_names(*admin);
  };
  table.add({"core show channels", "", "Lists the channels: every leg of every call.",
             with(&show_channels), nullptr});
  table.add({"core show calls", "", "Lists the calls in progress.", with(&show_calls), nullptr});
  table.add({"core show call", "CALL [--ladder]",
             "Shows a call, or the messages it was made of as a ladder diagram.", with(&show_call),
             complete_calls});
  table.add({"core show uptime", "", "Says how long the exchange has been running.",
             with(&show_uptime), nullptr});
  table.add({"core show threads", "", "Lists the threads and how they are scheduled.",
             with(&show_threads), nullptr});
  table.add({"core show counters", "", "Shows what calls and legs have been counted.",
             with(&show_counters), nullptr});
  table.add({"core show version", "", "Says which version this is.",
             [](Invocation& in) { in.output.fact("Version", "version", exchange::version_text()); },
             nullptr});
  table.add({"core reload", "", "Reads the configuration again and applies what has changed.",
             with(&reload), nullptr});
  table.add({"core stop gracefully", "", "Ends the exchange when the last call has ended.",
             [admin](Invocation& in) {
               admin->stop(exchange::StopMode::graceful);
               in.output.line("New calls are refused; the exchange ends with its last call");
             },
             nullptr});
  table.add({"core stop now", "", "Hangs up every call and ends the exchange.",
             [admin](Invocation& in) {
               admin->stop(exchange::StopMode::immediate);
               in.output.line("The exchange ends");
             },
             nullptr});
  table.add({"core abort shutdown", "", "Takes a graceful stop back.",
             [admin](Invocation& in) {
               admin->exchange.abort_stop();
               in.output.line("New calls are taken again");
             },
             nullptr});
  table.add({"channel request hangup", "CHANNEL|all", "Hangs up a channel's call, or all calls.",
             with(&hang_up), complete_calls});
}

}  // namespace strowger::control
