#include "rtp/out_stream.hpp"

#include <algorithm>

namespace strowger::rtp {

std::uint32_t OutStream::elapsed(core::Time now) const {
  return static_cast<std::uint32_t>((now - stamped_at_).microseconds() *
                                    static_cast<std::int64_t>(clock_rate_) / 1'000'000);
}

std::uint32_t OutStream::next_timestamp(core::Time now) const {
  return started_ ? timestamp_ + std::max(units_, elapsed(now)) : timestamp_;
}

void OutStream::stamp(std::uint32_t timestamp, std::uint32_t units, core::Time now) {
  timestamp_ = timestamp;
  units_ = units;
  stamped_at_ = now;
  started_ = true;
}

std::optional<Header> OutStream::pass_on(const Header& in, std::uint64_t origin, bool anew,
                                         std::uint8_t payload_type, core::Time now) {
  const bool first = origin != origin_ || anew;
  if (first) {
    origin_ = origin;
    taken_up_ = in.sequence;
    sequence_offset_ = static_cast<std::uint16_t>(sequence_ + 1U - in.sequence);
    timestamp_offset_ = next_timestamp(now) - in.timestamp;
  }
  const auto ahead = static_cast<std::int16_t>(in.sequence - taken_up_);
  if (ahead < 0) {
    return std::nullopt;
  }
  if (ahead > 0x4000) {
    taken_up_ = static_cast<std::uint16_t>(taken_up_ + 0x2000U);  // follow before it wraps
  }
  Header out;
  out.marker = in.marker || first;
  out.payload_type = payload_type;
  out.sequence = static_cast<std::uint16_t>(in.sequence + sequence_offset_);
  out.timestamp = in.timestamp + timestamp_offset_;
  out.ssrc = ssrc_;
  if (static_cast<std::int16_t>(out.sequence - sequence_) > 0) {
    sequence_ = out.sequence;
  }
  const auto moved = static_cast<std::int32_t>(out.timestamp - timestamp_);
  if (moved > 0 || !started_) {
    stamp(out.timestamp, 0, now);
  }
  return out;
}

Header OutStream::own(std::uint8_t payload_type, std::uint16_t units, core::Time now) {
  const bool first = origin_ != ourselves;
  const std::uint32_t timestamp = first ? next_timestamp(now) : timestamp_ + units_;
  origin_ = ourselves;
  ++sequence_;
  stamp(timestamp, units, now);
  return {first, payload_type, sequence_, timestamp, ssrc_};
}

std::uint32_t OutStream::begin_event(core::Time now) {
  origin_ = events;
  stamp(next_timestamp(now), 0, now);
  return timestamp_;
}

Header OutStream::event(std::uint8_t payload_type, bool marker, std::uint32_t timestamp,
                        std::uint16_t duration) {
  ++sequence_;
  units_ = duration;
  return {marker, payload_type, sequence_, timestamp, ssrc_};
}

SenderInfo OutStream::sender_info(NtpTime wall, core::Time now) const {
  return {wall, timestamp_ + elapsed(now), static_cast<std::uint32_t>(packets_),
          static_cast<std::uint32_t>(octets_)};
}

}  // namespace strowger::rtp
