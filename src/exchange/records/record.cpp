#include "exchange/records/record.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "exchange/dialplan/time_zone.hpp"

namespace strowger::exchange::records {
namespace {

using Json = nlohmann::ordered_json;

Json quality_json(const media::Quality& quality) {
  return {
      {"packets_sent", quality.packets_sent},       {"packets_received", quality.packets_received},
      {"packets_lost", quality.packets_lost},       {"packets_late", quality.packets_late},
      {"packets_strange", quality.packets_strange}, {"jitter_ms", quality.jitter_ms},
      {"round_trip_ms", quality.round_trip_ms},     {"mos", quality.mos}};
}

Json leg_json(const RecordedLeg& leg) {
  return {{"channel", leg.channel},
          {"uniqueid", leg.unique_id},
          {"call_id", leg.protocol_call_id},
          {"address", leg.remote_address},
          {"user_agent", leg.user_agent},
          {"cause", static_cast<int>(leg.cause)},
          {"quality", quality_json(leg.quality)}};
}

}  // namespace

std::string_view to_string(Disposition disposition) {
  switch (disposition) {
    case Disposition::no_answer:
      return "NO ANSWER";
    case Disposition::failed:
      return "FAILED";
    case Disposition::busy:
      return "BUSY";
    case Disposition::answered:
      return "ANSWERED";
    case Disposition::congestion:
      return "CONGESTION";
  }
  return "NO ANSWER";
}

std::int64_t CallRecord::duration_seconds() const {
  return std::max<std::int64_t>((end - start).seconds(), 0);
}

std::int64_t CallRecord::billable_seconds() const {
  return answer ? std::max<std::int64_t>((end - *answer).seconds(), 0) : 0;
}

std::string rfc3339(core::WallTime when) {
  return dialplan::format_time(dialplan::TimeZone().civil(when), "%Y-%m-%dT%H:%M:%S.%3qZ");
}

std::string to_json_line(const CallRecord& record) {
  const Json json{
      {"start", rfc3339(record.start)},
      {"answer", record.answer ? Json(rfc3339(*record.answer)) : Json()},
      {"end", rfc3339(record.end)},
      {"src", record.source},
      {"dst", record.destination},
      {"dcontext", record.destination_context},
      {"clid", record.caller_id},
      {"channel", record.caller.channel},
      {"dstchannel", record.callee.channel},
      {"lastapp", record.last_application},
      {"lastdata", record.last_data},
      {"duration", record.duration_seconds()},
      {"billsec", record.billable_seconds()},
      {"disposition", to_string(record.disposition)},
      {"amaflags", record.ama_flags},
      {"accountcode", record.account_code},
      {"peeraccount", record.peer_account},
      {"uniqueid", record.unique_id},
      {"linkedid", record.linked_id},
      {"sequence", record.sequence},
      {"userfield", record.user_field},
      {"cause", static_cast<int>(record.cause)},
      {"cause_text", to_string(record.cause)},
      {"ended_by", record.ended_by_caller ? "caller" : "callee"},
      {"caller", leg_json(record.caller)},
      {"callee", record.callee.channel.empty() ? Json() : leg_json(record.callee)},
  };
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Fanout::write(const CallRecord& record) {
  for (RecordSink* sink : sinks_) {
    sink->write(record);
  }
}

}  // namespace strowger::exchange::records
