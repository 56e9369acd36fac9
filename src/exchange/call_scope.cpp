#include "exchange/call_scope.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"
#include "exchange/applications/options.hpp"
#include "exchange/call.hpp"
#include "exchange/call_records.hpp"
#include "exchange/dialplan/arguments.hpp"

namespace strowger::exchange {
namespace {

bool equal(std::string_view left, std::string_view right) {
  return base::same_word(left, right);
}

// A header's value by its name in any case; empty where it is not there.
std::optional<std::string> header(const Headers& headers, std::string_view name) {
  for (const auto& [known, value] : headers) {
    if (equal(known, name)) {
      return value;
    }
  }
  return std::nullopt;
}

std::string seconds_text(core::Duration length) {
  const std::int64_t milliseconds = length.milliseconds();
  std::string fraction = std::to_string(1000 + milliseconds % 1000).substr(1);
  return std::to_string(milliseconds / 1000) + "." + fraction;
}

// "Name" <number>: sets both.
void set_all(CallFacts& facts, std::string_view value) {
  const std::size_t open = value.find('<');
  std::string_view name = base::trimmed(value.substr(0, open));
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
    name = name.substr(1, name.size() - 2);
  }
  if (open == std::string_view::npos) {
    const bool number = name.find_first_not_of("0123456789+*#") == std::string_view::npos;
    (number ? facts.caller_number : facts.caller_name) = name;
    return;
  }
  const std::size_t close = value.find('>', open);
  facts.caller_number =
      value.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
  facts.caller_name = name;
}

std::string* settable_caller_fact(CallFacts& facts, std::string_view key) {
  if (equal(key, "num") || equal(key, "number")) {
    return &facts.caller_number;
  }
  if (equal(key, "name")) {
    return &facts.caller_name;
  }
  if (equal(key, "ani") || equal(key, "ani-num")) {
    return &facts.ani;
  }
  if (equal(key, "dnid")) {
    return &facts.dnid;
  }
  return equal(key, "rdnis") ? &facts.rdnis : nullptr;
}

}  // namespace

std::optional<std::string> CallScope::builtin(std::string_view name) const {
  const Leg& caller = call_.caller();
  const dialplan::Location& here = call_.here();
  if (name == "EXTEN") {
    return here.extension;
  }
  if (name == "CONTEXT") {
    return here.context;
  }
  if (name == "PRIORITY") {
    return std::to_string(here.priority);
  }
  if (name == "CHANNEL") {
    return caller.name();
  }
  if (name == "UNIQUEID") {
    return caller.facts().unique_id;
  }
  if (name == "HANGUPCAUSE") {
    return std::to_string(static_cast<int>(call_.hangup_cause()));
  }
  return std::nullopt;
}

dialplan::GlobalVariables& CallScope::globals() {
  return call_.host().shared().globals;
}

std::optional<std::string> CallScope::fact(dialplan::Facts facts, std::string_view key) const {
  switch (facts) {
    case dialplan::Facts::caller_id:
      return caller_fact(key);
    case dialplan::Facts::channel:
      return channel_fact(key);
    case dialplan::Facts::cdr:
      return record_fact(key);
    case dialplan::Facts::sip_header:
      return header(call_.facts().headers, key);
    case dialplan::Facts::timeout:
      return timeout_fact(key);
  }
  return std::nullopt;
}

std::optional<std::string> CallScope::caller_fact(std::string_view key) const {
  CallFacts& facts = call_.facts();
  if (const std::string* value = settable_caller_fact(facts, key)) {
    return *value;
  }
  if (equal(key, "all")) {
    return caller_id_text(facts.caller_name, facts.caller_number);
  }
  return std::nullopt;
}

std::optional<std::string> CallScope::channel_fact(std::string_view key) const {
  const Leg& caller = call_.caller();
  const CallFacts& facts = call_.facts();
  if (key == "name") {
    return caller.name();
  }
  if (key == "state") {
    return std::string(to_string(caller.state()));
  }
  if (key == "language") {
    return facts.language;
  }
  if (key == "musicclass") {
    return facts.music_class;
  }
  if (key == "accountcode") {
    return facts.account_code;
  }
  if (key == "peername") {
    return caller.facts().peer;
  }
  if (key == "peerip" || key == "recvip") {
    const std::string& address = caller.facts().remote_address;
    return address.substr(0, address.rfind(':'));
  }
  if (key == "useragent") {
    return caller.facts().user_agent;
  }
  if (key == "uniqueid" || key == "linkedid") {
    return caller.facts().unique_id;
  }
  if (key == "channeltype") {
    return caller.name().substr(0, caller.name().find('/'));
  }
  if (key == "exten") {
    return call_.here().extension;
  }
  if (key == "context") {
    return call_.here().context;
  }
  return std::nullopt;
}

