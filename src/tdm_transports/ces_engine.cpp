#include "tdm_transports/ces_engine.hpp"

#include <algorithm>

namespace strowger::tdm_transports {
namespace {

CesConfig within_range(CesConfig config) {
  config.timeslots = std::clamp<std::size_t>(config.timeslots, 1, tdm::max_timeslots);
  config.packet_ms = std::clamp<std::size_t>(config.packet_ms, 1, 40);
  config.jitter_ms = std::clamp<std::size_t>(config.jitter_ms, 1, 500);
  return config;
}

CesBufferConfig buffer_of(const CesConfig& config) {
  CesBufferConfig buffer;
  buffer.payload_octets = config.packet_ms * tdm::frames_a_tick * config.timeslots;
  buffer.ticks_a_packet = config.packet_ms;
  buffer.target_packets = 1 + (config.jitter_ms + config.packet_ms - 1) / config.packet_ms;
  buffer.fill = config.fill;
  return buffer;
}

}  // namespace

CesEngine::CesEngine(const CesConfig& config)
    : config_(within_range(config)),
      payload_octets_(buffer_of(config_).payload_octets),
      buffer_(buffer_of(config_)),
      filling_(payload_octets_),
      previous_(payload_octets_, config_.fill),
      sequence_(config_.first_sequence) {}

core::Result<void, CesError> CesEngine::command(const Command& tick, core::Time /*now*/,
                                                core::Actions<Action>& actions) {
  const std::size_t size = tdm::frames_a_tick * config_.timeslots;
  if (tick.out.size() != size || tick.in.size() != size) {
    return core::fail(CesError::bad_length);
  }
  std::copy(tick.out.begin(), tick.out.end(),
            filling_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += size;
  (void)buffer_.take(tick.in);
  if (filled_ == payload_octets_) {
    send(tick, actions);
    filled_ = 0;
  }
  return {};
}

void CesEngine::send(const Tick& tick, core::Actions<Action>& actions) {
  ControlWord control;
  control.local_defect = tick.local_defect;
  control.remote_loss = buffer_.losing();
  control.modifier = !tick.local_defect && tick.local_rdi ? modifier_rdi : std::uint8_t{0};
  control.sequence = sequence_++;
  const std::size_t payloads = tick.local_defect ? 0 : (config_.redundancy ? 2 : 1);
  rtp::Header header;
  header.payload_type = config_.rtp_payload_type;
  header.sequence = control.sequence;
  header.timestamp = timestamp_;
  header.ssrc = rtp::Ssrc(config_.rtp_ssrc);
  // The clock of CESoPSN's timestamps is that of the frames: 8 kHz (clause 4.4).
  timestamp_ += static_cast<std::uint32_t>(config_.packet_ms * tdm::frames_a_tick);
  core::MutableOctets room = actions.room();
  const std::size_t headers =
      write_ces_header(control, payloads * payload_octets_, config_.rtp ? &header : nullptr, room);
  if (payloads > 0) {
    std::copy(filling_.begin(), filling_.end(),
              room.begin() + static_cast<std::ptrdiff_t>(headers));
  }
  if (payloads > 1) {
    std::copy(previous_.begin(), previous_.end(),
              room.begin() + static_cast<std::ptrdiff_t>(headers + payload_octets_));
  }
  previous_.swap(filling_);
  ++counters_.sent;
  actions.push(Send{actions.claim(headers + payloads * payload_octets_)});
}

void CesEngine::refuse(CesError error) {
  ++counters_.malformed;
  counters_.last_error = error;
}

std::size_t CesEngine::input(core::Octets datagram, const Source& /*source*/, core::Time /*now*/,
                             core::Actions<Action>& /*actions*/) {
  const auto packet = parse_ces(datagram, config_.rtp);
  if (!packet) {
    refuse(packet.error());
    return datagram.size();
  }
  const core::Octets payload = packet->payload;
  const std::size_t wanted = payload_octets_ * (config_.redundancy ? 2 : 1);
  const bool without = packet->control.local_defect && payload.empty();
  if (!without && payload.size() != wanted) {
    refuse(CesError::bad_length);
    return datagram.size();
  }
  ++counters_.received;
  heard_ = packet->control;
  const bool dead = packet->control.local_defect;
  buffer_.put(heard_.sequence, dead ? core::Octets() : payload.first(payload_octets_), false);
  if (config_.redundancy && !dead) {
    buffer_.put(static_cast<std::uint16_t>(heard_.sequence - 1), payload.subspan(payload_octets_),
                true);
  }
  return datagram.size();
}

tdm::Alarms CesEngine::alarms() const {
  tdm::Alarms alarms;
  if (buffer_.losing()) {
    alarms.bits |= tdm::Alarms::red;
    return alarms;  // what was heard last says nothing of now
  }
  if (heard_.local_defect) {
    alarms.bits |= tdm::Alarms::blue;
  }
  if (heard_.remote_loss || heard_.modifier == modifier_rdi) {
    alarms.bits |= tdm::Alarms::yellow;
  }
  return alarms;
}

}  // namespace strowger::tdm_transports
