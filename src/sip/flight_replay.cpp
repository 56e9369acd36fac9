#include "sip/flight_replay.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/log.hpp"
#include "crypto/flight_random.hpp"
#include "sip/flight_codec.hpp"

namespace strowger::sip {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<Event>> event_names{
    "flow opened", "flow closed", "send failed", "resolved"};
constexpr std::array<std::string_view, std::variant_size_v<Command>> command_names{
    "configure", "place",        "progress",  "answer",         "hang up",
    "offer",     "answer offer", "send info", "restore binding"};
constexpr std::array<std::string_view, std::variant_size_v<Action>> action_names{
    "send",
    "open flow",
    "close flow",
    "resolve",
    "incoming call",
    "call progress",
    "call answered",
    "call confirmed",
    "call ended",
    "offer received",
    "offer answered",
    "info received",
    "binding changed",
    "authentication failed",
    "note"};
constexpr std::array<std::string_view, 5> transport_names{"udp", "tcp", "tls", "ws", "wss"};

std::string flow_text(const Flow& flow) {
  return std::string(transport_names.at(static_cast<std::size_t>(flow.transport))) + " " +
         std::string(flow.remote.text().view());
}

std::string first_line(core::Octets message) {
  constexpr std::size_t longest = 120;
  const std::string_view text = core::text_of(message);
  return base::escaped(text.substr(0, std::min(text.find_first_of("\r\n"), longest)));
}

std::string arguments(const base::FlightRecord& record) {
  FlightCodec codec;
  core::OctetReader reader(record.payload);
  if (record.kind == base::FlightKind::input) {
    Flow flow;
    codec.decode(reader, flow);
    core::Octets octets;
    base::take(reader, octets);
    return " " + flow_text(flow) + " " + first_line(octets);
  }
  if (record.kind == base::FlightKind::event) {
    Event event;
    codec.decode(reader, event);
    return " " + std::string(event_names.at(event.index()));
  }
  if (record.kind == base::FlightKind::command) {
    Command command;
    codec.decode(reader, command);
    return " " + std::string(command_names.at(command.index()));
  }
  return {};
}

std::string action_text(const Action& action) {
  std::string text(action_names.at(action.index()));
  if (const auto* send = std::get_if<Send>(&action)) {
    text += " " + flow_text(send->flow) + " " + first_line(send->octets);
  } else if (const auto* note = std::get_if<Note>(&action)) {
    text += " " + base::escaped(note->text);
  }
  return text;
}

}  // namespace

core::Result<base::ReplayReport, base::FlightError> replay_flight(
    const base::FlightRecording& recording, const ShowCall& show) {
  if (recording.header.engine != flight_engine_name) {
    return core::fail(base::FlightError::wrong_engine);
  }
  const auto start = decode_start(recording.header.snapshot);
  if (!start) {
    return core::fail(start.error());
  }
  crypto::ReplayedRandom random(recording);
  Engine engine(start->settings, start->limits, random);
  FlightCodec codec;
  const auto observe = [&](std::uint64_t step, const base::FlightRecord& record,
                           std::span<const Action> actions) {
    const double seconds = static_cast<double>((record.at - recording.header.started).ns) / 1e9;
    std::string line =
        fmt::format("{} {:+.6f} s {}{}", step, seconds, to_string(record.kind), arguments(record));
    for (std::size_t i = 0; i < actions.size(); ++i) {
      line += (i == 0 ? " -> " : ", ") + action_text(actions[i]);
    }
    show(line);
  };
  return base::Replayer<Engine, FlightCodec>(engine, codec).run(recording, observe);
}

}  // namespace strowger::sip
