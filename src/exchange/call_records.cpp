#include "exchange/call_records.hpp"

#include "exchange/call.hpp"

namespace strowger::exchange {
namespace {

records::RecordedLeg recorded(const Leg& leg) {
  records::RecordedLeg result;
  result.channel = leg.name();
  result.unique_id = leg.facts().unique_id;
  result.protocol_call_id = leg.facts().protocol_call_id;
  result.remote_address = leg.facts().remote_address;
  result.user_agent = leg.facts().user_agent;
  result.cause = leg.cause();
  result.quality = leg.quality();
  return result;
}

}  // namespace

std::string caller_id_text(const std::string& name, const std::string& number) {
  if (name.empty()) {
    return number;
  }
  return number.empty() ? "\"" + name + "\"" : "\"" + name + "\" <" + number + ">";
}

records::Disposition disposition_of(Cause cause) {
  switch (dial_status(cause)) {
    case DialStatus::busy:
      return records::Disposition::busy;
    case DialStatus::congestion:
      return records::Disposition::congestion;
    case DialStatus::chanunavail:
      return records::Disposition::failed;
    case DialStatus::noanswer:
    case DialStatus::cancel:
    case DialStatus::answer:
      break;
  }
  return records::Disposition::no_answer;
}

records::CallRecord begin_record(const Call& call, const Leg* callee, std::uint32_t sequence) {
  const Leg& caller = call.caller();
  const Leg& subject = callee != nullptr ? *callee : caller;
  const CallFacts& facts = call.facts();
  records::CallRecord record;
  record.source = facts.caller_number;
  record.destination = call.destination().extension;
  record.destination_context = call.destination().context;
  record.caller_id = caller_id_text(facts.caller_name, facts.caller_number);
  record.last_application = call.application();
  record.last_data = call.application_data();
  record.start = subject.times().start;
  record.answer = subject.times().answer;
  record.end = subject.times().end.value_or(record.start);
  record.unique_id = caller.facts().unique_id;
  record.linked_id = caller.facts().unique_id;
  record.sequence = sequence;
  record.cause = subject.cause();
  record.disposition =
      record.answer ? records::Disposition::answered : disposition_of(subject.cause());
  record.ended_by_caller = callee == nullptr ? caller.ended_by_peer() : !callee->ended_by_peer();
  if (callee != nullptr) {
    record.callee = recorded(*callee);
  }
  return record;
}

void complete_record(Call& call, records::CallRecord& record) {
  const Leg& caller = call.caller();
  record.account_code = call.facts().account_code;
  record.user_field = call.facts().user_field;
  record.caller = recorded(caller);
  if (!caller.finished() && caller.port().valid()) {
    record.caller.quality = call.media().quality(caller.port());
  }
  record.ended_by_caller = record.ended_by_caller && (caller.ended_by_peer() || caller.live());
}

}  // namespace strowger::exchange
