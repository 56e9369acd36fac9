#include "websocket/fault.hpp"

#include <array>

namespace strowger::websocket {
namespace {

struct Row {
  Fault fault;
  const char* name;
  std::uint16_t code;
  std::string_view clause;
};
constexpr std::array<Row, fault_count> rows{{
    {Fault::none, "none", 1000, "RFC 6455 7.1.4"},
    {Fault::reserved_bits, "reserved_bits", 1002, "RFC 6455 5.2"},
    {Fault::reserved_opcode, "reserved_opcode", 1002, "RFC 6455 5.2"},
    {Fault::fragmented_control, "fragmented_control", 1002, "RFC 6455 5.5"},
    {Fault::control_too_long, "control_too_long", 1002, "RFC 6455 5.5"},
    {Fault::not_masked, "not_masked", 1002, "RFC 6455 5.1"},
    {Fault::masked, "masked", 1002, "RFC 6455 5.1"},
    {Fault::length_not_minimal, "length_not_minimal", 1002, "RFC 6455 5.2"},
    {Fault::length_too_large, "length_too_large", 1002, "RFC 6455 5.2"},
    {Fault::lone_continuation, "lone_continuation", 1002, "RFC 6455 5.4"},
    {Fault::message_within_message, "message_within_message", 1002, "RFC 6455 5.4"},
    {Fault::invalid_text, "invalid_text", 1007, "RFC 6455 8.1"},
    {Fault::close_payload_of_one, "close_payload_of_one", 1002, "RFC 6455 5.5.1"},
    {Fault::bad_close_code, "bad_close_code", 1002, "RFC 6455 7.4"},
    {Fault::frame_too_big, "frame_too_big", 1009, "RFC 6455 10.4"},
    {Fault::message_too_big, "message_too_big", 1009, "RFC 6455 10.4"},
    {Fault::bad_deflate, "bad_deflate", 1007, "RFC 7692 7.2.2"},
    {Fault::pongs_not_read, "pongs_not_read", 1008, "RFC 6455 5.5.3"},
    {Fault::no_pong, "no_pong", 1006, "RFC 6455 5.5.2"},
    {Fault::not_reading, "not_reading", 1006, "RFC 6455 7.2.1"},
    {Fault::no_close, "no_close", 1006, "RFC 6455 7.1.1"},
    {Fault::lost, "lost", 1006, "RFC 6455 7.1.5"},
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
std::uint16_t close_code_of(Fault fault) {
  return rows[static_cast<std::size_t>(fault)].code;
}

}  // namespace strowger::websocket
