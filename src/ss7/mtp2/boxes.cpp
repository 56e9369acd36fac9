#include <array>

#include "ss7/mtp2/link_core.hpp"

namespace strowger::ss7::mtp2 {

std::string_view to_string(Box box) {
  constexpr std::array<std::string_view, box_count> names{"Link state control",
                                                          "Initial alignment control",
                                                          "Processor outage control",
                                                          "Transmission control",
                                                          "Reception control",
                                                          "Congestion control",
                                                          "Alignment error rate monitor",
                                                          "Signal unit error rate monitor",
                                                          "Errored interval monitor"};
  return names[static_cast<std::size_t>(box)];
}

std::string_view to_string(Timer timer) {
  constexpr std::array<std::string_view, timer_count> names{"T1", "T2", "T3", "T4",
                                                            "T5", "T6", "T7", "T8"};
  return names[static_cast<std::size_t>(timer)];
}

std::size_t row_count(Box box) {
  switch (box) {
    case Box::link_state_control:
      return LinkStateControl::row_count();
    case Box::initial_alignment_control:
      return InitialAlignmentControl::row_count();
    case Box::processor_outage_control:
      return ProcessorOutageControl::row_count();
    case Box::transmission_control:
      return TransmissionControl::row_count();
    case Box::reception_control:
      return ReceptionControl::row_count();
    case Box::congestion_control:
      return CongestionControl::row_count();
    case Box::aerm:
      return Aerm::row_count();
    case Box::suerm:
      return Suerm::row_count();
    case Box::eim:
      return Eim::row_count();
  }
  return 0;
}

RowText row_text(Box box, std::size_t row) {
  switch (box) {
    case Box::link_state_control:
      return LinkStateControl::row_text(row);
    case Box::initial_alignment_control:
      return InitialAlignmentControl::row_text(row);
    case Box::processor_outage_control:
      return ProcessorOutageControl::row_text(row);
    case Box::transmission_control:
      return TransmissionControl::row_text(row);
    case Box::reception_control:
      return ReceptionControl::row_text(row);
    case Box::congestion_control:
      return CongestionControl::row_text(row);
    case Box::aerm:
      return Aerm::row_text(row);
    case Box::suerm:
      return Suerm::row_text(row);
    case Box::eim:
      return Eim::row_text(row);
  }
  return {};
}

}  // namespace strowger::ss7::mtp2
