// The dialplan of extensions.conf as an immutable snapshot: contexts, extensions, priorities. Built
// by load.hpp, then shared by all calls through a std::shared_ptr<const Dialplan>; every view and
// pointer given out holds as long as the snapshot. Any thread; lookups allocate nothing.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/conf.hpp"
#include "exchange/dialplan/pattern.hpp"
#include "exchange/dialplan/time_spec.hpp"

namespace strowger::exchange::dialplan {

/// One priority.
struct Step {
  int priority = 1;
  std::string label;        // empty: none
  std::string application;  // as the known application spells it
  std::string arguments;    // raw: substitute, then split
  base::ConfPlace place;
};

/// All priorities under one name (and one caller, where `caller` is set).
struct Extension {
  std::string name;                   // as written, with its underscore
  std::optional<std::string> caller;  // pattern after the slash; "" matches callers without number
  std::string hint;                   // of priority "hint"; kept, used by nobody yet
  std::vector<Step> steps;            // by ascending priority
  base::ConfPlace place;

  [[nodiscard]] const Step* find(int priority) const;
  [[nodiscard]] const Step* find_label(std::string_view label) const;
};

struct Include {
  std::string context;
  std::optional<TimeSpec> when;
  base::ConfPlace place;
};

struct Context {
  std::string name;
  std::vector<Extension> extensions;  // in the order they are tried
  std::vector<Include> includes;
  std::vector<std::string> ignore_patterns;
  base::ConfPlace place;
};

/// Where a call stands. Context is that which was asked for, even if an include gave the step, as
/// in Asterisk.
struct Location {
  std::string context;
  std::string extension;
  int priority = 1;

  bool operator==(const Location&) const = default;
};

/// A target of Goto and its kin, taken apart but not looked up.
struct Target {
  std::string context;    // empty: the present one
  std::string extension;  // empty: the present one
  std::string priority;   // "3", "+1", "-2" or a label
};

/// "[[context,]extension,]priority" (commas; bars are taken too where there is no comma).
/// Nothing for an empty text or more than three parts.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);

/// Gives the civil time in a zone ("" the machine's) at the instant of the lookup; nothing for a
/// zone that does not exist, which counts as "not now".
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual std::optional<CivilTime> civil(std::string_view zone) const = 0;
};

class Dialplan {
 public:
  /// Settings of [general] that the runtime looks at.
  struct Settings {
    bool auto_fallthrough = true;  // no next priority: hang up by DIALSTATUS instead of waiting
    bool clear_global_variables = false;  // a reload forgets globals that calls have set
  };
  using Globals = std::vector<std::pair<std::string, std::string>>;

  Dialplan(Settings settings, Globals globals, std::vector<Context> contexts);

  /// The step of `priority` in the first extension, in Asterisk's order, that matches what was
  /// dialled and the caller and has that priority: those of the context, then those of its includes
  /// in order and depth first. Null where there is none. `clock` judges timed includes; without one
  /// they are left out.
  [[nodiscard]] const Step* find(std::string_view context, std::string_view dialled, int priority,
                                 std::string_view caller, const Clock* clock) const;
  /// The same by label.
  [[nodiscard]] const Step* find_label(std::string_view context, std::string_view dialled,
                                       std::string_view label, std::string_view caller,
                                       const Clock* clock) const;
  /// Whether some extension matches as dialled (with priority 1), now or with more digits.
  [[nodiscard]] bool exists(std::string_view context, std::string_view dialled,
                            std::string_view caller, const Clock* clock) const;
  [[nodiscard]] bool can_match(std::string_view context, std::string_view dialled,
                               std::string_view caller, const Clock* clock) const;
  /// Whether more digits could make another match, so that collecting should go on. A matching '!'
  /// pattern that is tried first ends it.
  [[nodiscard]] bool matches_more(std::string_view context, std::string_view dialled,
                                  std::string_view caller, const Clock* clock) const;
  /// Whether an ignorepat of the context (or of those it includes itself) says to keep the dial
  /// tone.
  [[nodiscard]] bool ignores(std::string_view context, std::string_view dialled,
                             const Clock* clock) const;

  /// Where a target leads from `here`; the error is a sentence for the log: no such context or
  /// label. A numbered priority is not looked up: as in Asterisk, a goto to an extension that is
  /// not there goes, and the caller's loop then takes extension i.
  [[nodiscard]] core::Result<Location, std::string> resolve(const Target& target,
                                                            const Location& here,
                                                            std::string_view caller,
                                                            const Clock* clock) const;

  [[nodiscard]] const Context* context(std::string_view name) const;
  [[nodiscard]] const std::vector<Context>& contexts() const { return contexts_; }
  [[nodiscard]] const Globals& globals() const { return globals_; }
  [[nodiscard]] const Settings& settings() const { return settings_; }

 private:
  struct Search;
  template <class Visit>
  bool walk_names(const Context& context, const Search& search, const Visit& visit) const;
  template <class Visit>
  bool walk(const Context& context, Search& search, const Visit& visit) const;

  Settings settings_;
  Globals globals_;
  std::vector<Context> contexts_;
  std::vector<std::size_t> names_;  // beside contexts_: how many extensions are no patterns
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

}  // namespace strowger::exchange::dialplan
