#include "timing/source_judge.hpp"

#include <algorithm>

namespace strowger::timing {

const char* to_string(SwitchReason reason) {
  switch (reason) {
    case SwitchReason::silent:
      return "it ticks no more";
    case SwitchReason::late:
      return "it has been late for too long";
    case SwitchReason::no_better:
      return "it was no better";
  }
  return "?";
}

SourceJudge::SourceJudge(const JudgeConfig& config, std::span<const Trial> trials,
                         std::size_t chosen)
    : config_(config), count_(std::min(trials.size(), most_sources)), current_(chosen) {
  for (std::size_t i = 0; i < count_; ++i) {
    sources_[i] = {trials[i].p99, i != chosen && (!trials[i].works || trials[i].ticks == 0)};
  }
}

std::optional<Switch> SourceJudge::observe(std::uint64_t ticks, core::Duration lateness,
                                           core::Time now, bool counts_itself) {
  if (ticks == 0) {
    last_tick_ = last_tick_.value_or(now);
    if (counts_itself && now - *last_tick_ > config_.silence) {
      sources_[current_].out = true;
      last_tick_ = now;
      if (const auto to = next_best()) {
        return Switch{*to, SwitchReason::silent};
      }
    }
    return std::nullopt;
  }
  last_tick_ = now;
  window_.add(lateness, ticks);
  return window_.count() < config_.window_ticks ? std::nullopt : end_of_window();
}

std::optional<Switch> SourceJudge::end_of_window() {
  const core::Duration p99 = window_.quantile(0.99);
  window_.clear();
  if (before_) {
    const std::size_t back = *before_;
    before_.reset();
    if (p99 * 5 > before_p99_ * 4 && !sources_[back].out) {
      patience_ = std::min(patience_ * 2, 64U);
      return Switch{back, SwitchReason::no_better};
    }
    sources_[current_].p99 = p99;
    patience_ = 1;
    return std::nullopt;
  }
  const bool bad = p99 > config_.tolerable && p99 > sources_[current_].p99 * config_.worse_factor;
  bad_ = bad ? bad_ + 1 : 0;
  if (bad_ < config_.bad_windows * patience_) {
    return std::nullopt;
  }
  bad_ = 0;
  before_p99_ = p99;
  const auto to = next_best();
  return to ? std::optional(Switch{*to, SwitchReason::late}) : std::nullopt;
}

std::optional<std::size_t> SourceJudge::next_best() const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < count_; ++i) {
    if (i != current_ && !sources_[i].out && (!best || sources_[i].p99 < sources_[*best].p99)) {
      best = i;
    }
  }
  return best;
}

void SourceJudge::switched(const Switch& made, core::Time now) {
  if (made.reason == SwitchReason::late) {
    before_ = current_;
  } else {
    before_.reset();
  }
  current_ = made.to;
  bad_ = 0;
  last_tick_ = now;
  window_.clear();
}

}  // namespace strowger::timing
