#include "exchange/dialplan/pattern.hpp"

#include <bitset>

namespace strowger::exchange::dialplan {
namespace {

using Characters = std::bitset<256>;

enum class Kind : std::uint8_t { set, any, any_at_once, end };

/// One position of a pattern.
struct Element {
  Kind kind = Kind::end;
  Characters characters;
};

bool is_pattern(std::string_view name) {
  return !name.empty() && name.front() == '_';
}

std::size_t index(char c) {
  return static_cast<unsigned char>(c);
}

/// What stands between brackets: single characters and ranges. A hyphen at either end is itself.
Characters parse_set(std::string_view inside) {
  Characters characters;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (i + 2 < inside.size() && inside[i + 1] == '-') {
      for (std::size_t c = index(inside[i]); c <= index(inside[i + 2]); ++c) {
        characters.set(c);
      }
      i += 2;
    } else {
      characters.set(index(inside[i]));
    }
  }
  return characters;
}

/// Takes a pattern apart, position by position; the underscore is gone already.
class Elements {
 public:
  explicit Elements(std::string_view pattern) : pattern_(pattern) {}

  Element next() {
    while (at_ < pattern_.size() && pattern_[at_] == '-') {
      ++at_;
    }
    if (at_ == pattern_.size()) {
      return {};
    }
    const char c = pattern_[at_++];
    switch (c) {
      case 'X':
      case 'x':
        return {Kind::set, parse_set("0-9")};
      case 'Z':
      case 'z':
        return {Kind::set, parse_set("1-9")};
      case 'N':
      case 'n':
        return {Kind::set, parse_set("2-9")};
      case '.':
        return {Kind::any, {}};
      case '!':
        return {Kind::any_at_once, {}};
      case '[':
        return bracket();
      default:
        return {Kind::set, Characters().set(index(c))};
    }
  }

 private:
  Element bracket() {
    const std::size_t close = pattern_.find(']', at_);
    if (close == std::string_view::npos) {
      at_ = pattern_.size();  // the loader refuses such a pattern; it matches nothing
      return {Kind::set, {}};
    }
    const Element element{Kind::set, parse_set(pattern_.substr(at_, close - at_))};
    at_ = close + 1;
    return element;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

/// The next character that counts; nothing at the end.
std::optional<char> next_character(std::string_view text, std::size_t& at) {
  while (at < text.size() && text[at] == '-') {
    ++at;
  }
  return at < text.size() ? std::optional(text[at++]) : std::nullopt;
}

Match match_name(std::string_view name, std::string_view dialled) {
  std::size_t at = 0;
  std::size_t dialled_at = 0;
  while (true) {
    const std::optional<char> wanted = next_character(name, at);
    const std::optional<char> given = next_character(dialled, dialled_at);
    if (!given) {
      return wanted ? Match::more_needed : Match::full;
    }
    if (wanted != given) {
      return Match::none;
    }
  }
}

/// Sorts by the rank of one position: see compare_extensions.
int rank(const Element& element) {
  switch (element.kind) {
    case Kind::set: {
      std::size_t first = 0;
      while (first < 255 && !element.characters[first]) {
        ++first;
      }
      return static_cast<int>(element.characters.count() << 8U | first);
    }
    case Kind::any:
      return 0x18000;
    case Kind::any_at_once:
      return 0x28000;
    case Kind::end:
      break;
  }
  return 0x30000;
}

/// Of two sets with equal count and first character: the one that has the lowest character which
/// the other lacks.
int compare_sets(const Characters& left, const Characters& right) {
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] != right[i]) {
      return left[i] ? -1 : 1;
    }
  }
  return 0;
}

std::optional<std::string> fault_of_bracket(std::string_view inside) {
  if (inside.empty()) {
    return "has empty brackets";
  }
  for (std::size_t i = 0; i + 2 < inside.size(); ++i) {
    if (inside[i + 1] == '-') {
      if (index(inside[i]) > index(inside[i + 2])) {
        return "has a range that runs backwards: " + std::string(inside.substr(i, 3));
      }
      i += 2;
    }
  }
  return std::nullopt;
}

}  // namespace

Match match_extension(std::string_view pattern, std::string_view dialled) {
  if (!is_pattern(pattern)) {
    return match_name(pattern, dialled);
  }
  Elements elements(pattern.substr(1));
  std::size_t at = 0;
  while (true) {
    const Element element = elements.next();
    if (element.kind == Kind::any_at_once) {
      return Match::full_at_once;
    }
    const std::optional<char> given = next_character(dialled, at);
    if (element.kind == Kind::end) {
      return given ? Match::none : Match::full;
    }
    if (!given) {
      return Match::more_needed;
    }
    if (element.kind == Kind::any) {
      return Match::full_or_more;
    }
    if (!element.characters[index(*given)]) {
      return Match::none;
    }
  }
}

int compare_names(std::string_view left, std::string_view right) {
  std::size_t left_at = 0;
  std::size_t right_at = 0;
  while (true) {
    const std::optional<char> l = next_character(left, left_at);
    const std::optional<char> r = next_character(right, right_at);
    if (l != r) {
      return l < r ? -1 : 1;
    }
    if (!l) {
      return 0;
    }
  }
}

int compare_extensions(std::string_view left, std::string_view right) {
  if (!is_pattern(left) || !is_pattern(right)) {
    if (is_pattern(left) || is_pattern(right)) {
      return is_pattern(left) ? 1 : -1;
    }
    return compare_names(left, right);
  }
  Elements left_elements(left.substr(1));
  Elements right_elements(right.substr(1));
  while (true) {
    const Element l = left_elements.next();
    const Element r = right_elements.next();
    const int difference = rank(l) - rank(r);
    if (difference != 0) {
      return difference;
    }
    const int sets = compare_sets(l.characters, r.characters);
    if (sets != 0) {
      return sets;
    }
    if (l.kind == Kind::end) {
      return 0;
    }
  }
}

std::optional<std::string> fault_of_extension(std::string_view pattern) {
  if (pattern.empty() || pattern == "_") {
    return "is empty";
  }
  if (pattern.size() > max_extension_size) {
    return "is longer than " + std::to_string(max_extension_size) + " characters";
  }
  if (!is_pattern(pattern)) {
    return std::nullopt;
  }
  for (std::size_t i = 1; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '[') {
      const std::size_t close = pattern.find(']', i);
      if (close == std::string_view::npos) {
        return "has a '[' without ']'";
      }
      if (auto fault = fault_of_bracket(pattern.substr(i + 1, close - i - 1))) {
        return fault;
      }
      i = close;
    } else if ((c == '.' || c == '!') && i + 1 != pattern.size()) {
      return "has characters after '" + std::string(1, c) + "', which can never match";
    }
  }
  return std::nullopt;
}

}  // namespace strowger::exchange::dialplan
