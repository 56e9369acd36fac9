// Conditional requests (RFC 9110 13) and ranges (RFC 9110 14). Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/time.hpp"
#include "http/fields.hpp"

namespace strowger::http {

/// What the preconditions of a GET or HEAD say: go on, 304 or 412. `etag` is a strong one, with its
/// quotes; `modified` counts by the second.
enum class Precondition : std::uint8_t { proceed, not_modified, failed };
[[nodiscard]] Precondition judge_preconditions(const Fields& fields, std::string_view etag,
                                               core::WallTime modified);

/// The part of `size` octets that a request wants. Several ranges, other units and what is not
/// understood are answered with the whole, as RFC 9110 14.2 allows; so is a part of something else
/// (If-Range).
struct RangeAnswer {
  enum class Kind : std::uint8_t { whole, part, not_satisfiable };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};
[[nodiscard]] RangeAnswer judge_range(const Fields& fields, std::string_view etag,
                                      core::WallTime modified, std::uint64_t size);

/// Whether the coding (in lower case) may be used: Accept-Encoding lists it, or '*', with a weight
/// above 0 (RFC 9110 12.5.3).
[[nodiscard]] bool accepts_coding(const Fields& fields, std::string_view coding);

}  // namespace strowger::http
