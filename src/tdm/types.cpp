#include "tdm/types.hpp"

#include "tdm/events.hpp"

namespace strowger::tdm {
namespace {

/// The name at an enumerator's place; "?" for what is no enumerator.
template <class Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : std::string_view("?");
}

}  // namespace

std::string_view to_string(TrunkType type) {
  static constexpr std::array<std::string_view, 9> names{"E1",  "T1",  "J1", "BRI", "BRI_PTMP",
                                                         "FXO", "FXS", "EM", "NONE"};
  return name_in(names, type);
}

std::string_view to_string(ChannelType type) {
  static constexpr std::array<std::string_view, 6> names{"B", "D", "FXS", "FXO", "EM", "CAS"};
  return name_in(names, type);
}

std::string_view to_string(State state) {
  static constexpr std::array<std::string_view, state_count> names{
      "down",           "collect", "ring", "dialing", "proceed",  "ringing",     "progress",
      "progress_media", "busy",    "up",   "hold",    "transfer", "terminating", "hangup"};
  return name_in(names, state);
}

std::string_view to_string(Indication indication) {
  static constexpr std::array<std::string_view, 10> names{
      "none", "proceed", "ringing", "progress", "progress_media",
      "busy", "answer",  "hold",    "unhold",   "transfer"};
  return name_in(names, indication);
}

std::string_view to_string(SignallingStatus status) {
  static constexpr std::array<std::string_view, 3> names{"down", "suspended", "up"};
  return name_in(names, status);
}

std::string_view to_string(HuntOrder order) {
  static constexpr std::array<std::string_view, 4> names{"top_down", "bottom_up", "round_robin_up",
                                                         "round_robin_down"};
  return name_in(names, order);
}

std::string_view to_string(TdmError error) {
  static constexpr std::array<std::string_view, 19> names{"none",
                                                          "no_such_span",
                                                          "no_such_channel",
                                                          "no_such_group",
                                                          "no_such_call",
                                                          "no_free_channel",
                                                          "wrong_state",
                                                          "request_pending",
                                                          "already_released",
                                                          "not_supported",
                                                          "refused_below",
                                                          "call_over",
                                                          "signalling_down",
                                                          "queue_full",
                                                          "span_stopped",
                                                          "overloaded",
                                                          "call_limit",
                                                          "wrong_thread",
                                                          "bad_argument"};
  return name_in(names, error);
}

std::string_view to_string(EventKind kind) {
  static constexpr std::array<std::string_view, 24> names{"none",
                                                          "start",
                                                          "dialing",
                                                          "proceed",
                                                          "ringing",
                                                          "progress",
                                                          "progress_media",
                                                          "up",
                                                          "collision",
                                                          "stop",
                                                          "released",
                                                          "flash",
                                                          "collected_digit",
                                                          "facility",
                                                          "held",
                                                          "retrieved",
                                                          "transfer_asked",
                                                          "indication_completed",
                                                          "transfer_completed",
                                                          "restart",
                                                          "alarm_trap",
                                                          "alarm_clear",
                                                          "signalling_status_changed",
                                                          "refused"};
  return name_in(names, kind);
}

core::BoundedString<32> Alarms::text() const {
  static constexpr std::array<std::string_view, 4> names{"red", "yellow", "blue", "loopback"};
  core::BoundedString<32> text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((bits >> i & 1U) != 0) {
      (void)(text.empty() || text.append(" "));
      (void)text.append(names[i]);
    }
  }
  if (text.empty()) {
    (void)text.assign("none");
  }
  return text;
}

}  // namespace strowger::tdm
