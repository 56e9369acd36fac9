#include "rtp/reception.hpp"

#include <algorithm>

namespace strowger::rtp {

void Reception::restart(const Header& header) {
  if (heard_) {
    const std::uint64_t lost_now = lost();
    earlier_received_ += received_;
    earlier_lost_ = lost_now;
  }
  heard_ = true;
  timed_ = false;
  if (source_ != header.ssrc) {
    last_sr_ = 0;
  }
  source_ = header.ssrc;
  base_ = header.sequence;
  highest_ = header.sequence;
  cycles_ = 0;
  bad_ = 1U << 16U;
  received_ = 0;
  expected_prior_ = 0;
  received_prior_ = 0;
}

Arrival Reception::arrived(const Header& header, core::Time now, bool timing) {
  Arrival arrival = Arrival::in_order;
  const auto step = static_cast<std::uint16_t>(header.sequence - highest_);
  if (!heard_ || header.ssrc != source_) {
    restart(header);
    arrival = Arrival::restarted;
  } else if (step == 0) {
    ++received_;
    return Arrival::duplicate;
  } else if (step < max_dropout) {
    if (header.sequence < highest_) {
      cycles_ += 1U << 16U;
    }
    highest_ = header.sequence;
  } else if (step <= 0x10000U - max_misorder) {
    if (header.sequence != bad_) {
      bad_ = static_cast<std::uint16_t>(header.sequence + 1U);
      return Arrival::suspect;
    }
    restart(header);
    arrival = Arrival::restarted;
  } else {
    arrival = Arrival::reordered;
  }
  ++received_;
  if (timing) {
    measure(header.timestamp, now);
  }
  return arrival;
}

void Reception::measure(std::uint32_t timestamp, core::Time now) {
  const auto arrival = static_cast<std::uint32_t>(static_cast<std::uint64_t>(now.ns / 1000) *
                                                  clock_rate_ / 1'000'000U);
  const std::uint32_t transit = arrival - timestamp;
  const std::uint32_t difference = transit - transit_;
  transit_ = transit;
  if (!timed_) {
    timed_ = true;
    return;
  }
  const std::uint32_t size = std::min(difference, 0U - difference);
  // A source that jumps in time (a hold, a new talkspurt of a careless sender) is no jitter.
  if (size < clock_rate_) {
    jitter_16_ += size - ((jitter_16_ + 8) >> 4U);
  }
}

void Reception::sender_report(NtpTime ntp, core::Time now) {
  last_sr_ = ntp.middle();
  last_sr_at_ = now;
}

std::uint64_t Reception::expected() const {
  return std::uint64_t{cycles_} + highest_ - base_ + 1;
}

std::uint64_t Reception::lost() const {
  const std::uint64_t wanted = heard_ ? expected() : 0;
  return earlier_lost_ + (wanted > received_ ? wanted - received_ : 0);
}

core::Duration Reception::jitter() const {
  return core::nanoseconds(static_cast<std::int64_t>(jitter_16_) * 1'000'000'000 /
                           (16 * static_cast<std::int64_t>(clock_rate_)));
}

ReportBlock Reception::report(core::Time now) {
  ReportBlock block;
  block.source = source_;
  const auto wanted = static_cast<std::int64_t>(expected() - expected_prior_);
  const auto got = static_cast<std::int64_t>(received_ - received_prior_);
  if (wanted > 0 && wanted > got) {
    block.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::int64_t>(((wanted - got) << 8) / wanted, 255));
  }
  expected_prior_ = expected();
  received_prior_ = received_;
  block.cumulative_lost = static_cast<std::int32_t>(
      std::clamp(static_cast<std::int64_t>(expected()) - static_cast<std::int64_t>(received_),
                 std::int64_t{-0x800000}, std::int64_t{0x7FFFFF}));
  block.extended_highest = cycles_ + highest_;
  block.jitter = jitter_16_ >> 4U;
  block.last_sr = last_sr_;
  if (last_sr_ != 0) {
    block.delay_since_sr =
        static_cast<std::uint32_t>((now - last_sr_at_).microseconds() * 65'536 / 1'000'000);
  }
  return block;
}

}  // namespace strowger::rtp
