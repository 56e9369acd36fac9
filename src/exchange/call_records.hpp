// A call's records: one for each leg it dialled, or one of the caller alone where it dialled none.
#pragma once

#include <cstdint>
#include <string>

#include "exchange/leg.hpp"
#include "exchange/records/record.hpp"

namespace strowger::exchange {

class Call;

/// What is known once the callee's leg is over; null: no leg was dialled.
[[nodiscard]] records::CallRecord begin_record(const Call& call, const Leg* callee,
                                               std::uint32_t sequence);
/// Adds what is settled only when the record is written: the caller's end and quality, and what the
/// dialplan set by CDR().
void complete_record(Call& call, records::CallRecord& record);

/// `"Alice" <101>`, or the part that is known; empty where nothing is.
[[nodiscard]] std::string caller_id_text(const std::string& name, const std::string& number);

/// How an attempt without answer is recorded.
[[nodiscard]] records::Disposition disposition_of(Cause cause);

}  // namespace strowger::exchange
