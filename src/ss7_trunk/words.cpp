#include "ss7_trunk/words.hpp"

#include <array>

namespace strowger::ss7_trunk {

std::string_view words_for(ss7::mtp2::FailureReason reason) {
  constexpr std::array<std::string_view, ss7::mtp2::failure_reasons> words{
      "none",
      "the far end is out of service (SIOS)",
      "the far end begins to align (SIO)",
      "the far end aligns (SIN)",
      "the far end aligns in a hurry (SIE)",
      "abnormal BSN",
      "abnormal FIB",
      "acknowledgement late (T7)",
      "congestion too long (T6)",
      "error rate (SUERM)",
      "alignment not possible",
      "the far end did not follow (T1)"};
  return words[static_cast<std::size_t>(reason)];
}

std::string_view words_for(ss7::mtp2::Action::Kind kind) {
  constexpr std::array<std::string_view, 8> words{"in service",
                                                  "out of service",
                                                  "held: the far end's processor is out",
                                                  "held: the far end's processor is back",
                                                  "message",
                                                  "BSNT",
                                                  "retrieved message",
                                                  "retrieval complete"};
  return words[static_cast<std::size_t>(kind)];
}

}  // namespace strowger::ss7_trunk
