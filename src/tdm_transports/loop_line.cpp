#include "tdm_transports/loop_line.hpp"

#include <algorithm>
#include <cmath>

namespace strowger::tdm_transports {
namespace {

constexpr double frames_an_hour = 8000.0 * 3600.0;

}  // namespace

LoopLine::LoopLine(const LoopConfig& config, std::uint64_t seed)
    : config_(config), random_(seed * 0x9E3779B97F4A7C15U + 0x1234567) {
  config_.timeslots = std::clamp<std::size_t>(config.timeslots, 1, tdm::max_timeslots);
  skip_bits();
  frames_to_slip_ = -std::log(draw()) * frames_an_hour / std::max(config_.slips_per_hour, 1e-9);
}

LoopLine::Pair LoopLine::make_pair(const LoopConfig& config) {
  Pair pair{std::unique_ptr<LoopLine>(new LoopLine(config, config.seed * 2)),
            std::unique_ptr<LoopLine>(new LoopLine(config, config.seed * 2 + 1))};
  pair.a->far_ = pair.b.get();
  pair.b->far_ = pair.a.get();
  return pair;
}

std::unique_ptr<LoopLine> LoopLine::make_looped(const LoopConfig& config) {
  std::unique_ptr<LoopLine> line(new LoopLine(config, config.seed * 2));
  line->far_ = line.get();
  return line;
}

LoopLine::~LoopLine() {
  if (far_ != nullptr) {
    far_->far_ = nullptr;
  }
}

/// Above 0, up to 1 (xorshift64*).
double LoopLine::draw() {
  random_ ^= random_ >> 12U;
  random_ ^= random_ << 25U;
  random_ ^= random_ >> 27U;
  return (static_cast<double>(random_ * 0x2545F4914F6CDD1DU >> 11U) + 1.0) * 0x1p-53;
}

/// Errors are as far apart as independent bits make them: the gap is drawn, not each bit.
void LoopLine::skip_bits() {
  if (config_.bit_error_rate >= 1) {
    bits_to_error_ = 0;
  } else if (config_.bit_error_rate > 0) {
    bits_to_error_ = std::floor(std::log(draw()) / std::log1p(-config_.bit_error_rate));
  } else {
    bits_to_error_ = HUGE_VAL;
  }
}

void LoopLine::damage(core::MutableOctets octets) {
  double at = 0;
  const double bits = 8.0 * static_cast<double>(octets.size());
  while (bits_to_error_ < bits - at) {
    at += bits_to_error_;
    const auto bit = static_cast<std::size_t>(at);
    octets[bit / 8] = static_cast<core::Octet>(octets[bit / 8] ^ (0x80U >> bit % 8));
    ++bit_errors_;
    at += 1;
    skip_bits();
  }
  bits_to_error_ -= bits - at;
}

/// What the far end sends: frame by frame, so that a slip loses or repeats a whole one.
void LoopLine::take(core::Octets out) {
  const std::size_t width = config_.timeslots;
  for (std::size_t f = 0; f < tdm::frames_a_tick && frames_ < max_frames; ++f) {
    std::copy_n(out.begin() + static_cast<std::ptrdiff_t>(f * width), width,
                waiting_.begin() + static_cast<std::ptrdiff_t>(frames_ * width));
    frames_to_slip_ -= 1;
    if (frames_to_slip_ > 0) {
      ++frames_;
      continue;
    }
    frames_to_slip_ = -std::log(draw()) * frames_an_hour / config_.slips_per_hour;
    ++counters_.slips;
    if (draw() < 0.5 && frames_ + 1 < max_frames) {
      const auto frame = waiting_.begin() + static_cast<std::ptrdiff_t>(frames_ * width);
      std::copy_n(frame, width, frame + static_cast<std::ptrdiff_t>(width));
      frames_ += 2;
    }
  }
}

void LoopLine::exchange(core::Octets out, core::MutableOctets in, core::Time /*now*/) {
  ++counters_.ticks;
  const std::size_t width = config_.timeslots;
  const std::size_t heard = std::min(frames_, tdm::frames_a_tick) * width;
  std::copy_n(waiting_.begin(), heard, in.begin());
  std::fill(in.begin() + static_cast<std::ptrdiff_t>(heard), in.end(), config_.idle);
  counters_.missed_octets += in.size() - heard;
  std::copy(waiting_.begin() + static_cast<std::ptrdiff_t>(heard),
            waiting_.begin() + static_cast<std::ptrdiff_t>(frames_ * width), waiting_.begin());
  frames_ -= heard / width;
  damage(in.first(heard));
  if (far_ == nullptr || cut_) {
    counters_.lost_octets += out.size();
    return;
  }
  if (all_ones_) {
    std::array<core::Octet, tdm::frames_a_tick * tdm::max_timeslots> ones{};
    ones.fill(0xFF);
    far_->take(core::Octets(ones).first(out.size()));
  } else {
    far_->take(out);
  }
}

tdm::Alarms LoopLine::alarms() const {
  tdm::Alarms alarms;
  if (far_ == nullptr || (far_ != this && far_->cut_)) {
    alarms.bits |= tdm::Alarms::red;
  } else if (far_ == this) {
    alarms.bits |= tdm::Alarms::loopback;
  } else if (far_->all_ones_) {
    alarms.bits |= tdm::Alarms::blue;
  }
  if (far_ != nullptr && far_ != this && cut_) {
    alarms.bits |= tdm::Alarms::yellow;
  }
  return alarms;
}

}  // namespace strowger::tdm_transports
