#include <array>

#include "sip/transaction.hpp"
#include "sip/transaction_layer.hpp"

namespace strowger::sip {
namespace {

using S = TransactionState;
using E = TransactionEvent;
using Step = TransactionStep;

// The acts. Each does what the arrow of the figure is labelled with.
void up(Step& s) {
  s.up = Step::Up::message;
}
void up_timeout(Step& s) {
  s.up = Step::Up::timeout;
}
void up_transport_error(Step& s) {
  s.up = Step::Up::transport_error;
}
void resend(Step& s) {
  s.layer.resend(s.transaction);
}
void send(Step& s) {
  s.layer.send(s.transaction, s.octets);
}

void begin_invite(Step& s) {
  s.layer.resend(s.transaction);
  s.layer.start_retransmission(s.transaction);
  s.layer.start_limit(s.transaction, E::timer_b);
}
void repeat_doubled(Step& s) {
  s.layer.resend(s.transaction);
  s.layer.continue_retransmission(s.transaction, TransactionLayer::Growth::doubled);
}
void proceed(Step& s) {
  s.layer.stop_timers(s.transaction);
  up(s);
}
void accept(Step& s) {
  s.layer.stop_timers(s.transaction);
  s.layer.start_limit(s.transaction, E::timer_m);
  up(s);
}
void repeat_accepted(Step& s) {
  if (!s.layer.repeat_ack_of_success(s.transaction)) {
    up(s);
  }
}
void complete_invite(Step& s) {
  s.layer.stop_timers(s.transaction);
  s.layer.acknowledge_failure(s.transaction);
  s.layer.start_limit(s.transaction, E::timer_d);
  up(s);
}
void repeat_ack(Step& s) {
  s.layer.resend_ack(s.transaction);
}

void begin_request(Step& s) {
  s.layer.resend(s.transaction);
  s.layer.start_retransmission(s.transaction);
  s.layer.start_limit(s.transaction, E::timer_f);
}
void repeat_capped(Step& s) {
  s.layer.resend(s.transaction);
  s.layer.continue_retransmission(s.transaction, TransactionLayer::Growth::doubled_to_t2);
}
void repeat_at_t2(Step& s) {
  s.layer.resend(s.transaction);
  s.layer.continue_retransmission(s.transaction, TransactionLayer::Growth::t2);
}
void complete_request(Step& s) {
  s.layer.stop_timers(s.transaction);
  s.layer.start_limit(s.transaction, E::timer_k);
  up(s);
}

void send_accepted(Step& s) {
  send(s);
  s.layer.start_limit(s.transaction, E::timer_l);
}
void send_failure(Step& s) {
  send(s);
  s.layer.start_retransmission(s.transaction);
  s.layer.start_limit(s.transaction, E::timer_h);
}
void confirm(Step& s) {
  s.layer.stop_timers(s.transaction);
  s.layer.start_limit(s.transaction, E::timer_i);
}
void send_final(Step& s) {
  send(s);
  s.layer.start_limit(s.transaction, E::timer_j);
}

constexpr std::array invite_client_rows{
    TransactionRow{S::idle, E::start, nullptr, S::calling, begin_invite, "RFC 3261 17.1.1.2"},
    TransactionRow{S::calling, E::timer_a, nullptr, S::calling, repeat_doubled,
                   "RFC 3261 17.1.1.2"},
    TransactionRow{S::calling, E::timer_b, nullptr, S::terminated, up_timeout, "RFC 3261 17.1.1.2"},
    TransactionRow{S::calling, E::transport_error, nullptr, S::terminated, up_transport_error,
                   "RFC 3261 17.1.1.2"},
    TransactionRow{S::calling, E::provisional, nullptr, S::proceeding, proceed,
                   "RFC 3261 17.1.1.2"},
    TransactionRow{S::calling, E::success, nullptr, S::accepted, accept, "RFC 6026 7.2"},
    TransactionRow{S::calling, E::failure, nullptr, S::completed, complete_invite,
                   "RFC 3261 17.1.1.2"},
    TransactionRow{S::proceeding, E::provisional, nullptr, S::proceeding, up, "RFC 3261 17.1.1.2"},
    TransactionRow{S::proceeding, E::success, nullptr, S::accepted, accept, "RFC 6026 7.2"},
    TransactionRow{S::proceeding, E::failure, nullptr, S::completed, complete_invite,
                   "RFC 3261 17.1.1.2"},
    TransactionRow{S::proceeding, E::timer_b, nullptr, S::terminated, up_timeout, "RFC 3261 9.1"},
    TransactionRow{S::proceeding, E::transport_error, nullptr, S::terminated, up_transport_error,
                   "RFC 3261 8.1.3.1"},
    TransactionRow{S::completed, E::failure, nullptr, S::completed, repeat_ack,
                   "RFC 3261 17.1.1.2"},
    TransactionRow{S::completed, E::transport_error, nullptr, S::terminated, nullptr,
                   "RFC 3261 17.1.1.2"},
    TransactionRow{S::completed, E::timer_d, nullptr, S::terminated, nullptr, "RFC 3261 17.1.1.2"},
    TransactionRow{S::accepted, E::success, nullptr, S::accepted, repeat_accepted, "RFC 6026 7.2"},
    TransactionRow{S::accepted, E::timer_m, nullptr, S::terminated, nullptr, "RFC 6026 7.2"},
};

constexpr std::array client_rows{
    TransactionRow{S::idle, E::start, nullptr, S::trying, begin_request, "RFC 3261 17.1.2.2"},
    TransactionRow{S::trying, E::timer_e, nullptr, S::trying, repeat_capped, "RFC 3261 17.1.2.2"},
    TransactionRow{S::trying, E::timer_f, nullptr, S::terminated, up_timeout, "RFC 3261 17.1.2.2"},
    TransactionRow{S::trying, E::transport_error, nullptr, S::terminated, up_transport_error,
                   "RFC 3261 17.1.2.2"},
    TransactionRow{S::trying, E::provisional, nullptr, S::proceeding, up, "RFC 3261 17.1.2.2"},
    TransactionRow{S::trying, E::final, nullptr, S::completed, complete_request,
                   "RFC 3261 17.1.2.2"},
    TransactionRow{S::proceeding, E::timer_e, nullptr, S::proceeding, repeat_at_t2,
                   "RFC 3261 17.1.2.2"},
    TransactionRow{S::proceeding, E::timer_f, nullptr, S::terminated, up_timeout,
                   "RFC 3261 17.1.2.2"},
    TransactionRow{S::proceeding, E::transport_error, nullptr, S::terminated, up_transport_error,
                   "RFC 3261 17.1.2.2"},
    TransactionRow{S::proceeding, E::provisional, nullptr, S::proceeding, up, "RFC 3261 17.1.2.2"},
    TransactionRow{S::proceeding, E::final, nullptr, S::completed, complete_request,
                   "RFC 3261 17.1.2.2"},
    TransactionRow{S::completed, E::final, nullptr, S::completed, nullptr, "RFC 3261 17.1.2.2"},
    TransactionRow{S::completed, E::timer_k, nullptr, S::terminated, nullptr, "RFC 3261 17.1.2.2"},
};

constexpr std::array invite_server_rows{
    TransactionRow{S::idle, E::start, nullptr, S::proceeding, up, "RFC 3261 17.2.1"},
    TransactionRow{S::proceeding, E::request, nullptr, S::proceeding, resend, "RFC 3261 17.2.1"},
    TransactionRow{S::proceeding, E::send_provisional, nullptr, S::proceeding, send,
                   "RFC 3261 17.2.1"},
    TransactionRow{S::proceeding, E::send_success, nullptr, S::accepted, send_accepted,
                   "RFC 6026 7.1"},
    TransactionRow{S::proceeding, E::send_failure, nullptr, S::completed, send_failure,
                   "RFC 3261 17.2.1"},
    TransactionRow{S::proceeding, E::transport_error, nullptr, S::proceeding, up_transport_error,
                   "RFC 6026 8.8"},
    TransactionRow{S::completed, E::request, nullptr, S::completed, resend, "RFC 3261 17.2.1"},
    TransactionRow{S::completed, E::timer_g, nullptr, S::completed, repeat_capped,
                   "RFC 3261 17.2.1"},
    TransactionRow{S::completed, E::ack, nullptr, S::confirmed, confirm, "RFC 3261 17.2.1"},
    TransactionRow{S::completed, E::timer_h, nullptr, S::terminated, up_timeout, "RFC 3261 17.2.1"},
    TransactionRow{S::completed, E::transport_error, nullptr, S::completed, up_transport_error,
                   "RFC 6026 8.8"},
    TransactionRow{S::confirmed, E::ack, nullptr, S::confirmed, nullptr, "RFC 3261 17.2.1"},
    TransactionRow{S::confirmed, E::timer_i, nullptr, S::terminated, nullptr, "RFC 3261 17.2.1"},
    TransactionRow{S::accepted, E::request, nullptr, S::accepted, nullptr, "RFC 6026 7.1"},
    TransactionRow{S::accepted, E::ack, nullptr, S::accepted, up, "RFC 6026 7.1"},
    TransactionRow{S::accepted, E::send_success, nullptr, S::accepted, send, "RFC 6026 7.1"},
    TransactionRow{S::accepted, E::transport_error, nullptr, S::accepted, up_transport_error,
                   "RFC 6026 8.8"},
    TransactionRow{S::accepted, E::timer_l, nullptr, S::terminated, nullptr, "RFC 6026 7.1"},
};

constexpr std::array server_rows{
    TransactionRow{S::idle, E::start, nullptr, S::trying, up, "RFC 3261 17.2.2"},
    TransactionRow{S::trying, E::request, nullptr, S::trying, nullptr, "RFC 3261 17.2.2"},
    TransactionRow{S::trying, E::send_provisional, nullptr, S::proceeding, send, "RFC 3261 17.2.2"},
    TransactionRow{S::trying, E::send_final, nullptr, S::completed, send_final, "RFC 3261 17.2.2"},
    TransactionRow{S::proceeding, E::request, nullptr, S::proceeding, resend, "RFC 3261 17.2.2"},
    TransactionRow{S::proceeding, E::send_provisional, nullptr, S::proceeding, send,
                   "RFC 3261 17.2.2"},
    TransactionRow{S::proceeding, E::send_final, nullptr, S::completed, send_final,
                   "RFC 3261 17.2.2"},
    TransactionRow{S::proceeding, E::transport_error, nullptr, S::terminated, up_transport_error,
                   "RFC 3261 17.2.2"},
    TransactionRow{S::completed, E::request, nullptr, S::completed, resend, "RFC 3261 17.2.2"},
    TransactionRow{S::completed, E::transport_error, nullptr, S::terminated, up_transport_error,
                   "RFC 3261 17.2.2"},
    TransactionRow{S::completed, E::timer_j, nullptr, S::terminated, nullptr, "RFC 3261 17.2.2"},
};

}  // namespace

TransactionTable transaction_table(TransactionKind kind) {
  switch (kind) {
    case TransactionKind::invite_client:
      return invite_client_rows;
    case TransactionKind::client:
      return client_rows;
    case TransactionKind::invite_server:
      return invite_server_rows;
    case TransactionKind::server:
      return server_rows;
  }
  return {};
}

std::string_view to_string(TransactionKind kind) {
  constexpr std::array<std::string_view, 4> names{"INVITE client", "client", "INVITE server",
                                                  "server"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(TransactionState state) {
  constexpr std::array<std::string_view, 8> names{"Idle",       "Calling",   "Trying",
                                                  "Proceeding", "Completed", "Confirmed",
                                                  "Accepted",   "Terminated"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view to_string(TransactionEvent event) {
  constexpr std::array<std::string_view, 24> names{
      "start",   "request",  "ACK",      "1xx",          "2xx",          "300-699",
      "200-699", "send 1xx", "send 2xx", "send 300-699", "send 200-699", "timer A",
      "timer B", "timer D",  "timer E",  "timer F",      "timer G",      "timer H",
      "timer I", "timer J",  "timer K",  "timer L",      "timer M",      "transport error"};
  return names[static_cast<std::size_t>(event)];
}

}  // namespace strowger::sip
