#include "exchange/dialplan/regular_expression.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace strowger::exchange::dialplan {
namespace {

constexpr std::size_t max_pattern = 512;
constexpr int max_depth = 32;
constexpr unsigned max_repetition = 1000;

/// The larger bound of "{2,5}", whose brace stands at `at`.
unsigned repetition_at(std::string_view pattern, std::size_t at) {
  unsigned largest = 1;
  while (++at < pattern.size() && pattern[at] != '}') {
    unsigned bound = 0;
    const char* begin = pattern.data() + at;
    const char* end = pattern.data() + pattern.size();
    const auto [rest, error] = std::from_chars(begin, end, bound);
    if (rest == begin) {
      continue;
    }
    largest = std::max(largest, error == std::errc() ? bound : max_repetition + 1);
    at += static_cast<std::size_t>(rest - begin) - 1;
  }
  return largest;
}

/// Nested repetitions multiply, and so, to be on the safe side, do those that stand side by side.
std::optional<std::string> fault_of(std::string_view pattern) {
  if (pattern.size() > max_pattern) {
    return "a regular expression may have up to 512 characters";
  }
  int depth = 0;
  unsigned repetitions = 1;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    switch (pattern[i]) {
      case '\0':
        return "a regular expression may not contain a zero octet";
      case '\\':
        ++i;
        if (i < pattern.size() && pattern[i] >= '1' && pattern[i] <= '9') {
          return "regular expressions here have no back-references";
        }
        break;
      case '(':
        if (++depth > max_depth) {
          return "a regular expression may have up to 32 levels of groups";
        }
        break;
      case ')':
        --depth;
        break;
      case '{': {
        const unsigned count = repetition_at(pattern, i);
        if (count > max_repetition || (repetitions *= count) > max_repetition) {
          return "the repetitions of a regular expression may multiply to 1000 at most";
        }
        break;
      }
      default:
        break;
    }
  }
  return std::nullopt;
}

}  // namespace

void RegularExpression::Free::operator()(regex_t* compiled) const {
  regfree(compiled);
  delete compiled;
}

core::Result<RegularExpression, std::string> RegularExpression::compile(std::string_view pattern,
                                                                        bool ignore_case) {
  if (auto fault = fault_of(pattern)) {
    return core::fail(std::move(*fault));
  }
  auto compiled = std::make_unique<regex_t>();
  const int flags = REG_EXTENDED | (ignore_case ? REG_ICASE : 0);
  const int code = regcomp(compiled.get(), std::string(pattern).c_str(), flags);
  if (code != 0) {
    std::array<char, 128> text{};
    regerror(code, compiled.get(), text.data(), text.size());
    return core::fail("malformed regular expression: " + std::string(text.data()));
  }
  RegularExpression expression;
  expression.compiled_.reset(compiled.release());
  return expression;
}

std::optional<RegularExpression::Found> RegularExpression::search(
    const std::string& subject) const {
  std::array<regmatch_t, 2> matches{};
  if (regexec(compiled_.get(), subject.c_str(), matches.size(), matches.data(), 0) != 0) {
    return std::nullopt;
  }
  Found found;
  found.begin = static_cast<std::size_t>(matches[0].rm_so);
  found.end = static_cast<std::size_t>(matches[0].rm_eo);
  if (matches[1].rm_so >= 0) {
    const auto begin = static_cast<std::size_t>(matches[1].rm_so);
    found.group = subject.substr(begin, static_cast<std::size_t>(matches[1].rm_eo) - begin);
  }
  return found;
}

}  // namespace strowger::exchange::dialplan
