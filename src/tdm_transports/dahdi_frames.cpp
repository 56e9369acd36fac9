#include "tdm_transports/dahdi_frames.hpp"

#include <algorithm>
#include <cerrno>

#include "tdm_transports/dahdi_interface.hpp"
#include "tdm_transports/dahdi_line.hpp"

namespace strowger::tdm_transports {
namespace {

/// The kernel's frames have room for check bits at their end, both ways; what a writer puts there
/// is overwritten.
constexpr std::size_t check_octets = 2;
/// Frames that the kernel holds each way. Few: a unit shall be as new as can be when it is sent.
constexpr int buffers = 4;

}  // namespace

core::Result<std::unique_ptr<DahdiFrames>, std::string> DahdiFrames::open(DahdiDevice& device,
                                                                          int channel,
                                                                          tdm::Framing framing) {
  std::unique_ptr<DahdiFrames> port(new DahdiFrames(device, channel, framing));
  std::string error = port->prepare();
  if (!error.empty()) {
    return core::fail(std::move(error));
  }
  return port;
}

DahdiFrames::~DahdiFrames() {
  if (descriptor_ >= 0) {
    device_.close(descriptor_);
  }
}

std::string DahdiFrames::prepare() {
  descriptor_ = device_.open(dahdi::channel_device);
  if (descriptor_ < 0) {
    return dahdi_sentence(channel_, "cannot open /dev/dahdi/channel");
  }
  int number = channel_;
  if (device_.control(descriptor_, dahdi::specify, &number) != 0) {
    return dahdi_sentence(channel_, "no such channel");
  }
  dahdi::Parameters parameters;
  if (device_.control(descriptor_, dahdi::get_parameters, &parameters) != 0) {
    return dahdi_sentence(channel_, "cannot tell how it is configured");
  }
  alarms_ = dahdi_alarms(parameters.alarms);
  std::string error = wrong_mode(parameters.signalling);
  if (!error.empty()) {
    return error;
  }
  dahdi::BufferInfo info;
  info.transmit_policy = info.receive_policy = dahdi::policy_immediate;
  info.count = buffers;
  info.size = static_cast<int>(buffer_.size());
  if (device_.control(descriptor_, dahdi::set_buffers, &info) != 0) {
    return dahdi_sentence(channel_, "cannot set its buffers");
  }
  int all = dahdi::flush_all;
  return device_.control(descriptor_, dahdi::flush, &all) == 0
             ? std::string()
             : dahdi_sentence(channel_, "cannot flush its buffers");
}

/// Brings a clear channel into HDLC mode; others must have been configured as we want them.
std::string DahdiFrames::wrong_mode(int signalling) {
  const auto is = [signalling](int bits) { return (signalling & bits) == bits; };
  const std::string begin = "DAHDI channel " + std::to_string(channel_);
  if (framing_ == tdm::Framing::mtp2) {
    return is(dahdi::signalling_mtp2)
               ? std::string()
               : begin + ": is not in MTP2 mode (mtp2=" + std::to_string(channel_) +
                     " in system.conf)";
  }
  if (is(dahdi::signalling_mtp2)) {
    return begin + ": is in MTP2 mode (framing = mtp2 here, or another mode in system.conf)";
  }
  const bool framed = is(dahdi::signalling_hdlc | dahdi::signalling_check);
  if (framed || is(dahdi::signalling_hard_hdlc)) {
    return {};
  }
  if (!is(dahdi::signalling_clear)) {
    return begin + ": is no clear channel (dchan=, hardhdlc= or clear= in system.conf)";
  }
  int on = 1;
  return device_.control(descriptor_, dahdi::hdlc_check_mode, &on) == 0
             ? std::string()
             : dahdi_sentence(channel_, "cannot set HDLC mode");
}

bool DahdiFrames::send(core::Octets frame) {
  if (frame.size() > longest) {
    ++counters_.too_long;
    return true;  // it would never go
  }
  std::array<core::Octet, longest + check_octets> octets{};
  std::copy(frame.begin(), frame.end(), octets.begin());
  const core::Octets whole = core::Octets(octets).first(frame.size() + check_octets);
  if (device_.write(descriptor_, whole) != static_cast<std::ptrdiff_t>(whole.size())) {
    ++counters_.no_room;
    return false;
  }
  ++counters_.sent;
  return true;
}

tdm::FrameEvent DahdiFrames::receive(core::MutableOctets room) {
  constexpr int most = 64;  // events that the kernel keeps
  for (int i = 0; i < most; ++i) {
    const std::ptrdiff_t got = device_.read(descriptor_, buffer_);
    tdm::FrameEvent event;
    if (got > 0) {
      event = take(static_cast<std::size_t>(got), room);
    } else if (got < 0 && errno == dahdi::events_wait) {
      event = next_event();
    } else {
      return event;
    }
    if (event.kind != tdm::FrameEvent::Kind::none) {
      return event;
    }
  }
  return {};
}

tdm::FrameEvent DahdiFrames::take(std::size_t size, core::MutableOctets room) {
  using Kind = tdm::FrameEvent::Kind;
  if (size <= check_octets) {
    ++counters_.damaged;
    return {Kind::damaged, 0};
  }
  size -= check_octets;
  if (size > room.size()) {
    ++counters_.too_long;
    return {};
  }
  ++counters_.received;
  std::copy_n(buffer_.begin(), size, room.begin());
  return {Kind::frame, size};
}

/// A read fails while events wait; each is taken by a request of its own.
tdm::FrameEvent DahdiFrames::next_event() {
  using Kind = tdm::FrameEvent::Kind;
  int event = dahdi::event_none;
  if (device_.control(descriptor_, dahdi::get_event, &event) != 0) {
    alarms_.bits = tdm::Alarms::red;  // a card that has gone says no more
    return {};
  }
  switch (event) {
    case dahdi::event_bad_check:
      ++counters_.damaged;
      return {Kind::damaged, 0};
    case dahdi::event_abort:
    case dahdi::event_overrun:
      ++counters_.lost;
      return {Kind::lost, 0};
    case dahdi::event_alarm:
    case dahdi::event_no_alarm:
      read_alarms();
      return {};
    case dahdi::event_removed:
      alarms_.bits = tdm::Alarms::red;
      return {};
    default:
      return {};
  }
}

void DahdiFrames::read_alarms() {
  dahdi::Parameters parameters;
  alarms_.bits = device_.control(descriptor_, dahdi::get_parameters, &parameters) == 0
                     ? dahdi_alarms(parameters.alarms).bits
                     : tdm::Alarms::red;
}

}  // namespace strowger::tdm_transports
