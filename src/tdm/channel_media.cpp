#include "tdm/channel_media.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include <poll.h>

namespace strowger::tdm {
namespace {

/// Samples handled at once by the user's functions: 20 ms.
constexpr std::size_t chunk = media::tick_samples;

}  // namespace

ChannelMediaConfig media_config(const TdmConfig& config, const SpanConfig& span,
                                ChannelNumber channel) {
  const ChannelConfig& of = span.channels.at(channel.value() - 1U);
  ChannelMediaConfig media;
  media.law = span.law;
  // A card's own tables have the gains of a dahdi span (tdm_transports/dahdi_line.hpp).
  if (span.transport.type != "dahdi") {
    media.receive_gain_db = of.receive_gain_db;
    media.transmit_gain_db = of.transmit_gain_db;
  }
  media.detect_dtmf = of.detect_dtmf;
  media.statistics = of.statistics;
  if (of.dump_dtmf) {
    media.digit_dump =
        config.dump_folder + "/dtmf-" + span.name + "-" + std::to_string(channel.value());
  }
  return media;
}

ChannelMedia::ChannelMedia(const ChannelMediaConfig& config)
    : law_(config.law),
      receive_gain_(config.receive_gain_db),
      transmit_gain_(config.transmit_gain_db),
      detect_dtmf_(config.detect_dtmf),
      statistics_(config.statistics),
      in_slots_(config.buffer_octets),
      out_slots_(config.buffer_octets),
      in_(in_slots_),
      out_(out_slots_) {
  if (!config.digit_dump.empty()) {
    digit_dump_.emplace([file = config.digit_dump](unsigned number) {
      return raw_file(file + "-" + std::to_string(number) + ".raw");
    });
  }
}

ChannelMedia::~ChannelMedia() = default;

// ---- the timeslot's thread

void ChannelMedia::exchange(core::Octets in, core::MutableOctets out, core::Time /*now*/) {
  const std::uint8_t silence = media::silence_octet(law_);
  const bool open = open_.load(std::memory_order_acquire);
  const std::size_t had = open ? out_.pop(out) : 0;
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(had), out.end(), silence);
  if (!open) {
    return;
  }
  for (std::size_t i = 0; i < in.size(); ++i) {
    in_.push(Heard{in[i], out[i]});
  }
  const auto add = [](std::atomic<std::uint64_t>& counter, std::size_t count) {
    counter.store(counter.load(std::memory_order_relaxed) + count, std::memory_order_release);
  };
  add(received_, in.size());
  add(sent_, had);
  add(underruns_, out.size() - had);
  wakeup_.notify();
}

// ---- the user's thread

void ChannelMedia::open() {
  flush_received();
  to_send_.clear();
  sending_at_ = 0;
  sent_samples_ = 0;
  heard_.clear();
  open_.store(true, std::memory_order_release);
}

void ChannelMedia::close() {
  open_.store(false, std::memory_order_release);
}

void ChannelMedia::flush_received() {
  std::array<Heard, chunk> dropped{};
  while (const std::size_t count = in_.pop(std::span(dropped))) {
    taken_ += count;
  }
}

std::size_t ChannelMedia::read(std::span<media::Sample> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    std::array<Heard, chunk> heard{};
    std::array<media::Sample, chunk> sent{};
    const std::size_t count = in_.pop(std::span(heard).first(std::min(chunk, into.size() - done)));
    if (count == 0) {
      break;
    }
    taken_ += count;
    const std::span<media::Sample> part = into.subspan(done, count);
    for (std::size_t i = 0; i < count; ++i) {
      part[i] = receive_gain_.apply(media::decode(law_, heard[i].received));
      sent[i] = media::decode(law_, heard[i].sent);
    }
    if (echo_ != nullptr) {
      echo_->process(part, std::span(sent).first(count));
    }
    if (dump_ != nullptr) {
      dump_->received(part);
    }
    listen(part);
    done += count;
  }
  return done;
}

void ChannelMedia::listen(std::span<const media::Sample> part) {
  if (digit_dump_) {
    digit_dump_->heard(part);
  }
  if (!detect_dtmf_ && !digit_dump_) {
    return;
  }
  const auto digit = detector_.listen(part);
  if (digit && detect_dtmf_) {
    (void)heard_.push_back(digit->digit);  // beyond 64 that nobody takes, the newest is lost
  }
  if (digit && digit_dump_) {
    digit_dump_->digit();
  }
}

std::size_t ChannelMedia::write(std::span<const media::Sample> samples) {
  std::size_t done = 0;
  while (done < samples.size()) {
    const std::size_t count = std::min({chunk, samples.size() - done, writable()});
    if (count == 0) {
      break;
    }
    std::array<media::Sample, chunk> part{};
    const std::size_t digits = fill_digits(std::span(part).first(count));
    for (std::size_t i = digits; i < count; ++i) {
      part[i] = transmit_gain_.apply(samples[done + i]);
    }
    if (dump_ != nullptr) {
      dump_->sent(std::span(part).first(count));
    }
    std::array<core::Octet, chunk> octets{};
    for (std::size_t i = 0; i < count; ++i) {
      octets[i] = media::encode(law_, part[i]);
    }
    given_ += out_.push(core::Octets(octets).first(count));
    done += count;
  }
  return done;
}

