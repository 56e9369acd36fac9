// POSIX extended regular expressions with bounds, since patterns may be made of what callers send.
// Any thread; compiling allocates.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <regex.h>

#include "core/result.hpp"

namespace strowger::exchange::dialplan {

class RegularExpression {
 public:
  struct Found {
    std::size_t begin = 0;  // of the whole match, in the subject
    std::size_t end = 0;
    std::optional<std::string> group;  // the first group, where it took part
  };

  /// The error is a sentence. Refused, beyond what is malformed: more than 512 characters, 32
  /// levels of groups, back-references, and repetitions that multiply to more than 1000, for those
  /// make matching or compiling cost without bound.
  [[nodiscard]] static core::Result<RegularExpression, std::string> compile(
      std::string_view pattern, bool ignore_case = false);

  /// The leftmost match anywhere in the subject.
  [[nodiscard]] std::optional<Found> search(const std::string& subject) const;
  [[nodiscard]] std::size_t groups() const { return compiled_->re_nsub; }

 private:
  struct Free {
    void operator()(regex_t* compiled) const;
  };
  std::unique_ptr<regex_t, Free> compiled_;
};

}  // namespace strowger::exchange::dialplan
