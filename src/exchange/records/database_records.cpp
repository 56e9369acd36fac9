#include "exchange/records/database_records.hpp"

#include "database/database.hpp"

namespace strowger::exchange::records {
namespace {

database::CallLegRow to_row(const RecordedLeg& leg) {
  database::CallLegRow row;
  row.cause = static_cast<std::int64_t>(leg.cause);
  row.call_id = leg.protocol_call_id;
  row.address = leg.remote_address;
  row.user_agent = leg.user_agent;
  row.packets_sent = static_cast<std::int64_t>(leg.quality.packets_sent);
  row.packets_received = static_cast<std::int64_t>(leg.quality.packets_received);
  row.packets_lost = static_cast<std::int64_t>(leg.quality.packets_lost);
  row.jitter_ms = leg.quality.jitter_ms;
  row.round_trip_ms = leg.quality.round_trip_ms;
  row.mos = leg.quality.mos;
  return row;
}

}  // namespace

database::CallRow to_row(const CallRecord& record) {
  database::CallRow row;
  row.start = rfc3339(record.start);
  row.answer = record.answer ? std::optional(rfc3339(*record.answer)) : std::nullopt;
  row.end = rfc3339(record.end);
  row.src = record.source;
  row.dst = record.destination;
  row.dcontext = record.destination_context;
  row.clid = record.caller_id;
  row.channel = record.caller.channel;
  row.dstchannel = record.callee.channel;
  row.lastapp = record.last_application;
  row.lastdata = record.last_data;
  row.duration = record.duration_seconds();
  row.billsec = record.billable_seconds();
  row.disposition = to_string(record.disposition);
  row.amaflags = record.ama_flags;
  row.accountcode = record.account_code;
  row.peeraccount = record.peer_account;
  row.userfield = record.user_field;
  row.uniqueid = record.unique_id;
  row.linkedid = record.linked_id;
  row.sequence = record.sequence;
  row.cause = static_cast<std::int64_t>(record.cause);
  row.ended_by = record.ended_by_caller ? "caller" : "callee";
  row.caller = to_row(record.caller);
  row.callee = to_row(record.callee);
  return row;
}

void DatabaseRecords::write(const CallRecord& record) {
  (void)database_.append(to_row(record));
}

}  // namespace strowger::exchange::records
