// Extension names and patterns, as Asterisk matches and orders them. Pure; allocates nothing.
//
// A name that begins with an underscore is a pattern: X is 0-9, Z 1-9, N 2-9 (each in either case),
// [1-5,7] one of a set, '.' one or more of anything, '!' none or more of anything and at once.
// Hyphens outside of brackets are eye candy in both the pattern and what was dialled. Letters are
// case-sensitive, since 't' and 'T' are different special extensions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strowger::exchange::dialplan {

/// How far what was dialled goes towards a name or pattern.
enum class Match : std::uint8_t {
  none,          // no further digit can make it match
  more_needed,   // matches once more digits come
  full,          // matches, and more digits would break it
  full_or_more,  // matches, and goes on matching with more digits ('.')
  full_at_once,  // matches, and no digit need be waited for ('!')
};

[[nodiscard]] Match match_extension(std::string_view pattern, std::string_view dialled);

/// True for full, full_or_more and full_at_once.
[[nodiscard]] constexpr bool is_full(Match match) {
  return match >= Match::full;
}

/// Order in which names are tried: negative where `left` comes first. Names without pattern come
/// before patterns; among patterns, at the first position that differs, the smaller set of
/// characters comes first, then the one with the lower first character; '.' comes after all sets
/// and
/// '!' after '.'.
[[nodiscard]] int compare_extensions(std::string_view left, std::string_view right);

/// The same for two names that are no patterns, by octets but for hyphens: a name stands before
/// those that begin with it.
[[nodiscard]] int compare_names(std::string_view left, std::string_view right);

/// What is wrong with a name or pattern (an unclosed or empty bracket, a range that runs backwards,
/// characters after '.' or '!', nothing at all, more than 79 characters); nothing where it is good.
[[nodiscard]] std::optional<std::string> fault_of_extension(std::string_view pattern);

/// Asterisk's AST_MAX_EXTENSION is 80 with the final zero.
inline constexpr std::size_t max_extension_size = 79;

}  // namespace strowger::exchange::dialplan
