// Variables of calls and of the exchange, and substitution of ${...} and $[...].
//
// ${NAME}                the value, or nothing
// ${NAME:offset:length}  a part; a negative offset counts from the end, a negative length leaves
//                        off as many at the end
// ${FUNCTION(args)}      what functions.hpp computes
// $[expression]          what expression.hpp computes
// They nest: ${A${B}}. "\$" is a plain '$'; all other backslashes stay for the application's own
// splitting of arguments.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "database/key_value.hpp"
#include "exchange/dialplan/dialplan.hpp"

namespace strowger::exchange::dialplan {

/// The variables of one channel. One thread.
class VariableTable {
 public:
  /// Sets a variable; a name with one leading underscore is inherited by the channels that this one
  /// makes, with two by theirs too. False, and nothing changed, beyond the limits below.
  bool set(std::string_view name, std::string_view value);
  /// Null where it was never set. Names are case-sensitive; underscores in front are not part of
  /// them. Holds until the next change.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  void erase(std::string_view name);
  /// What a channel made by this one starts with: `_` becomes plain, `__` stays.
  [[nodiscard]] VariableTable inherited() const;
  /// By order of setting: name without underscores, value.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> all() const;

  static constexpr std::size_t max_variables = 256;
  static constexpr std::size_t max_value_octets = 8192;

 private:
  struct Variable {
    std::string name;
    std::string value;
    std::uint8_t generations = 0;  // 0: stays here; 1: `_`; 2: `__`
  };
  std::vector<Variable> variables_;
};

/// Variables of the whole exchange. Any normal thread.
class GlobalVariables {
 public:
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  void set(std::string_view name, std::string_view value);
  /// At start and reload: the file's values replace those of the same name; `clear` forgets the
  /// others first.
  void load(const Dialplan::Globals& globals, bool clear);
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> all() const;

  static constexpr std::size_t max_variables = 4096;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::string, std::less<>> values_;
};

/// Which facts of a call a function asks for.
enum class Facts : std::uint8_t {
  caller_id,  // CALLERID: "num", "name", "all" (made of both), "ani", "dnid", "rdnis"
  channel,    // CHANNEL: "name", "state", "language", "musicclass", "peerip", "peername",
              // "audioreadformat", "rtpqos" ... lower case
  cdr,  // CDR: "src", "dst", "duration", "billsec", "disposition", "accountcode", "userfield" ...
  sip_header,  // SIP_HEADER: the header's name
  timeout,     // TIMEOUT: "digit", "response", "absolute", in seconds
};

/// What the language needs to know of the call it runs for. The runtime implements it (one object a
/// channel, on the call's worker); calls come only from within the functions of this library that
/// are given the scope, and none may wait.
class VariableScope {
 public:
  VariableScope() = default;
  VariableScope(const VariableScope&) = delete;
  VariableScope& operator=(const VariableScope&) = delete;
  virtual ~VariableScope() = default;

  /// Read-only names: EXTEN, CONTEXT, PRIORITY, CHANNEL, UNIQUEID, HANGUPCAUSE, CALLERID... EPOCH
  /// and others that need only `wall` are done by the library. Nothing: not one of them.
  [[nodiscard]] virtual std::optional<std::string> builtin(std::string_view name) const = 0;
  [[nodiscard]] virtual VariableTable& variables() = 0;
  [[nodiscard]] virtual GlobalVariables& globals() = 0;

  /// Nothing: no such fact of this channel.
  [[nodiscard]] virtual std::optional<std::string> fact(Facts facts,
                                                        std::string_view key) const = 0;
  /// False: that fact can't be set, or not to that value.
  virtual bool set_fact(Facts facts, std::string_view key, std::string_view value) = 0;

  [[nodiscard]] virtual const Dialplan& dialplan() const = 0;
  [[nodiscard]] virtual Location location() const = 0;
  [[nodiscard]] virtual std::string_view caller_number() const = 0;
  /// DB(); null where there is no database.
  [[nodiscard]] virtual database::KeyValueStore* key_values() = 0;
  [[nodiscard]] virtual core::WallTime wall() const = 0;
  /// Zones by name, "" the machine's; null: unknown.
  [[nodiscard]] virtual const TimeZone* zone(std::string_view name) const = 0;
  /// 64 random bits.
  [[nodiscard]] virtual std::uint64_t random() = 0;
  /// A sentence for the log: what in the dialplan went wrong. The runtime adds where.
  virtual void warn(std::string_view sentence) = 0;

 private:
  friend class Substitution;
  // Of the outermost substitution at hand: functions may substitute again (EVAL), and a variable
  // that holds itself must not go round for ever.
  int substitution_depth_ = 0;
  int substitution_steps_ = 0;
};

/// A Clock over a scope's wall time and zones.
class ScopeClock final : public Clock {
 public:
  explicit ScopeClock(const VariableScope& scope) : scope_(scope) {}
  [[nodiscard]] std::optional<CivilTime> civil(std::string_view zone) const override;

 private:
  const VariableScope& scope_;
};

/// Limits of substitution: nesting, variables and expressions in all, and octets of the result.
inline constexpr int max_substitution_depth = 30;
inline constexpr int max_substitution_steps = 1000;
inline constexpr std::size_t max_substituted_octets = 32U << 10U;

/// The text with everything substituted. What can't be is left out, with a warning to the scope.
[[nodiscard]] std::string substitute(std::string_view text, VariableScope& scope);

/// A variable in Asterisk's order: built in, the channel's, global. Nothing: never set.
[[nodiscard]] std::optional<std::string> find_variable(std::string_view name, VariableScope& scope);

/// What Set does with "name" (_name, __name) or "FUNCTION(args)", already substituted. False, with
/// a warning to the scope, where the name is none or the function can't be written.
bool assign(std::string_view name, std::string_view value, VariableScope& scope);

}  // namespace strowger::exchange::dialplan
