// A signalling channel that DAHDI's kernel frames: HDLC with check bits, or its MTP2 mode, which
// also repeats the last unit and drops repetitions. In system.conf the channel is dchan, hardhdlc
// or clear for the one, mtp2 for the other.
//
// `open` is for a normal thread; the rest for the thread of the links, where reads, writes and
// controls of the descriptor are the only system calls and none of them blocks.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "tdm/config.hpp"
#include "tdm/frame_port.hpp"
#include "tdm_transports/dahdi_device.hpp"

namespace strowger::tdm_transports {

class DahdiFrames final : public tdm::FramePort {
 public:
  /// The longest frame, without check bits.
  static constexpr std::size_t longest = 510;

  /// `channel`: DAHDI's number. `framing`: hdlc or mtp2. The error is a sentence that says what to
  /// do. `device` must outlive the port.
  [[nodiscard]] static core::Result<std::unique_ptr<DahdiFrames>, std::string> open(
      DahdiDevice& device, int channel, tdm::Framing framing);
  ~DahdiFrames() override;

  bool send(core::Octets frame) override;
  tdm::FrameEvent receive(core::MutableOctets room) override;
  [[nodiscard]] bool repeats() const override { return framing_ == tdm::Framing::mtp2; }
  [[nodiscard]] const tdm::FrameCounters& counters() const override { return counters_; }
  /// As of the last `receive`.
  [[nodiscard]] tdm::Alarms alarms() const { return alarms_; }

 private:
  DahdiFrames(DahdiDevice& device, int channel, tdm::Framing framing)
      : device_(device), channel_(channel), framing_(framing) {}
  [[nodiscard]] std::string prepare();
  [[nodiscard]] std::string wrong_mode(int signalling);
  void read_alarms();
  [[nodiscard]] tdm::FrameEvent next_event();
  [[nodiscard]] tdm::FrameEvent take(std::size_t size, core::MutableOctets room);

  DahdiDevice& device_;
  int channel_;
  tdm::Framing framing_;
  int descriptor_ = -1;
  tdm::Alarms alarms_;
  tdm::FrameCounters counters_;
  std::array<core::Octet, longest + 2> buffer_{};
};

}  // namespace strowger::tdm_transports
