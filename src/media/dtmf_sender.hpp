// Sends strings of digits, as events (RFC 4733) or as tones, tick by tick. Pure; allocates nothing.
#pragma once

#include <cstdint>
#include <span>

#include "core/bounded.hpp"
#include "core/time.hpp"
#include "media/job.hpp"
#include "media/tone.hpp"
#include "rtp/out_stream.hpp"
#include "rtp/telephone_event.hpp"

namespace strowger::media {

/// Jobs are sent in order, each to its end. Besides them there are relayed digits: events of the
/// other party that could not be passed on as they came.
class DtmfSender {
 public:
  enum class Step : std::uint8_t {
    idle,   // nothing to send: the tick belongs to others
    gap,    // between the digits: the tick belongs to others
    event,  // `out` holds an event packet
    audio,  // the audio was filled: a tone, or the silence after it
  };

  void add(DtmfJob& job) { jobs_.push(job); }
  /// Dropped where too many wait: the peer is far behind.
  void relay(rtp::Digit digit) { (void)relayed_.push_back(digit); }
  [[nodiscard]] bool busy() const { return step_ != Step::idle || waits(); }

  /// One tick. `takes_events`: the peer agreed to events; otherwise everything is sent as tones.
  Step tick(bool takes_events, core::Time now, rtp::OutStream& stream, std::span<Sample> audio);
  /// The packet of Step::event.
  [[nodiscard]] const rtp::EventSender::Out& out() const { return out_; }

  /// A job that is done, to be given back; null when there is none.
  [[nodiscard]] Job* take_done();
  /// All jobs, done or not; nothing is sent any more.
  [[nodiscard]] Job* take_any();

 private:
  [[nodiscard]] bool waits() const { return !jobs_.empty() || !relayed_.empty(); }
  bool next_digit(bool takes_events, core::Time now, rtp::OutStream& stream);
  bool begin(char digit, core::Duration length, bool as_event, core::Time now,
             rtp::OutStream& stream);
  void end_job();

  JobList jobs_;
  JobList done_;
  DtmfJob* job_ = nullptr;  // the one being sent
  std::size_t at_ = 0;      // its next digit
  core::BoundedVector<rtp::Digit, 16> relayed_;
  Step step_ = Step::idle;
  bool as_event_ = false;
  std::uint32_t ticks_left_ = 0;  // of the tone, or of the gap
  std::uint32_t gap_ticks_ = 0;   // after the tone
  rtp::EventSender event_;
  rtp::EventSender::Out out_;
  ToneGenerator tone_;
};

}  // namespace strowger::media
