#include "http/conditional.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "http/date.hpp"
#include "http/parse.hpp"

namespace strowger::http {
namespace {

/// Whether the list of a field names the tag. `weak`: W/"x" counts as "x" (RFC 9110 8.8.3.2).
bool names_tag(const Fields& fields, std::string_view field, std::string_view etag, bool weak) {
  for (const Field& one : fields) {
    if (!base::same_word(one.name, field)) {
      continue;
    }
    ListReader list(one.value);
    while (auto member = list.next()) {
      if (*member == "*") {
        return true;
      }
      if (weak && member->starts_with("W/")) {
        member->remove_prefix(2);
      }
      if (*member == etag) {
        return true;
      }
    }
  }
  return false;
}

std::optional<bool> modified_since(const Fields& fields, std::string_view field,
                                   core::WallTime modified) {
  const auto value = fields.find(field);
  const auto date = value ? parse_date(*value) : std::nullopt;
  return date ? std::optional(modified.seconds() > date->seconds()) : std::nullopt;
}

/// A weight of zero: "0", "0." and up to three more zeros.
bool is_zero(std::string_view weight) {
  return !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

Precondition judge_preconditions(const Fields& fields, std::string_view etag,
                                 core::WallTime modified) {
  // The order of RFC 9110 13.2.2.
  if (fields.find("if-match")) {
    if (!names_tag(fields, "if-match", etag, false)) {
      return Precondition::failed;
    }
  } else if (modified_since(fields, "if-unmodified-since", modified).value_or(false)) {
    return Precondition::failed;
  }
  if (fields.find("if-none-match")) {
    return names_tag(fields, "if-none-match", etag, true) ? Precondition::not_modified
                                                          : Precondition::proceed;
  }
  return modified_since(fields, "if-modified-since", modified).value_or(true)
             ? Precondition::proceed
             : Precondition::not_modified;
}

RangeAnswer judge_range(const Fields& fields, std::string_view etag, core::WallTime modified,
                        std::uint64_t size) {
  const RangeAnswer whole{RangeAnswer::Kind::whole, 0, size};
  const auto range = fields.find("range");
  if (!range || fields.count("range") > 1 || !base::same_word(range->substr(0, 6), "bytes=")) {
    return whole;
  }
  if (const auto condition = fields.find("if-range")) {
    const auto date = parse_date(*condition);
    if (*condition != etag && !(date && date->seconds() == modified.seconds())) {
      return whole;
    }
  }
  const std::string_view spec = without_blanks(range->substr(6));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos) {
    return whole;
  }
  const std::string_view first_text = spec.substr(0, dash);
  const std::string_view last_text = spec.substr(dash + 1);
  const auto first = decimal(first_text);
  const auto last = decimal(last_text);
  if ((!first && !first_text.empty()) || (!last && !last_text.empty()) || (!first && !last) ||
      (first && last && *last < *first)) {
    return whole;
  }
  if (!first) {
    const std::uint64_t length = std::min(*last, size);
    return length == 0 ? RangeAnswer{RangeAnswer::Kind::not_satisfiable, 0, 0}
                       : RangeAnswer{RangeAnswer::Kind::part, size - length, length};
  }
  if (*first >= size) {
    return {RangeAnswer::Kind::not_satisfiable, 0, 0};
  }
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {RangeAnswer::Kind::part, *first, end - *first + 1};
}

bool accepts_coding(const Fields& fields, std::string_view coding) {
  std::optional<bool> named;
  bool any = false;
  for (const Field& field : fields) {
    if (!base::same_word(field.name, "accept-encoding")) {
      continue;
    }
    ListReader list(field.value);
    while (const auto member = list.next()) {
      std::string_view weight;
      const std::string_view name = without_blanks(split_unquoted(*member, ';', weight));
      weight = without_blanks(weight);
      const bool wanted = !(weight.starts_with("q=") && is_zero(weight.substr(2)));
      if (base::same_word(name, coding)) {
        named = wanted;
      }
      any = any || (name == "*" && wanted);
    }
  }
  return named.value_or(any);
}

}  // namespace strowger::http
