// A conference: what its parties say, added up, and each one's seat in it.
//
// Parties take their turns in their own millisecond of the 20 ms, so what they say during one frame
// is gathered, and during the next one each hears the whole of it without its own part. So a party
// of two thousand costs its conference no burst of work, and nobody hears itself.
//
// Made by a normal thread, used by the one media thread that all its parties are on: nothing here
// allocates, locks or waits.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "media/job.hpp"
#include "media/mix.hpp"
#include "media/playlist.hpp"

namespace strowger::media {

/// Goes back to a normal thread, to be freed, as a job.
class Conference : public Job {
 public:
  explicit Conference(ConferenceId id) : Job(Kind::conference), id_(id) {}

  [[nodiscard]] ConferenceId id() const { return id_; }

  /// The frame that is being gathered; the first call with a new number closes the one before.
  /// Numbers count up; what was said in a frame that is older than the last one is forgotten.
  void enter(std::uint64_t frame, std::uint64_t music_clock);
  void say(const Frame& audio) { add(gathering_, audio); }

  /// What was said in the frame before the one being gathered.
  [[nodiscard]] const Sum& said() const { return said_; }
  /// The same, made to fit, for all who said nothing themselves.
  [[nodiscard]] const Frame& heard_by_listeners() const { return heard_; }
  /// How loud one's own part may be for the rest to fit for certain; below 0: nothing fits.
  [[nodiscard]] std::int32_t headroom() const { return headroom_; }

  /// Plays to all; null: nothing more. The job that was played before, if any.
  [[nodiscard]] PlayJob* announce(PlayJob* job);

 private:
  ConferenceId id_;
  std::uint64_t frame_ = 0;
  Sum gathering_{};
  Sum said_{};
  Frame heard_{};
  std::int32_t headroom_ = 0;
  Limiter limiter_;
  Player player_;
  PlayJob* announcement_ = nullptr;
};

/// A port's place. Empty until `take`.
class Seat {
 public:
  void take(Conference& conference, const SeatOptions& options);
  void leave();
  [[nodiscard]] Conference* conference() const { return conference_; }

  /// What the port heard in this frame; null: nothing. Tells when talking begins or ends.
  std::optional<bool> listen(std::uint64_t frame, std::uint64_t music_clock, const Frame* heard);
  /// What the party shall hear.
  void speak(std::uint64_t frame, Frame& out);

 private:
  [[nodiscard]] std::optional<bool> judge(bool loud);

  Conference* conference_ = nullptr;
  SeatOptions options_;
  bool talking_ = false;
  std::uint32_t quiet_frames_ = 0;
  Limiter limiter_;
  // This frame's and the last one's, by whether the number is even; and of which frame they are.
  std::array<Frame, 2> own_{};
  std::array<std::uint64_t, 2> own_frame_{};
  std::array<std::int32_t, 2> own_peak_{};
};

}  // namespace strowger::media
