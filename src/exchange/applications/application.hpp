// The applications of the dialplan: a constant table of name, arguments, what it does, and the
// function that does it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "exchange/call.hpp"
#include "exchange/task.hpp"

namespace strowger::exchange {

/// Commas that belong to a text are no limit.
inline constexpr std::uint8_t any_arguments = 255;

struct Application {
  std::string_view name;     // as Asterisk spells it; found in any case
  std::string_view syntax;   // "Wait(seconds)"
  std::string_view summary;  // one line for `core show applications`
  std::uint8_t min_arguments = 0;
  std::uint8_t max_arguments = any_arguments;
  /// It talks or listens to the caller: refused once the caller has hung up.
  bool needs_caller = false;
  /// One of the two: what is done at once, or a coroutine. Arguments come substituted, not split,
  /// and hold until the application is done.
  Outcome (*at_once)(Call& call, std::string_view arguments) = nullptr;
  Task<Outcome> (*waiting)(Call& call, std::string_view arguments) = nullptr;
};

/// By name.
[[nodiscard]] std::span<const Application> application_table();
/// Null: unknown.
[[nodiscard]] const Application* find_application(std::string_view name);
/// For the loader of the dialplan.
[[nodiscard]] std::vector<std::string_view> application_names();

}  // namespace strowger::exchange
