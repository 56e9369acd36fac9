// What stands in a request target: paths, queries, percent-encoding, and the cookies beside it.
// Pure; any thread; results allocate.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace strowger::http {

/// Percent-encoding taken off (RFC 3986 2.1); nothing where it is broken, or gives a NUL.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

/// A path below a root, from a request's path: decoded once, without query, dot segments resolved
/// (RFC 3986 5.2.4), no empty segments, no leading '/'. Nothing where it is broken, leads out of
/// the root, or hides a '/' or '\' in a segment. "/" gives "".
[[nodiscard]] std::optional<std::string> relative_path(std::string_view path);

/// The first parameter of that name in a query, decoded, '+' taken as a blank; nothing where there
/// is none, or it is broken.
[[nodiscard]] std::optional<std::string> query_parameter(std::string_view query,
                                                         std::string_view name);

/// The value of a cookie (RFC 6265 4.2.1) in a Cookie field; nothing where there is none.
[[nodiscard]] std::optional<std::string_view> cookie(std::string_view field, std::string_view name);

}  // namespace strowger::http
