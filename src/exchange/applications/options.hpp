// Parsing that applications share: option letters, times. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace strowger::exchange::applications {

struct Option {
  char letter = 0;
  std::string argument;  // what stood in parentheses behind it
};

/// "rm(default)g": letters, each perhaps with an argument. An unclosed parenthesis takes the rest.
[[nodiscard]] std::vector<Option> parse_options(std::string_view text);
/// Null where the letter was not given.
[[nodiscard]] const Option* find_option(const std::vector<Option>& options, char letter);

/// Seconds with decimals ("1.5"), from 0 to about ten years; nothing for anything else.
[[nodiscard]] std::optional<core::Duration> parse_seconds(std::string_view text);
/// Whole milliseconds, the same bounds.
[[nodiscard]] std::optional<core::Duration> parse_milliseconds(std::string_view text);

/// "a&b&c": the parts that are not empty.
[[nodiscard]] std::vector<std::string> split_ampersands(std::string_view text);

/// The argument of that index, without blanks around; empty where there is none.
[[nodiscard]] std::string_view argument_at(const std::vector<std::string>& arguments,
                                           std::size_t index);

/// Splits at the first `separator` that stands outside of parentheses and quotes.
[[nodiscard]] std::pair<std::string_view, std::optional<std::string_view>> split_once(
    std::string_view text, char separator);

}  // namespace strowger::exchange::applications
