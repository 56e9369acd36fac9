#include "ss7/mtp2/link_core.hpp"

#include <algorithm>

namespace strowger::ss7::mtp2 {

LinkCore::LinkCore(const Config& settings, std::span<MessageSlot> room)
    : config(settings),
      format{settings.numbers},
      timers(settings.disabled ? settings.disabled->timer : std::nullopt),
      txc(room) {
  config.n1 = std::clamp<std::uint16_t>(config.n1, 1, format.mask());
  disabled_rows.fill(core::no_row);
  if (settings.disabled && !settings.disabled->timer) {
    disabled_rows[static_cast<std::size_t>(settings.disabled->box)] = settings.disabled->row;
  }
}

void LinkCore::count_failure(FailureReason reason) {
  ++counters.failures;
  switch (reason) {
    case FailureReason::abnormal_bsn:
    case FailureReason::abnormal_fib:
      ++counters.failures_abnormal;
      break;
    case FailureReason::acknowledgement_late:
      ++counters.failures_late;
      break;
    case FailureReason::error_rate:
      ++counters.failures_error_rate;
      break;
    case FailureReason::congestion_too_long:
      ++counters.failures_congestion;
      break;
    case FailureReason::alignment_not_possible:
    case FailureReason::not_aligned_ready:
      ++counters.failures_alignment;
      break;
    case FailureReason::none:
    case FailureReason::received_sios:
    case FailureReason::received_sio:
    case FailureReason::received_sin:
    case FailureReason::received_sie:
      break;
  }
}

void LinkCore::start_error_monitor() {
  if (config.errored_intervals) {
    eim.signal(*this, EimEvent::start);
  } else {
    suerm.signal(*this, SuermEvent::start);
  }
}

void LinkCore::stop_error_monitor() {
  eim.signal(*this, EimEvent::stop);
  suerm.signal(*this, SuermEvent::stop);
}

}  // namespace strowger::ss7::mtp2
