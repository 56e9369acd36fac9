#include "media/dtmf.hpp"

#include <cstdint>
#include <string_view>

#include <spandsp.h>

namespace strowger::media {

struct DtmfDetector::State {
  dtmf_rx_state_t* detector = nullptr;
  char open = 0;                // the digit that sounds now
  std::int64_t since_open = 0;  // samples since it was first reported
  std::optional<HeardDigit> ended;

  void finish() {
    if (open != 0) {
      ended = HeardDigit{open, core::milliseconds(since_open * 1000 / sample_rate)};
      open = 0;
    }
  }
  static void report(void* user, int code, int /*level*/, int /*delay*/) {
    auto& state = *static_cast<State*>(user);
    state.finish();
    state.open = static_cast<char>(code);
    state.since_open = 0;
  }
};

DtmfDetector::DtmfDetector() : state_(std::make_unique<State>()) {
  state_->detector = dtmf_rx_init(nullptr, nullptr, nullptr);
  dtmf_rx_set_realtime_callback(state_->detector, &State::report, state_.get());
}

DtmfDetector::~DtmfDetector() {
  dtmf_rx_free(state_->detector);
}

std::optional<HeardDigit> DtmfDetector::listen(std::span<const Sample> audio) {
  state_->ended.reset();
  dtmf_rx(state_->detector, audio.data(), static_cast<int>(audio.size()));
  state_->since_open += static_cast<std::int64_t>(audio.size());
  return state_->ended;
}

ToneStep dtmf_tone(char digit) {
  constexpr std::string_view keys = "123A456B789C*0#D";
  constexpr std::array<float, 4> low{697, 770, 852, 941};
  constexpr std::array<float, 4> high{1209, 1336, 1477, 1633};
  ToneStep step;
  step.level_dbm0 = -9;
  const auto at = keys.find(digit);
  if (at != std::string_view::npos) {
    step.first_hz = low[at / 4];
    step.second_hz = high[at % 4];
  }
  return step;
}

}  // namespace strowger::media
