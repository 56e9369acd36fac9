#include "tdm_transports/open_lines.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/random.hpp"
#include "tdm_transports/dahdi_frames.hpp"
#include "tdm_transports/dahdi_line.hpp"
#include "tdm_transports/loop_line.hpp"
#include "tdm_transports/udp_line.hpp"

namespace strowger::tdm_transports {
namespace {

using Lines = std::vector<tdm::SpanLine>;
using Opened = core::Result<void, std::string>;

std::size_t loop_timeslots(const tdm::SpanConfig& span) {
  return span.trunk == tdm::TrunkType::t1 || span.trunk == tdm::TrunkType::j1 ? 25 : 32;
}

core::Octet idle_of(const tdm::SpanConfig& span) {
  return span.law == media::Codec::pcma ? 0x54 : 0x7F;
}

/// The span at the other end: its place, or the span's own where it hears itself.
std::optional<std::size_t> peer_of(const tdm::TdmConfig& config, std::size_t span) {
  const std::string& name = config.spans[span].transport.peer;
  if (name.empty()) {
    return span;
  }
  for (std::size_t i = 0; i < config.spans.size(); ++i) {
    if (config.spans[i].name == name) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<UdpLineConfig> udp_config(const tdm::SpanConfig& span) {
  const auto local = core::Address::parse(span.transport.local);
  const auto remote = core::Address::parse(span.transport.remote);
  if (!local || !remote || remote->port == 0) {
    return std::nullopt;
  }
  UdpLineConfig config;
  config.local = *local;
  config.remote = *remote;
  config.ces.timeslots = span.channels.size();
  config.ces.packet_ms = span.transport.packet_ms;
  config.ces.jitter_ms = span.transport.jitter_ms;
  config.ces.redundancy = span.transport.redundancy;
  config.ces.rtp = span.transport.rtp_header;
  return config;
}

/// Of each channel: how many channels lie in earlier timeslots.
std::vector<std::size_t> bundle(const tdm::SpanConfig& span) {
  std::vector<std::size_t> places;
  for (const tdm::ChannelConfig& channel : span.channels) {
    places.push_back(static_cast<std::size_t>(std::count_if(
        span.channels.begin(), span.channels.end(), [&](const tdm::ChannelConfig& other) {
          return std::pair(other.physical_span, other.timeslot) <
                 std::pair(channel.physical_span, channel.timeslot);
        })));
  }
  return places;
}

void open_loop(const tdm::TdmConfig& config, std::size_t span, std::size_t peer, Lines& lines) {
  const tdm::SpanConfig& own = config.spans[span];
  LoopConfig loop;
  loop.timeslots = loop_timeslots(own);
  loop.idle = idle_of(own);
  loop.seed = own.transport.seed;
  loop.bit_error_rate = own.transport.bit_error_rate;
  loop.slips_per_hour = own.transport.slips_per_hour;
  if (peer == span) {
    lines[span].line = LoopLine::make_looped(loop);
  } else if (!lines[span].line) {
    auto pair = LoopLine::make_pair(loop);
    lines[span].line = std::move(pair.a);
    lines[peer].line = std::move(pair.b);
  }
  for (const tdm::ChannelConfig& channel : own.channels) {
    lines[span].timeslots.push_back(channel.timeslot);
  }
}

bool framed(const tdm::ChannelConfig& channel) {
  return channel.framing != tdm::Framing::octets;
}

Opened open_udp(const tdm::SpanConfig& span, tdm::SpanLine& into) {
  auto config = udp_config(span);
  // Nobody is to guess what comes next (RFC 5086 clause 4.3).
  crypto::SystemRandom random;
  config->ces.first_sequence = static_cast<std::uint16_t>(random.u32());
  config->ces.rtp_ssrc = random.u32();
  auto line = UdpLine::open(*config);
  if (!line) {
    return core::fail("span " + span.name + ": " + line.error().text);
  }
  into = {std::move(*line), bundle(span)};
  return {};
}

Opened open_dahdi(const tdm::SpanConfig& span, DahdiDevice& device, tdm::SpanLine& into) {
  auto line = DahdiLine::open(device, dahdi_config(span));
  if (!line) {
    return core::fail("span " + span.name + ": " + line.error());
  }
  into.line = std::move(*line);
  std::size_t next = 0;
  for (const tdm::ChannelConfig& channel : span.channels) {
    into.frames.emplace_back();
    into.timeslots.push_back(framed(channel) ? tdm::SpanLine::no_timeslot : next++);
    if (framed(channel)) {
      auto port = DahdiFrames::open(device, channel.timeslot, channel.framing);
      if (!port) {
        return core::fail("span " + span.name + ": " + port.error());
      }
      into.frames.back() = std::move(*port);
    }
  }
  return {};
}

void judge_loop(const tdm::TdmConfig& config, std::size_t at, std::vector<std::string>& faults) {
  const tdm::SpanConfig& span = config.spans[at];
  const auto peer = peer_of(config, at);
  if (!peer || config.spans[*peer].transport.type != "loop" ||
      peer_of(config, *peer) != std::optional(at)) {
    faults.push_back("span " + span.name + ": its peer " + span.transport.peer +
                     " is no loop span that names it as its own");
  }
  for (const tdm::ChannelConfig& channel : span.channels) {
    if (channel.timeslot >= loop_timeslots(span)) {
      faults.push_back("span " + span.name + " has no timeslot " +
                       std::to_string(channel.timeslot));
    }
  }
}

}  // namespace

std::vector<std::string> faults_of_transports(const tdm::TdmConfig& config) {
  std::vector<std::string> faults;
  for (std::size_t i = 0; i < config.spans.size(); ++i) {
    const tdm::SpanConfig& span = config.spans[i];
    if (span.channels.empty() || span.channels.size() > tdm::max_timeslots) {
      faults.push_back("span " + span.name + " has " + std::to_string(span.channels.size()) +
                       " channels; 1 to " + std::to_string(tdm::max_timeslots) + " are possible");
    } else if (std::all_of(span.channels.begin(), span.channels.end(), framed)) {
      faults.push_back("span " + span.name +
                       " has no channel whose octets it moves: the card frames all of them");
    } else if (span.transport.type == "loop") {
      judge_loop(config, i, faults);
    } else if (span.transport.type == "udp" && !udp_config(span)) {
      faults.push_back("span " + span.name +
                       ": local and remote are ADDRESS:PORT, like 192.0.2.7:7000");
    }
  }
  return faults;
}

core::Result<Lines, std::string> open_lines(const tdm::TdmConfig& config, DahdiDevice& device) {
  const auto faults = faults_of_transports(config);
  if (!faults.empty()) {
    return core::fail(faults.front());
  }
  Lines lines(config.spans.size());
  for (std::size_t i = 0; i < config.spans.size(); ++i) {
    const tdm::SpanConfig& span = config.spans[i];
    Opened opened;
    if (span.transport.type == "udp") {
      opened = open_udp(span, lines[i]);
    } else if (span.transport.type == "dahdi") {
      opened = open_dahdi(span, device, lines[i]);
    } else {
      open_loop(config, i, *peer_of(config, i), lines);
    }
    if (!opened) {
      return core::fail(opened.error());
    }
  }
  return lines;
}

}  // namespace strowger::tdm_transports
