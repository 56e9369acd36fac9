// What the boxes of one link share: settings, timers, counters, and the call at hand. Only
// ss7/mtp2/link.hpp uses it. Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "core/actions.hpp"
#include "core/time.hpp"
#include "ss7/mtp2/aerm.hpp"
#include "ss7/mtp2/config.hpp"
#include "ss7/mtp2/congestion_control.hpp"
#include "ss7/mtp2/counters.hpp"
#include "ss7/mtp2/eim.hpp"
#include "ss7/mtp2/initial_alignment_control.hpp"
#include "ss7/mtp2/interface.hpp"
#include "ss7/mtp2/link_state_control.hpp"
#include "ss7/mtp2/processor_outage_control.hpp"
#include "ss7/mtp2/reception_control.hpp"
#include "ss7/mtp2/signal_unit.hpp"
#include "ss7/mtp2/suerm.hpp"
#include "ss7/mtp2/timers.hpp"
#include "ss7/mtp2/transmission_control.hpp"

namespace strowger::ss7::mtp2 {

/// How long something has lasted, in all.
class Stopwatch {
 public:
  void set(bool running, core::Time now) {
    if (running != running_) {
      total_ = total(now);
      running_ = running;
      since_ = now;
      begun_ += running ? 1U : 0U;
    }
  }
  [[nodiscard]] core::Duration total(core::Time now) const {
    return running_ ? total_ + (now - since_) : total_;
  }
  [[nodiscard]] std::uint64_t begun() const { return begun_; }

 private:
  bool running_ = false;
  core::Time since_{};
  core::Duration total_{};
  std::uint64_t begun_ = 0;
};

struct LinkCore {
  LinkCore(const Config& settings, std::span<MessageSlot> room);

  void start(Timer timer, core::Duration after) { timers.start(timer, now + after); }
  /// Tells level 3. There is room: the link has seen to it before the step began.
  void indicate(const Action& action) { actions->push(action); }
  void count_failure(FailureReason reason);
  /// Of the signal unit error rate, or of errored intervals: whichever the link has.
  void start_error_monitor();
  void stop_error_monitor();
  [[nodiscard]] std::size_t disabled_row(Box box) const {
    return disabled_rows[static_cast<std::size_t>(box)];
  }

  Config config;
  Format format;
  std::array<std::size_t, box_count> disabled_rows;
  RunningTimers timers;
  Counters counters;
  Stopwatch in_service_time;
  Stopwatch local_outage_time;
  Stopwatch remote_outage_time;
  // Of the call at hand. `actions` is null while a unit is transmitted, which tells nobody
  // anything.
  core::Time now;
  core::Actions<Action>* actions = nullptr;

  LinkStateControl lsc;
  InitialAlignmentControl iac;
  ProcessorOutageControl poc;
  TransmissionControl txc;
  ReceptionControl rc;
  CongestionControl cc;
  Aerm aerm;
  Suerm suerm;
  Eim eim;
};

}  // namespace strowger::ss7::mtp2
