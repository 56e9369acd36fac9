// Functions that ask the call: who calls, on which channel, and what the plan holds.
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/functions_parts.hpp"

namespace strowger::exchange::dialplan {
namespace {

std::string fact_or_warning(VariableScope& scope, Facts facts, std::string_view function,
                            std::string_view key) {
  std::optional<std::string> value = scope.fact(facts, key);
  if (!value) {
    scope.warn(std::string(function) + "(): there is no '" + std::string(key) + "' to read here");
  }
  return std::move(value).value_or(std::string());
}

bool set_or_warn(VariableScope& scope, Facts facts, std::string_view function, std::string_view key,
                 std::string_view value) {
  const bool set = scope.set_fact(facts, key, value);
  if (!set) {
    scope.warn(std::string(function) + "(): '" + std::string(key) + "' can't be set to '" +
               std::string(value) + "'");
  }
  return set;
}

std::string key_of(std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments);
  return base::lower(base::trimmed(parts.empty() ? std::string_view() : parts.front()));
}

std::string caller_id_key(std::string_view arguments) {
  std::string key = key_of(arguments);
  return key == "number" ? "num" : key;
}

std::string read_caller_id(VariableScope& scope, std::string_view arguments) {
  return fact_or_warning(scope, Facts::caller_id, "CALLERID", caller_id_key(arguments));
}
bool write_caller_id(VariableScope& scope, std::string_view arguments, std::string_view value) {
  return set_or_warn(scope, Facts::caller_id, "CALLERID", caller_id_key(arguments),
                     unquoted(value));
}

std::string read_channel(VariableScope& scope, std::string_view arguments) {
  return fact_or_warning(scope, Facts::channel, "CHANNEL", key_of(arguments));
}
bool write_channel(VariableScope& scope, std::string_view arguments, std::string_view value) {
  return set_or_warn(scope, Facts::channel, "CHANNEL", key_of(arguments), value);
}

std::string read_cdr(VariableScope& scope, std::string_view arguments) {
  return fact_or_warning(scope, Facts::cdr, "CDR", key_of(arguments));
}
bool write_cdr(VariableScope& scope, std::string_view arguments, std::string_view value) {
  return set_or_warn(scope, Facts::cdr, "CDR", key_of(arguments), value);
}

std::string read_timeout(VariableScope& scope, std::string_view arguments) {
  return fact_or_warning(scope, Facts::timeout, "TIMEOUT", key_of(arguments));
}
bool write_timeout(VariableScope& scope, std::string_view arguments, std::string_view value) {
  return set_or_warn(scope, Facts::timeout, "TIMEOUT", key_of(arguments), base::trimmed(value));
}

/// A header that is not there is nothing to warn of.
std::string read_sip_header(VariableScope& scope, std::string_view arguments) {
  return scope.fact(Facts::sip_header, base::trimmed(arguments)).value_or(std::string());
}

/// PJSIP_HEADER(read,name): only that way.
std::string read_pjsip_header(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments);
  if (parts.size() < 2 || !base::same_word(base::trimmed(parts[0]), "read")) {
    scope.warn("PJSIP_HEADER() takes read,name");
    return {};
  }
  return read_sip_header(scope, parts[1]);
}

std::string read_global(VariableScope& scope, std::string_view name) {
  return scope.globals().find(base::trimmed(name)).value_or(std::string());
}
bool write_global(VariableScope& scope, std::string_view name, std::string_view value) {
  scope.globals().set(base::trimmed(name), value);
  return true;
}

bool has_step(VariableScope& scope, const std::string& context, std::string_view extension,
              std::string_view priority) {
  const ScopeClock clock(scope);
  int number = 0;
  const auto [rest, error] =
      std::from_chars(priority.data(), priority.data() + priority.size(), number);
  if (error == std::errc() && rest == priority.data() + priority.size()) {
    return scope.dialplan().find(context, extension, number, scope.caller_number(), &clock) !=
           nullptr;
  }
  return scope.dialplan().find_label(context, extension, priority, scope.caller_number(), &clock) !=
         nullptr;
}

/// DIALPLAN_EXISTS(context[,extension[,priority]])
std::string read_dialplan_exists(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments);
  const std::string context = argument_or(parts, 0, "");
  if (parts.size() < 2) {
    return scope.dialplan().context(context) != nullptr ? "1" : "0";
  }
  return has_step(scope, context, parts[1], argument_or(parts, 2, "1")) ? "1" : "0";
}

/// VALID_EXTEN([context],extension[,priority])
std::string read_valid_exten(VariableScope& scope, std::string_view arguments) {
  const std::vector<std::string> parts = split_arguments(arguments);
  if (parts.size() < 2) {
    scope.warn("VALID_EXTEN() takes context,extension,priority");
    return "0";
  }
  return has_step(scope, argument_or(parts, 0, scope.location().context), parts[1],
                  argument_or(parts, 2, "1"))
             ? "1"
             : "0";
}

constexpr std::array<Function, 9> table{{
    {"CALLERID", "field", "who calls: num, name, all, ani, dnid, rdnis", read_caller_id,
     write_caller_id},
    {"CHANNEL", "item", "a property of the channel", read_channel, write_channel},
    {"CDR", "field", "a field of the call record", read_cdr, write_cdr},
    {"TIMEOUT", "kind", "digit, response or absolute, in seconds", read_timeout, write_timeout},
    {"SIP_HEADER", "name[,number]", "a header of the incoming INVITE", read_sip_header, nullptr},
    {"PJSIP_HEADER", "read,name", "a header of the incoming INVITE", read_pjsip_header, nullptr},
    {"GLOBAL", "name", "a variable of the whole exchange", read_global, write_global},
    {"DIALPLAN_EXISTS", "context[,extension[,priority]]", "1 where the dialplan has that",
     read_dialplan_exists, nullptr},
    {"VALID_EXTEN", "[context],extension[,priority]", "1 where the dialplan has that",
     read_valid_exten, nullptr},
}};

}  // namespace

std::span<const Function> call_functions() {
  return table;
}

}  // namespace strowger::exchange::dialplan
