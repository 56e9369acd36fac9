#include "media/concealer.hpp"

#include <cstdint>

#include <spandsp.h>

namespace strowger::media {

struct Concealer::State {
  plc_state_t plc;
};

Concealer::Concealer() : state_(std::make_unique<State>()) {
  plc_init(&state_->plc);
}

Concealer::~Concealer() = default;

void Concealer::decode(Codec codec, const JitterBuffer::Frame& frame, std::span<Sample> out) {
  for (std::size_t begin = 0; begin < tick_samples;) {
    const bool present = frame.present[begin];
    std::size_t end = begin;
    while (end < tick_samples && frame.present[end] == present) {
      ++end;
    }
    const auto run = out.subspan(begin, end - begin);
    const auto length = static_cast<int>(run.size());
    if (present) {
      media::decode(codec, core::Octets(frame.octets).subspan(begin, run.size()), run);
      plc_rx(&state_->plc, run.data(), length);
    } else {
      plc_fillin(&state_->plc, run.data(), length);
    }
    begin = end;
  }
}

}  // namespace strowger::media
