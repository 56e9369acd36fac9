#include "sip/parse_error.hpp"

#include <array>

namespace strowger::sip {
namespace {

struct Row {
  ParseCode code;
  const char* name;
  std::string_view clause;
};
constexpr std::array<Row, parse_code_count> rows{{
    {ParseCode::empty, "empty", "RFC 5626 3.5.1"},
    {ParseCode::truncated, "truncated", "RFC 3261 7"},
    {ParseCode::not_sip, "not_sip", "RFC 3261 7.1"},
    {ParseCode::too_long, "too_long", "RFC 3261 18.1.1"},
    {ParseCode::too_many_headers, "too_many_headers", "RFC 3261 26.3.2.4"},
    {ParseCode::control_character, "control_character", "RFC 3261 25.1"},
    {ParseCode::bad_status, "bad_status", "RFC 3261 7.2"},
    {ParseCode::bad_version, "bad_version", "RFC 3261 21.5.6"},
    {ParseCode::bad_start_line, "bad_start_line", "RFC 3261 7.1"},
    {ParseCode::bad_method, "bad_method", "RFC 3261 7.1"},
    {ParseCode::bad_request_uri, "bad_request_uri", "RFC 3261 19.1.1"},
    {ParseCode::unsupported_scheme, "unsupported_scheme", "RFC 3261 8.2.2.1"},
    {ParseCode::bad_header_line, "bad_header_line", "RFC 3261 7.3.1"},
    {ParseCode::bad_header_value, "bad_header_value", "RFC 3261 25.1"},
    {ParseCode::missing_header, "missing_header", "RFC 3261 8.1.1"},
    {ParseCode::repeated_header, "repeated_header", "RFC 3261 7.3.1"},
    {ParseCode::method_mismatch, "method_mismatch", "RFC 3261 8.1.1.5"},
    {ParseCode::body_short, "body_short", "RFC 3261 18.3"},
    {ParseCode::content_length_missing, "content_length_missing", "RFC 3261 18.3"},
    {ParseCode::body_too_long, "body_too_long", "RFC 3261 21.5.7"},
    {ParseCode::several_vias, "several_vias", "RFC 3261 8.1.3.3"},
}};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].code) != i) {
      return false;
    }
  }
  return true;
}
static_assert(rows_stand_in_order());

}  // namespace

const char* to_string(ParseCode code) {
  return rows[static_cast<std::size_t>(code)].name;
}
std::string_view clause_of(ParseCode code) {
  return rows[static_cast<std::size_t>(code)].clause;
}

}  // namespace strowger::sip
