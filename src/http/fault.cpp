#include "http/fault.hpp"

#include <array>

namespace strowger::http {
namespace {

struct Row {
  Fault fault;
  const char* name;
  int status;
  std::string_view clause;
};
constexpr std::array<Row, fault_count> rows{{
    {Fault::bare_line_feed, "bare_line_feed", 400, "RFC 9112 2.2"},
    {Fault::bare_carriage_return, "bare_carriage_return", 400, "RFC 9112 2.2"},
    {Fault::control_character, "control_character", 400, "RFC 9110 5.5"},
    {Fault::head_too_long, "head_too_long", 431, "RFC 6585 5"},
    {Fault::too_many_fields, "too_many_fields", 431, "RFC 6585 5"},
    {Fault::target_too_long, "target_too_long", 414, "RFC 9110 15.5.15"},
    {Fault::bad_request_line, "bad_request_line", 400, "RFC 9112 3"},
    {Fault::bad_method, "bad_method", 400, "RFC 9112 3.1"},
    {Fault::bad_target, "bad_target", 400, "RFC 9112 3.2"},
    {Fault::bad_version, "bad_version", 400, "RFC 9112 2.3"},
    {Fault::version_not_supported, "version_not_supported", 505, "RFC 9110 15.6.6"},
    {Fault::bad_status_line, "bad_status_line", 400, "RFC 9112 4"},
    {Fault::obsolete_fold, "obsolete_fold", 400, "RFC 9112 5.2"},
    {Fault::space_before_colon, "space_before_colon", 400, "RFC 9112 5.1"},
    {Fault::bad_field_name, "bad_field_name", 400, "RFC 9110 5.1"},
    {Fault::bad_field_value, "bad_field_value", 400, "RFC 9110 5.5"},
    {Fault::missing_host, "missing_host", 400, "RFC 9112 3.2"},
    {Fault::several_hosts, "several_hosts", 400, "RFC 9112 3.2"},
    {Fault::bad_host, "bad_host", 400, "RFC 9110 7.2"},
    {Fault::bad_length, "bad_length", 400, "RFC 9110 8.6"},
    {Fault::several_lengths, "several_lengths", 400, "RFC 9112 6.3"},
    {Fault::length_and_coding, "length_and_coding", 400, "RFC 9112 6.3"},
    {Fault::coding_in_http_1_0, "coding_in_http_1_0", 400, "RFC 9112 6.1"},
    {Fault::unknown_coding, "unknown_coding", 501, "RFC 9112 6.1"},
    {Fault::bad_chunk, "bad_chunk", 400, "RFC 9112 7.1"},
    {Fault::chunk_head_too_long, "chunk_head_too_long", 400, "RFC 9112 7.1.1"},
    {Fault::trailer_too_long, "trailer_too_long", 431, "RFC 9112 7.1.2"},
    {Fault::body_too_long, "body_too_long", 413, "RFC 9110 15.5.14"},
}};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<std::size_t>(rows[i].fault) != i) {
      return false;
    }
  }
  return true;
}
static_assert(rows_stand_in_order());

}  // namespace

const char* to_string(Fault fault) {
  return rows[static_cast<std::size_t>(fault)].name;
}
std::string_view clause_of(Fault fault) {
  return rows[static_cast<std::size_t>(fault)].clause;
}
int status_of(Fault fault) {
  return rows[static_cast<std::size_t>(fault)].status;
}

}  // namespace strowger::http
