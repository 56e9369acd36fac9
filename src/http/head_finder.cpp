#include "http/parse.hpp"

namespace strowger::http {

/// Every octet is looked at once, but for a CR at the end of what has arrived.
Result<std::optional<std::size_t>> HeadFinder::find(core::Octets octets) {
  const std::string_view text = core::text_of(octets);
  for (; seen_ < text.size(); ++seen_) {
    const char c = text[seen_];
    if (seen_ >= limits_.head_octets) {
      return core::fail(ParseError{Fault::head_too_long, seen_});
    }
    // A request line is the target and some 30 octets around it.
    if (first_line_ && seen_ - line_start_ > limits_.target_octets + 40) {
      return core::fail(ParseError{Fault::target_too_long, seen_});
    }
    if (c == '\n') {
      return core::fail(ParseError{Fault::bare_line_feed, seen_});
    }
    if (c != '\r') {
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f') {
        return core::fail(ParseError{Fault::control_character, seen_});
      }
      continue;
    }
    if (seen_ + 1 == text.size()) {
      return std::optional<std::size_t>();
    }
    if (text[seen_ + 1] != '\n') {
      return core::fail(ParseError{Fault::bare_carriage_return, seen_});
    }
    if (seen_ == line_start_) {
      return std::optional<std::size_t>(seen_ + 2);
    }
    seen_ += 1;
    line_start_ = seen_ + 1;
    first_line_ = false;
  }
  return std::optional<std::size_t>();
}

}  // namespace strowger::http
