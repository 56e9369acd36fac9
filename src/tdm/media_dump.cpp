#include "tdm/media_dump.hpp"

#include <algorithm>

namespace strowger::tdm {
namespace {

class FileDump final : public MediaDump {
 public:
  FileDump(AudioSink in, AudioSink out) : in_(std::move(in)), out_(std::move(out)) {}
  void received(std::span<const media::Sample> samples) override { in_(samples); }
  void sent(std::span<const media::Sample> samples) override { out_(samples); }

 private:
  AudioSink in_;
  AudioSink out_;
};

}  // namespace

AudioSink raw_file(const std::string& file) {
  const std::shared_ptr<std::FILE> handle(std::fopen(file.c_str(), "wb"), [](std::FILE* opened) {
    if (opened != nullptr) {
      (void)std::fclose(opened);
    }
  });
  if (handle == nullptr) {
    return {};
  }
  return [handle](std::span<const media::Sample> samples) {
    for (const media::Sample sample : samples) {
      const auto bits = static_cast<std::uint16_t>(sample);
      (void)std::fputc(bits & 0xFF, handle.get());
      (void)std::fputc(bits >> 8, handle.get());
    }
  };
}

std::unique_ptr<MediaDump> open_dump(const std::string& file) {
  AudioSink in = raw_file(file + ".in.raw");
  AudioSink out = raw_file(file + ".out.raw");
  return in && out ? std::make_unique<FileDump>(std::move(in), std::move(out)) : nullptr;
}

DigitDump::DigitDump(Open open) : open_(std::move(open)), ring_(before) {}

void DigitDump::keep(std::span<const media::Sample> audio) {
  for (const media::Sample sample : audio) {
    ring_[kept_++ % before] = sample;
  }
}

void DigitDump::heard(std::span<const media::Sample> audio) {
  if (sink_) {
    const std::size_t count = std::min(left_, audio.size());
    sink_(audio.first(count));
    left_ -= count;
    if (left_ == 0) {
      sink_ = nullptr;
    }
  }
  keep(audio);
}

void DigitDump::digit() {
  left_ = after;
  if (sink_) {
    return;
  }
  if (number_ < most) {
    sink_ = open_(number_ + 1);
  }
  if (!sink_) {
    ++missed_;
    return;
  }
  ++number_;
  const std::size_t oldest = kept_ > before ? kept_ % before : 0;
  const std::size_t size = std::min<std::uint64_t>(kept_, before);
  const std::span<const media::Sample> all(ring_);
  sink_(all.subspan(oldest, size - oldest));
  sink_(all.first(oldest));
}

}  // namespace strowger::tdm
