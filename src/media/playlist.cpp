#include "media/playlist.hpp"

#include <algorithm>

namespace strowger::media {
namespace {

std::size_t copy_from(std::span<const Sample> samples, std::size_t offset, std::span<Sample> out) {
  const std::size_t count = std::min(out.size(), samples.size() - offset);
  std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
  return count;
}

}  // namespace

void Player::play(const Playlist* list) {
  list_ = list != nullptr && !list->parts.empty() ? list : nullptr;
  any_ = false;
  if (list_ != nullptr) {
    enter(0);
  }
}

void Player::enter(std::size_t part) {
  part_ = part;
  offset_ = 0;
  if (const auto* const tone = std::get_if<TonePart>(&list_->parts[part])) {
    tone_.play(*tone->script);
  }
}

/// Samples that the part had for `out`; none when it has ended.
std::size_t Player::fill_part(std::span<Sample> out, std::uint64_t music_clock) {
  const Part& part = list_->parts[part_];
  if (const auto* const clip = std::get_if<ClipPart>(&part)) {
    return copy_from(clip->clip->samples, offset_, out);
  }
  if (const auto* const silent = std::get_if<SilentPart>(&part)) {
    const std::size_t count = std::min<std::size_t>(out.size(), silent->samples - offset_);
    std::fill_n(out.begin(), count, Sample{0});
    return count;
  }
  if (const auto* const music = std::get_if<MusicPart>(&part)) {
    const auto& samples = music->music->samples;
    return copy_from(samples, music_clock % samples.size(), out);
  }
  return tone_.fill(out);
}

/// Whether all of the part was played, where that is known before it is asked for more.
bool Player::part_is_over() const {
  const Part& part = list_->parts[part_];
  if (const auto* const clip = std::get_if<ClipPart>(&part)) {
    return offset_ == clip->clip->samples.size();
  }
  const auto* const silent = std::get_if<SilentPart>(&part);
  return silent != nullptr && offset_ == silent->samples;
}

void Player::next_part() {
  if (part_ + 1 < list_->parts.size()) {
    enter(part_ + 1);
  } else if (list_->repeat && any_) {
    // A list that has nothing in it at all would be repeated for ever within one tick.
    any_ = false;
    enter(0);
  } else {
    list_ = nullptr;
  }
}

std::size_t Player::fill(std::span<Sample> out, std::uint64_t music_clock) {
  std::size_t filled = 0;
  while (filled < out.size() && list_ != nullptr) {
    const std::size_t count = fill_part(out.subspan(filled), music_clock + filled);
    any_ = any_ || count > 0;
    offset_ += count;
    filled += count;
    if (count == 0 || part_is_over()) {
      next_part();
    }
  }
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(filled), out.end(), Sample{0});
  return filled;
}

}  // namespace strowger::media
