#include "media/dtmf_sender.hpp"

#include <algorithm>

#include "media/dtmf.hpp"

namespace strowger::media {
namespace {

constexpr core::Duration tick_length = core::milliseconds(20);
/// 'w' in a string of digits.
constexpr core::Duration pause = core::milliseconds(500);
/// Q.24 clause 6: receivers want at least 40 ms of each.
constexpr core::Duration least = core::milliseconds(40);

std::uint32_t ticks_of(core::Duration length) {
  constexpr std::int64_t most = 8000 / 20;  // as long as an event can be
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>((length.ns + tick_length.ns - 1) / tick_length.ns, 1, most));
}

}  // namespace

bool DtmfSender::begin(char digit, core::Duration length, bool as_event, core::Time now,
                       rtp::OutStream& stream) {
  as_event_ = as_event;
  if (digit == 'w' || digit == 'W') {
    step_ = Step::gap;
    ticks_left_ = ticks_of(pause);
    return true;
  }
  const auto event = rtp::event_of(digit);
  if (!event) {
    return false;  // not a digit: left out
  }
  const core::Duration bounded = std::max(length, least);
  ticks_left_ = ticks_of(bounded);
  if (as_event) {
    step_ = Step::event;
    event_.start(digit, bounded, stream.begin_event(now));
  } else {
    step_ = Step::audio;
    tone_.play(dtmf_tone(*rtp::digit_of(*event)));
  }
  return true;
}

void DtmfSender::end_job() {
  job_->completed = true;
  done_.push(*job_);
  job_ = nullptr;
}

/// Takes up the next digit there is; false when there is none.
bool DtmfSender::next_digit(bool takes_events, core::Time now, rtp::OutStream& stream) {
  while (true) {
    if (job_ == nullptr) {
      job_ = static_cast<DtmfJob*>(jobs_.pop());
      at_ = 0;
    }
    if (job_ == nullptr) {
      break;
    }
    while (at_ < job_->digits.size()) {
      const bool as_event = takes_events && job_->mode == DtmfMode::rfc4733;
      gap_ticks_ = ticks_of(std::max(job_->gap, least));
      if (begin(job_->digits[at_++], job_->tone_length, as_event, now, stream)) {
        return true;
      }
    }
    end_job();
  }
  if (relayed_.empty()) {
    return false;
  }
  const rtp::Digit digit = relayed_[0];
  std::move(relayed_.begin() + 1, relayed_.end(), relayed_.begin());
  relayed_.pop_back();
  gap_ticks_ = ticks_of(least);
  return begin(digit.digit, digit.length, takes_events, now, stream);
}

DtmfSender::Step DtmfSender::tick(bool takes_events, core::Time now, rtp::OutStream& stream,
                                  std::span<Sample> audio) {
  if (step_ == Step::gap && --ticks_left_ == 0) {
    step_ = Step::idle;
  }
  if (step_ == Step::idle && !next_digit(takes_events, now, stream)) {
    return Step::idle;
  }
  if (step_ == Step::event) {
    out_ = event_.next(static_cast<std::uint16_t>(tick_samples));
    if (!event_.active()) {
      step_ = Step::gap;
      ticks_left_ = gap_ticks_;
    }
    return Step::event;
  }
  if (step_ == Step::audio) {
    tone_.fill(audio);
    if (--ticks_left_ == 0) {
      step_ = Step::gap;
      ticks_left_ = gap_ticks_ + 1;
    }
    return Step::audio;
  }
  if (!as_event_) {
    std::fill(audio.begin(), audio.end(), Sample{0});
    return Step::audio;  // a pause that a detector can hear
  }
  return Step::gap;
}

Job* DtmfSender::take_done() {
  return done_.pop();
}

Job* DtmfSender::take_any() {
  step_ = Step::idle;
  relayed_.clear();
  if (job_ != nullptr) {
    done_.push(*job_);
    job_ = nullptr;
  }
  Job* const done = done_.pop();
  return done != nullptr ? done : jobs_.pop();
}

}  // namespace strowger::media
