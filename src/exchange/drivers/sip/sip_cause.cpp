#include "exchange/drivers/sip/sip_cause.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace strowger::exchange::drivers {
namespace {

/// RFC 3398 clause 8.2.6.1, with what chan_sip adds for the statuses that it leaves out.
constexpr std::array<std::pair<std::uint16_t, Cause>, 36> causes{{
    {400, Cause::temporary_failure},
    {401, Cause::call_rejected},
    {402, Cause::call_rejected},
    {403, Cause::call_rejected},
    {404, Cause::unallocated_number},
    {405, Cause::interworking},
    {406, Cause::not_implemented},
    {407, Cause::call_rejected},
    {408, Cause::no_user_responding},
    {409, Cause::temporary_failure},
    {410, Cause::number_changed},
    {413, Cause::interworking},
    {414, Cause::interworking},
    {415, Cause::not_implemented},
    {416, Cause::interworking},
    {420, Cause::interworking},
    {421, Cause::interworking},
    {423, Cause::interworking},
    {480, Cause::no_user_responding},
    {481, Cause::temporary_failure},
    {482, Cause::interworking},
    {483, Cause::interworking},
    {484, Cause::invalid_number_format},
    {485, Cause::unallocated_number},
    {486, Cause::user_busy},
    {487, Cause::normal_clearing},
    {488, Cause::incompatible_destination},
    {491, Cause::temporary_failure},
    {500, Cause::temporary_failure},
    {501, Cause::not_implemented},
    {502, Cause::network_out_of_order},
    {503, Cause::congestion},
    {504, Cause::recovery_on_timer_expiry},
    {600, Cause::user_busy},
    {603, Cause::call_rejected},
    {606, Cause::incompatible_destination},
}};

/// RFC 3398 clause 7.2.4.1.
constexpr std::array<std::pair<Cause, std::uint16_t>, 20> statuses{{
    {Cause::unallocated_number, 404},
    {Cause::no_route, 404},
    {Cause::user_busy, 486},
    {Cause::no_user_responding, 480},
    {Cause::no_answer, 480},
    {Cause::subscriber_absent, 480},
    {Cause::call_rejected, 603},
    {Cause::number_changed, 410},
    {Cause::destination_out_of_order, 502},
    {Cause::invalid_number_format, 484},
    {Cause::facility_rejected, 501},
    {Cause::normal_unspecified, 480},
    {Cause::no_circuit, 503},
    {Cause::network_out_of_order, 503},
    {Cause::temporary_failure, 503},
    {Cause::congestion, 503},
    {Cause::bearer_not_available, 488},
    {Cause::not_implemented, 501},
    {Cause::incompatible_destination, 488},
    {Cause::recovery_on_timer_expiry, 504},
}};

}  // namespace

Cause cause_of_status(std::uint16_t status, std::uint8_t q850) {
  if (q850 != 0) {
    return static_cast<Cause>(q850);
  }
  if (status == 0 || (status >= 200 && status < 300)) {
    return Cause::normal_clearing;
  }
  const auto* found = std::find_if(causes.begin(), causes.end(),
                                   [&](const auto& row) { return row.first == status; });
  return found != causes.end() ? found->second : Cause::interworking;
}

std::uint16_t status_of_cause(Cause cause) {
  const auto* found = std::find_if(statuses.begin(), statuses.end(),
                                   [&](const auto& row) { return row.first == cause; });
  return found != statuses.end() ? found->second : std::uint16_t{603};
}

}  // namespace strowger::exchange::drivers