std::optional<std::string> CallScope::record_fact(std::string_view key) const {
  const records::CallRecord record = begin_record(call_, nullptr, 0);
  const core::WallTime now = wall();
  if (key == "src") {
    return record.source;
  }
  if (key == "dst") {
    return record.destination;
  }
  if (key == "dcontext") {
    return record.destination_context;
  }
  if (key == "clid") {
    return record.caller_id;
  }
  if (key == "channel") {
    return call_.caller().name();
  }
  if (key == "uniqueid") {
    return record.unique_id;
  }
  if (key == "lastapp") {
    return record.last_application;
  }
  if (key == "lastdata") {
    return record.last_data;
  }
  if (key == "start") {
    return std::to_string(record.start.seconds());
  }
  if (key == "answer") {
    return record.answer ? std::to_string(record.answer->seconds()) : std::string();
  }
  if (key == "duration") {
    return std::to_string((now - record.start).seconds());
  }
  if (key == "billsec") {
    return std::to_string(record.answer ? (now - *record.answer).seconds() : 0);
  }
  if (key == "disposition") {
    return std::string(records::to_string(record.disposition));
  }
  if (key == "accountcode") {
    return call_.facts().account_code;
  }
  if (key == "userfield") {
    return call_.facts().user_field;
  }
  return std::nullopt;
}

std::optional<std::string> CallScope::timeout_fact(std::string_view key) const {
  if (equal(key, "digit")) {
    return seconds_text(call_.facts().digit_timeout);
  }
  if (equal(key, "response")) {
    return seconds_text(call_.facts().response_timeout);
  }
  if (equal(key, "absolute")) {
    const core::Time deadline = call_.absolute_deadline();
    return deadline == core::time_never
               ? std::string("0.000")
               : seconds_text(std::max(core::Duration{}, deadline - call_.now()));
  }
  return std::nullopt;
}

bool CallScope::set_timeout(std::string_view key, std::string_view value) {
  const std::optional<core::Duration> length = applications::parse_seconds(value);
  if (!length) {
    return false;
  }
  if (equal(key, "digit")) {
    call_.facts().digit_timeout = *length;
  } else if (equal(key, "response")) {
    call_.facts().response_timeout = *length;
  } else if (equal(key, "absolute")) {
    call_.set_absolute_timeout(*length);
  } else {
    return false;
  }
  return true;
}

bool CallScope::set_fact(dialplan::Facts facts, std::string_view key, std::string_view value) {
  CallFacts& own = call_.facts();
  switch (facts) {
    case dialplan::Facts::caller_id:
      if (equal(key, "all")) {
        set_all(own, value);
      } else if (std::string* fact = settable_caller_fact(own, key)) {
        *fact = value;
      } else {
        return false;
      }
      return true;
    case dialplan::Facts::channel:
      if (key == "language") {
        own.language = value;
      } else if (key == "musicclass") {
        own.music_class = value;
      } else if (key == "accountcode") {
        own.account_code = value;
      } else {
        return false;
      }
      return true;
    case dialplan::Facts::cdr:
      if (key == "accountcode") {
        own.account_code = value;
      } else if (key == "userfield") {
        own.user_field = value;
      } else {
        return false;
      }
      return true;
    case dialplan::Facts::timeout:
      return set_timeout(key, value);
    case dialplan::Facts::sip_header:
      return false;
  }
  return false;
}

dialplan::Location CallScope::location() const {
  return call_.here();
}

std::string_view CallScope::caller_number() const {
  return call_.facts().caller_number;
}

database::KeyValueStore* CallScope::key_values() {
  return call_.host().shared().services.key_values;
}

core::WallTime CallScope::wall() const {
  return call_.host().loop().wall();
}

const dialplan::TimeZone* CallScope::zone(std::string_view name) const {
  return call_.host().shared().services.zones.find(name);
}

std::uint64_t CallScope::random() {
  return call_.host().random();
}

void CallScope::warn(std::string_view sentence) {
  call_.log(base::LogLevel::warning, sentence);
}

void CallScope::refresh_plan() {
  plan_ = call_.host().plan();
}

}  // namespace strowger::exchange
