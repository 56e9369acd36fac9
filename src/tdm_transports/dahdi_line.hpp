// A line of cards, through DAHDI's character devices: one descriptor a channel, in the order of the
// configuration. The kernel's buffers take up the difference between the card's clock and our tick.
//
// `open` is for a normal thread; the rest for the mover's, where reads, writes and controls of the
// descriptors are the only system calls and none of them blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "tdm/config.hpp"
#include "tdm/line.hpp"
#include "tdm_transports/dahdi_device.hpp"

namespace strowger::tdm_transports {

struct DahdiChannel {
  int number = 1;              // DAHDI's channel number, from 1
  double receive_gain_db = 0;  // done by the kernel, through its tables
  double transmit_gain_db = 0;
  bool clear = false;      // a signalling channel: octets as they are, no gain, no echo canceller
  unsigned echo_taps = 0;  // the kernel's echo canceller: 0 off, 32 to 1024
};

struct DahdiConfig {
  std::vector<DahdiChannel> channels;  // at most max_timeslots
  media::Codec law = media::Codec::pcma;
  core::Octet idle = 0x54;
  int buffers = 4;  // of a tick (8 octets) each, 2 to 32: the delay and the jitter that is taken
};
/// From a span's channels, whose timeslots are DAHDI's channel numbers.
[[nodiscard]] DahdiConfig dahdi_config(const tdm::SpanConfig& span);

class DahdiLine final : public tdm::Line {
 public:
  /// The error is a sentence that says what to do.
  [[nodiscard]] static core::Result<std::unique_ptr<DahdiLine>, std::string> open(
      DahdiDevice& device, const DahdiConfig& config);
  ~DahdiLine() override;

  [[nodiscard]] std::size_t timeslots() const override { return descriptors_.size(); }
  void exchange(core::Octets out, core::MutableOctets in, core::Time now) override;
  [[nodiscard]] tdm::Alarms alarms() const override { return alarms_; }
  [[nodiscard]] const tdm::LineCounters& counters() const override { return counters_; }

 private:
  DahdiLine(DahdiDevice& device, const DahdiConfig& config);
  [[nodiscard]] std::string prepare(const DahdiChannel& channel);
  void serve_events(int descriptor);
  void read_alarms(int descriptor);

  DahdiDevice& device_;
  DahdiConfig config_;
  std::vector<int> descriptors_;
  tdm::Alarms alarms_;
  tdm::LineCounters counters_;
};

}  // namespace strowger::tdm_transports
