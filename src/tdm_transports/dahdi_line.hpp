// A line of cards, through DAHDI's character devices: one descriptor a channel, in the order of the
// configuration. The kernel's buffers take up the difference between the card's clock and our tick.
//
// `open` is for a normal thread; the rest for the mover's, where reads, writes and controls of the
// descriptors are the only system calls and none of them blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
  /// fxs and fxo want a port of that kind; all else is taken as it is.
  tdm::ChannelType type = tdm::ChannelType::b;
};

/// Told of what the kernel says of a line's channels (the events of dahdi_interface.hpp), from
/// within `exchange`. Must not wait.
class DahdiEventListener {
 public:
  DahdiEventListener() = default;
  DahdiEventListener(const DahdiEventListener&) = delete;
  DahdiEventListener& operator=(const DahdiEventListener&) = delete;
  virtual ~DahdiEventListener() = default;
  /// `timeslot`: the channel's place in the line, from 0.
  virtual void on_event(std::size_t timeslot, int event) = 0;
  /// Once each tick, behind its events.
  virtual void on_tick() = 0;
};

struct DahdiConfig {
  std::vector<DahdiChannel> channels;  // at most max_timeslots
  media::Codec law = media::Codec::pcma;
  core::Octet idle = 0x54;
  int buffers = 4;  // of a tick (8 octets) each, 2 to 32: the delay and the jitter that is taken
};
/// From a span's channels, whose timeslots are DAHDI's channel numbers. Channels that the kernel
/// frames have no octets and no place in the line: they are DahdiFrames.
[[nodiscard]] DahdiConfig dahdi_config(const tdm::SpanConfig& span);
/// A channel's place in the line of `dahdi_config`, from 0; none where the kernel frames it, or
/// where the span has no such channel.
[[nodiscard]] std::optional<std::size_t> dahdi_timeslot(const tdm::SpanConfig& span,
                                                        tdm::ChannelNumber channel);
/// The kernel's alarm bits in our words.
[[nodiscard]] tdm::Alarms dahdi_alarms(std::uint32_t bits);
/// Why a channel could not be brought into the form we need, for people, from errno.
[[nodiscard]] std::string dahdi_sentence(int channel, const char* what);

class DahdiLine final : public tdm::Line {
 public:
  /// The error is a sentence that says what to do.
  [[nodiscard]] static core::Result<std::unique_ptr<DahdiLine>, std::string> open(
      DahdiDevice& device, const DahdiConfig& config);
  ~DahdiLine() override;

  /// Before the first tick; it must outlive the line.
  void set_event_listener(DahdiEventListener& listener) { listener_ = &listener; }
  /// A request to a channel's device: 0, or errno. Any thread; it does not block.
  [[nodiscard]] int control(std::size_t timeslot, unsigned long request, void* argument);

  [[nodiscard]] std::size_t timeslots() const override { return descriptors_.size(); }
  void exchange(core::Octets out, core::MutableOctets in, core::Time now) override;
  [[nodiscard]] tdm::Alarms alarms() const override { return alarms_; }
  [[nodiscard]] const tdm::LineCounters& counters() const override { return counters_; }

 private:
  DahdiLine(DahdiDevice& device, const DahdiConfig& config);
  [[nodiscard]] std::string prepare(const DahdiChannel& channel);
  [[nodiscard]] std::string prepare_audio(const DahdiChannel& channel, int descriptor);
  void serve_events(std::size_t timeslot);
  void read_alarms(int descriptor);

  DahdiDevice& device_;
  DahdiConfig config_;
  std::vector<int> descriptors_;
  DahdiEventListener* listener_ = nullptr;
  tdm::Alarms alarms_;
  tdm::LineCounters counters_;
};

}  // namespace strowger::tdm_transports
