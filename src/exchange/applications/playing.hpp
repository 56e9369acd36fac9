// Sounds played to the caller, and waiting beside them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange/call.hpp"
#include "exchange/task.hpp"
#include "media/service.hpp"

namespace strowger::exchange::applications {

/// Something that is being played to the caller: stops when it goes, also by hang-up.
class Playing {
 public:
  /// `failed` where the caller has no media or a file does not exist.
  Playing(Call& call, std::vector<media::Sound> sounds, bool repeat);
  ~Playing();
  Playing(const Playing&) = delete;
  Playing& operator=(const Playing&) = delete;

  [[nodiscard]] bool failed() const { return failed_; }
  /// The event that says that this has been played; remembers it.
  [[nodiscard]] bool ended_by(const CallEvent& event);

 private:
  Call& call_;
  media::Tag tag_;
  bool failed_ = false;
  bool ended_ = false;
};

struct Played {
  bool failed = false;  // nothing of it could be played
  char digit = 0;       // which digit ended it; 0: none
};

/// Plays to the end, or until one of `stop_digits` comes ("": none does). A list with a file that
/// is missing is played without it, with a warning.
[[nodiscard]] Task<Played> play_to_end(Call& call, std::vector<media::Sound> sounds,
                                       std::string_view stop_digits);

/// Lets events pass until then; digits are lost, as Asterisk's Wait loses them.
[[nodiscard]] Task<> sleep_until(Call& call, core::Time deadline);

/// Every digit there is.
inline constexpr std::string_view all_digits = "0123456789*#ABCD";

/// "a&b" as files.
[[nodiscard]] std::vector<media::Sound> files(std::string_view names);

}  // namespace strowger::exchange::applications
