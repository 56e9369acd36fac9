#include "media/tone.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

namespace strowger::media {
namespace {

/// The peak of a sine at 0 dBm0: A-law overloads at +3.14 dBm0, at the peak 32,256 here.
const float zero_dbm0_peak = 32'256.0F * std::pow(10.0F, -3.14F / 20.0F);

constexpr float highest_hz = 3'900;  // below half the sampling rate
constexpr std::uint32_t longest_ms = 600'000;

bool take_number(std::string_view& text, float& number) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data() || value > longest_ms) {
    return false;
  }
  number = static_cast<float>(value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char wanted) {
  const bool there = !text.empty() && text.front() == wanted;
  if (there) {
    text.remove_prefix(1);
  }
  return there;
}

std::optional<ToneStep> parse_step(std::string_view text, float level_dbm0) {
  ToneStep step;
  step.level_dbm0 = level_dbm0;
  if (!take_number(text, step.first_hz)) {
    return std::nullopt;
  }
  step.modulated = !text.empty() && text.front() == '*';
  if ((take(text, '+') || take(text, '*')) && !take_number(text, step.second_hz)) {
    return std::nullopt;
  }
  if (take(text, '/')) {
    float ms = 0;
    if (!take_number(text, ms) || ms < 1) {
      return std::nullopt;
    }
    step.samples = static_cast<std::uint32_t>(ms) * (sample_rate / 1000);
  }
  if (!text.empty() || step.first_hz > highest_hz || step.second_hz > highest_hz) {
    return std::nullopt;
  }
  return step;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

std::optional<ToneScript> parse_tone(std::string_view text, float level_dbm0) {
  ToneScript script;
  bool repeats = false;
  while (true) {
    const auto comma = text.find(',');
    auto part = trimmed(text.substr(0, comma));
    const bool once = take(part, '!');
    const auto step = parse_step(part, level_dbm0);
    if (!step) {
      return std::nullopt;
    }
    if (!once && !repeats) {
      repeats = true;
      script.repeat_from = script.steps.size();
    }
    script.steps.push_back(*step);
    if (comma == std::string_view::npos) {
      break;
    }
    text.remove_prefix(comma + 1);
  }
  if (!repeats) {
    script.repeat_from = script.steps.size();
  }
  return script;
}

void Oscillator::start(float hz, float level_dbm0) {
  const double step = 2 * std::numbers::pi * static_cast<double>(hz) / sample_rate;
  const double peak =
      static_cast<double>(zero_dbm0_peak) * std::pow(10.0, static_cast<double>(level_dbm0) / 20);
  factor_ = 2 * std::cos(step);
  last_ = 0;
  before_ = -peak * std::sin(step);
}

float Oscillator::next() {
  const double value = last_;
  last_ = factor_ * last_ - before_;
  before_ = value;
  return static_cast<float>(value);
}

void ToneGenerator::play(const ToneScript& script) {
  script_ = &script;
  at_ = 0;
  ended_ = script.steps.empty();
  if (!ended_) {
    begin(script.steps[0]);
  }
}

void ToneGenerator::play(const ToneStep& step) {
  script_ = nullptr;
  ended_ = false;
  begin(step);
}

void ToneGenerator::begin(const ToneStep& step) {
  step_ = step;
  left_ = step.samples;
  first_.start(step.first_hz, step.level_dbm0);
  second_.start(step.second_hz, step.modulated ? 0 : step.level_dbm0);
}

bool ToneGenerator::advance() {
  if (script_ == nullptr) {
    return false;
  }
  if (++at_ == script_->steps.size()) {
    at_ = script_->repeat_from;
  }
  if (at_ == script_->steps.size()) {
    return false;
  }
  begin(script_->steps[at_]);
  return true;
}

Sample ToneGenerator::next() {
  float value = first_.next();
  if (step_.modulated) {
    // Nine tenths of modulation, as networks with such tones use it.
    value *= (1 + 0.9F * second_.next() / zero_dbm0_peak) / 1.9F;
  } else if (step_.second_hz > 0) {
    value += second_.next();
  }
  return static_cast<Sample>(std::lround(std::clamp(value, -32'768.0F, 32'767.0F)));
}

std::size_t ToneGenerator::fill(std::span<Sample> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!ended_ && step_.samples != 0 && left_ == 0) {
      ended_ = !advance();
    }
    if (ended_) {
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(i), out.end(), Sample{0});
      return i;
    }
    out[i] = next();
    left_ -= step_.samples != 0 ? 1U : 0U;
  }
  return out.size();
}

}  // namespace strowger::media
