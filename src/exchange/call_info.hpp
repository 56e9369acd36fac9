// A call as the console sees it.
#pragma once

#include <string_view>

#include "exchange/call.hpp"
#include "exchange/exchange.hpp"

namespace strowger::exchange {

[[nodiscard]] CallInfo describe(Call& call);
[[nodiscard]] CallDetail describe_fully(Call& call);
/// By the call's unique id, or a channel's name or unique id.
[[nodiscard]] bool is_named(const CallInfo& call, std::string_view name);

}  // namespace strowger::exchange
