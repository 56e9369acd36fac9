#include "tdm_transports/dahdi_line.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "tdm/gain.hpp"
#include "tdm_transports/dahdi_interface.hpp"

namespace strowger::tdm_transports {
namespace {

std::string sentence(const DahdiChannel& channel, const char* what) {
  return dahdi_sentence(channel.number, what);
}

dahdi::Gains gain_tables(media::Codec law, const DahdiChannel& channel) {
  dahdi::Gains gains;
  const tdm::Gain receive(channel.receive_gain_db);
  const tdm::Gain transmit(channel.transmit_gain_db);
  for (unsigned i = 0; i < 256; ++i) {
    const auto octet = static_cast<core::Octet>(i);
    // With no gain an octet stays itself: a code for -0 must not become one for +0.
    const media::Sample sample = media::decode(law, octet);
    gains.receive[i] = receive.neutral() ? octet : media::encode(law, receive.apply(sample));
    gains.transmit[i] = transmit.neutral() ? octet : media::encode(law, transmit.apply(sample));
  }
  return gains;
}

/// Empty, or what is wrong with how the kernel has the port of that channel.
std::string wrong_port(const DahdiChannel& channel, const dahdi::Parameters& parameters) {
  const bool phone = channel.type == tdm::ChannelType::fxs;
  if (!phone && channel.type != tdm::ChannelType::fxo) {
    return {};
  }
  const int wanted = phone ? dahdi::signalling_fxo : dahdi::signalling_fxs;
  if ((parameters.signalling & wanted) != 0) {
    return {};
  }
  return "DAHDI channel " + std::to_string(channel.number) +
         (phone ? ": is no port for a phone (fxoks= or fxols= in system.conf)"
                : ": is no port for a line (fxsks= or fxsls= in system.conf)");
}

}  // namespace

std::string dahdi_sentence(int channel, const char* what) {
  std::string text = "DAHDI channel " + std::to_string(channel) + ": " + what + ": ";
  text += std::strerror(errno);
  if (errno == ENOENT || errno == ENXIO || errno == ENODEV) {
    text += " (is the dahdi module loaded, and the channel configured with dahdi_cfg?)";
  } else if (errno == EBUSY) {
    text += " (another program has it)";
  } else if (errno == EACCES || errno == EPERM) {
    text += " (the user needs the group dahdi)";
  }
  return text;
}

std::optional<std::size_t> dahdi_timeslot(const tdm::SpanConfig& span, tdm::ChannelNumber channel) {
  const std::size_t index = channel.value() - 1U;
  const auto in_line = [](const tdm::ChannelConfig& config) {
    return config.framing == tdm::Framing::octets;
  };
  if (channel.value() == 0 || index >= span.channels.size() || !in_line(span.channels[index])) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(std::count_if(
      span.channels.begin(), span.channels.begin() + static_cast<std::ptrdiff_t>(index), in_line));
}

tdm::Alarms dahdi_alarms(std::uint32_t bits) {
  const auto has = [bits](std::uint32_t bit) { return (bits & bit) != 0; };
  tdm::Alarms alarms;
  alarms.bits = static_cast<std::uint8_t>(
      (has(dahdi::alarm_red | dahdi::alarm_not_open) ? tdm::Alarms::red : 0) |
      (has(dahdi::alarm_yellow) ? tdm::Alarms::yellow : 0) |
      (has(dahdi::alarm_blue) ? tdm::Alarms::blue : 0) |
      (has(dahdi::alarm_loopback) ? tdm::Alarms::loopback : 0));
  return alarms;
}

DahdiConfig dahdi_config(const tdm::SpanConfig& span) {
  DahdiConfig config;
  config.law = span.law;
  config.idle = span.law == media::Codec::pcma ? 0x54 : 0x7F;
  for (const tdm::ChannelConfig& channel : span.channels) {
    if (channel.framing == tdm::Framing::octets) {
      config.channels.push_back({channel.timeslot, channel.receive_gain_db,
                                 channel.transmit_gain_db, !tdm::carries_voice(channel.type), 0,
                                 channel.type});
    }
  }
  return config;
}

DahdiLine::DahdiLine(DahdiDevice& device, const DahdiConfig& config)
    : device_(device), config_(config) {}

DahdiLine::~DahdiLine() {
  for (const int descriptor : descriptors_) {
    device_.close(descriptor);
  }
}

core::Result<std::unique_ptr<DahdiLine>, std::string> DahdiLine::open(DahdiDevice& device,
                                                                      const DahdiConfig& config) {
  if (config.channels.empty() || config.channels.size() > tdm::max_timeslots) {
    return core::fail(std::string("a DAHDI line has 1 to 32 channels"));
  }
  std::unique_ptr<DahdiLine> line(new DahdiLine(device, config));
  for (const DahdiChannel& channel : config.channels) {
    std::string error = line->prepare(channel);
    if (!error.empty()) {
      return core::fail(std::move(error));
    }
  }
  line->read_alarms(line->descriptors_.front());
  return line;
}

/// Opens a channel and brings it into the form we need; empty, or what went wrong.
std::string DahdiLine::prepare(const DahdiChannel& channel) {
  const int descriptor = device_.open(dahdi::channel_device);
  if (descriptor < 0) {
    return sentence(channel, "cannot open /dev/dahdi/channel");
  }
  descriptors_.push_back(descriptor);
  int number = channel.number;
  if (device_.control(descriptor, dahdi::specify, &number) != 0) {
    return sentence(channel, "no such channel");
  }
  dahdi::BufferInfo buffers;
  buffers.transmit_policy = buffers.receive_policy = dahdi::policy_immediate;
  buffers.count = std::clamp(config_.buffers, 2, 32);
  buffers.size = static_cast<int>(tdm::frames_a_tick);
  if (device_.control(descriptor, dahdi::set_buffers, &buffers) != 0) {
    return sentence(channel, "cannot set its buffers");
  }
  int audio = channel.clear ? 0 : 1;
  if (device_.control(descriptor, dahdi::audio_mode, &audio) != 0) {
    return sentence(channel, "cannot set its mode");
  }
  if (!channel.clear) {
    std::string error = prepare_audio(channel, descriptor);
    if (!error.empty()) {
      return error;
    }
  }
  int all = dahdi::flush_all;
  return device_.control(descriptor, dahdi::flush, &all) == 0
             ? std::string()
             : sentence(channel, "cannot flush its buffers");
}

std::string DahdiLine::prepare_audio(const DahdiChannel& channel, int descriptor) {
  int law = config_.law == media::Codec::pcma ? dahdi::law_alaw : dahdi::law_mulaw;
  dahdi::Gains gains = gain_tables(config_.law, channel);
  int taps = static_cast<int>(channel.echo_taps);
  if (device_.control(descriptor, dahdi::set_law, &law) != 0) {
    return sentence(channel, "cannot set its law");
  }
  if (device_.control(descriptor, dahdi::set_gains, &gains) != 0) {
    return sentence(channel, "cannot set its gains");
  }
  if (device_.control(descriptor, dahdi::echo_cancel, &taps) != 0) {
    return sentence(channel, "cannot set its echo canceller");
  }
  dahdi::Parameters parameters;
  if (tdm::is_analog(channel.type) &&
      device_.control(descriptor, dahdi::get_parameters, &parameters) != 0) {
    return sentence(channel, "cannot tell what port it is");
  }
  return wrong_port(channel, parameters);
}

int DahdiLine::control(std::size_t timeslot, unsigned long request, void* argument) {
  return device_.control(descriptors_[timeslot], request, argument) == 0 ? 0 : errno;
}

void DahdiLine::exchange(core::Octets out, core::MutableOctets in, core::Time /*now*/) {
  ++counters_.ticks;
  const std::size_t width = descriptors_.size();
  std::array<core::Octet, tdm::frames_a_tick> octets{};
  for (std::size_t t = 0; t < width; ++t) {
    for (std::size_t f = 0; f < tdm::frames_a_tick; ++f) {
      octets[f] = out[f * width + t];
    }
    const std::ptrdiff_t written = device_.write(descriptors_[t], octets);
    counters_.lost_octets += octets.size() - static_cast<std::size_t>(written > 0 ? written : 0);
    const std::ptrdiff_t got = device_.read(descriptors_[t], octets);
    if (got < 0 && errno == dahdi::events_wait) {
      serve_events(t);
    }
    const auto heard = static_cast<std::size_t>(got > 0 ? got : 0);
    std::fill(octets.begin() + static_cast<std::ptrdiff_t>(heard), octets.end(), config_.idle);
    counters_.missed_octets += octets.size() - heard;
    for (std::size_t f = 0; f < tdm::frames_a_tick; ++f) {
      in[f * width + t] = octets[f];
    }
  }
  if (listener_ != nullptr) {
    listener_->on_tick();
  }
}

/// A read that fails with `events_wait` says that events wait; the read works again when all are
/// taken.
void DahdiLine::serve_events(std::size_t timeslot) {
  const int descriptor = descriptors_[timeslot];
  constexpr int most = 64;  // as many as the kernel keeps
  for (int i = 0; i < most; ++i) {
    int event = dahdi::event_none;
    if (device_.control(descriptor, dahdi::get_event, &event) != 0 || event == dahdi::event_none) {
      return;
    }
    if (event == dahdi::event_alarm || event == dahdi::event_no_alarm) {
      read_alarms(descriptor);
    } else if (event == dahdi::event_removed) {
      alarms_.bits = tdm::Alarms::red;
    } else if (listener_ != nullptr) {
      listener_->on_event(timeslot, event);
    }
  }
}

void DahdiLine::read_alarms(int descriptor) {
  dahdi::Parameters parameters;
  // A card that has gone says no more.
  alarms_.bits = device_.control(descriptor, dahdi::get_parameters, &parameters) == 0
                     ? dahdi_alarms(parameters.alarms).bits
                     : tdm::Alarms::red;
}

}  // namespace strowger::tdm_transports
