// Between SIP's status codes and Q.850's cause values: RFC 3398 clauses 7.2.4.1 and 8.2.6.1.
#pragma once

#include <cstdint>

#include "exchange/cause.hpp"

namespace strowger::exchange::drivers {

/// The cause of an attempt that ended with a final response. `q850` is what its Reason header said,
/// 0 where there was none: it wins.
[[nodiscard]] Cause cause_of_status(std::uint16_t status, std::uint8_t q850);

/// The final response that refuses an INVITE for a cause; 603 where the table has none nearer.
[[nodiscard]] std::uint16_t status_of_cause(Cause cause);

}  // namespace strowger::exchange::drivers
