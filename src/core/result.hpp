// Result<T, E>: a value or an error, never an exception. Freestanding, allocates nothing itself.
#pragma once

#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

namespace strowger::core {

/// A value of T, or the reason E why there is none. Libraries define E as an enum with names, or a
/// small struct that adds where it happened (offset, line) and the clause that was broken.
template <class T, class E>
using Result = tl::expected<T, E>;

/// Makes the failed side: `return fail(Error::truncated);`
template <class E>
[[nodiscard]] constexpr auto fail(E&& error) {
  return tl::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

}  // namespace strowger::core