std::size_t ChannelMedia::read_octets(core::MutableOctets into) {
  std::size_t done = 0;
  Heard heard;
  while (done < into.size() && in_.pop(heard)) {
    into[done++] = heard.received;
  }
  taken_ += done;
  return done;
}

std::size_t ChannelMedia::write_octets(core::Octets octets) {
  const std::size_t count = std::min(octets.size(), writable());
  const std::size_t given = out_.push(octets.first(count));
  given_ += given;
  return given;
}

// Both may say less than there is while the timeslot's thread is at work, never more.
std::size_t ChannelMedia::readable() const {
  const std::uint64_t received = received_.load(std::memory_order_acquire);
  const std::uint64_t lost = in_.refused();
  return received > lost + taken_ ? static_cast<std::size_t>(received - lost - taken_) : 0;
}

std::size_t ChannelMedia::writable() const {
  return out_.capacity() - static_cast<std::size_t>(given_ - sent_.load(std::memory_order_acquire));
}

bool ChannelMedia::wait(For what, std::size_t octets, core::Duration longest) {
  using Clock = std::chrono::steady_clock;
  const auto enough = [&] { return (what == For::reading ? readable() : writable()) >= octets; };
  const Clock::time_point end = Clock::now() + std::chrono::nanoseconds(longest.ns);
  while (!enough()) {
    const auto left = std::chrono::nanoseconds(end - Clock::now()).count();
    if (left <= 0) {
      return false;
    }
    wakeup_.announce_sleep();
    if (!enough()) {
      const timespec limit{left / 1'000'000'000, left % 1'000'000'000};
      pollfd sleeper{wakeup_.descriptor(), POLLIN, 0};
      if (::ppoll(&sleeper, 1, &limit, nullptr) > 0) {
        wakeup_.drain();
      }
    }
    wakeup_.wake_done();
  }
  return true;
}

bool ChannelMedia::send_dtmf(std::string_view digits, core::Duration on, core::Duration off) {
  constexpr std::string_view known = "0123456789ABCDabcd*#";
  const auto samples = [](core::Duration length) {
    return static_cast<std::uint32_t>(length.microseconds() * media::sample_rate / 1'000'000);
  };
  if (to_send_.size() - sending_at_ + digits.size() > to_send_.capacity() ||
      digits.find_first_not_of(known) != std::string_view::npos) {
    return false;
  }
  core::BoundedVector<Pending, 64> all;
  for (std::size_t i = sending_at_; i < to_send_.size(); ++i) {
    (void)all.push_back(to_send_[i]);
  }
  for (const char digit : digits) {
    (void)all.push_back({digit, samples(on), samples(off)});
  }
  to_send_ = all;
  sending_at_ = 0;
  return true;
}

bool ChannelMedia::sending_dtmf() const {
  return sending_at_ < to_send_.size();
}

/// The digits' part of the next samples, from the front; how many that are.
std::size_t ChannelMedia::fill_digits(std::span<media::Sample> into) {
  std::size_t done = 0;
  while (done < into.size() && sending_dtmf()) {
    const Pending& digit = to_send_[sending_at_];
    const bool on = sent_samples_ < digit.on;
    if (sent_samples_ == 0) {
      tone_.play(media::dtmf_tone(digit.digit));
    }
    const std::uint32_t left = (on ? digit.on : digit.on + digit.off) - sent_samples_;
    const std::size_t count = std::min<std::size_t>(left, into.size() - done);
    const std::span<media::Sample> part = into.subspan(done, count);
    if (on) {
      (void)tone_.fill(part);
    } else {
      std::fill(part.begin(), part.end(), media::Sample{0});
    }
    sent_samples_ += static_cast<std::uint32_t>(count);
    done += count;
    if (sent_samples_ >= digit.on + digit.off) {
      ++sending_at_;
      sent_samples_ = 0;
    }
  }
  return done;
}

std::optional<char> ChannelMedia::heard_digit() {
  if (heard_.empty()) {
    return std::nullopt;
  }
  const char digit = heard_[0];
  core::BoundedVector<char, 64> rest;
  for (std::size_t i = 1; i < heard_.size(); ++i) {
    (void)rest.push_back(heard_[i]);
  }
  heard_ = rest;
  return digit;
}

void ChannelMedia::set_gains(double receive_db, double transmit_db) {
  receive_gain_ = Gain(receive_db);
  transmit_gain_ = Gain(transmit_db);
}

ChannelMediaCounters ChannelMedia::counters() const {
  if (!statistics_) {
    return {};
  }
  ChannelMediaCounters counters;
  counters.received = received_.load(std::memory_order_relaxed);
  counters.sent = sent_.load(std::memory_order_relaxed);
  counters.overruns = in_.refused();
  counters.underruns = underruns_.load(std::memory_order_relaxed);
  counters.most_received = in_.high_water();
  counters.most_to_send = out_.high_water();
  return counters;
}

}  // namespace strowger::tdm
