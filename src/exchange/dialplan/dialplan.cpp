#include "exchange/dialplan/dialplan.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace strowger::exchange::dialplan {
namespace {

/// Includes may not nest deeper; the loader warns of circles, and a search visits no context twice.
constexpr std::size_t max_contexts_searched = 128;

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

bool is_open(const Include& include, const Clock* clock) {
  if (!include.when) {
    return true;
  }
  if (clock == nullptr) {
    return false;
  }
  const std::optional<CivilTime> now = clock->civil(include.when->zone());
  return now && include.when->contains(*now);
}

}  // namespace

const Step* Extension::find(int priority) const {
  const auto found = std::lower_bound(steps.begin(), steps.end(), priority,
                                      [](const Step& s, int p) { return s.priority < p; });
  return found != steps.end() && found->priority == priority ? &*found : nullptr;
}

const Step* Extension::find_label(std::string_view label) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [label](const Step& s) { return s.label == label; });
  return label.empty() || found == steps.end() ? nullptr : &*found;
}

std::optional<Target> parse_target(std::string_view text) {
  const char separator = text.find(',') == std::string_view::npos ? '|' : ',';
  std::array<std::string_view, 3> parts;
  std::size_t count = 0;
  while (true) {
    const std::size_t end = text.find(separator);
    if (count == parts.size()) {
      return std::nullopt;
    }
    parts[count++] = base::trimmed(text.substr(0, end));
    if (end == std::string_view::npos) {
      break;
    }
    text.remove_prefix(end + 1);
  }
  if (parts[count - 1].empty()) {
    return std::nullopt;
  }
  Target target;
  target.priority = parts[count - 1];
  target.extension = count > 1 ? parts[count - 2] : std::string_view();
  target.context = count > 2 ? parts[0] : std::string_view();
  return target;
}

/// What one lookup asks for, and which contexts it has been to.
struct Dialplan::Search {
  std::string_view dialled;
  std::string_view caller;
  const Clock* clock = nullptr;
  std::array<const Context*, max_contexts_searched> visited{};
  std::size_t visits = 0;

  bool enter(const Context& context) {
    const auto end = visited.begin() + static_cast<std::ptrdiff_t>(visits);
    if (visits == visited.size() || std::find(visited.begin(), end, &context) != end) {
      return false;
    }
    visited[visits++] = &context;
    return true;
  }

  [[nodiscard]] bool lets_in(const Extension& extension) const {
    return !extension.caller || is_full(match_extension(*extension.caller, caller));
  }
};

Dialplan::Dialplan(Settings settings, Globals globals, std::vector<Context> contexts)
    : settings_(settings), globals_(std::move(globals)), contexts_(std::move(contexts)) {
  for (std::size_t i = 0; i < contexts_.size(); ++i) {
    by_name_.emplace(contexts_[i].name, i);
    std::stable_sort(contexts_[i].extensions.begin(), contexts_[i].extensions.end(),
                     [](const Extension& left, const Extension& right) {
                       const int order = compare_extensions(left.name, right.name);
                       return order != 0 ? order < 0 : left.caller.has_value() && !right.caller;
                     });
    names_.push_back(static_cast<std::size_t>(
        std::count_if(contexts_[i].extensions.begin(), contexts_[i].extensions.end(),
                      [](const Extension& e) { return !e.name.starts_with('_'); })));
  }
}

/// Names are sorted, and those that begin with what was dialled stand together.
template <class Visit>
bool Dialplan::walk_names(const Context& context, const Search& search, const Visit& visit) const {
  const auto begin = context.extensions.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(
                               names_[static_cast<std::size_t>(&context - contexts_.data())]);
  auto extension = std::lower_bound(begin, end, search.dialled,
                                    [](const Extension& e, std::string_view dialled) {
                                      return compare_names(e.name, dialled) < 0;
                                    });
  for (; extension != end; ++extension) {
    const Match match = match_extension(extension->name, search.dialled);
    if (match == Match::none) {
      return false;
    }
    if (search.lets_in(*extension) && visit(*extension, match)) {
      return true;
    }
  }
  return false;
}

/// Shows `visit` every extension that the caller may use and that matches in some way, in the order
/// of trying, until it returns true; whether it did.
template <class Visit>
bool Dialplan::walk(const Context& context, Search& search, const Visit& visit) const {
  if (!search.enter(context)) {
    return false;
  }
  if (walk_names(context, search, visit)) {
    return true;
  }
  const std::size_t names = names_[static_cast<std::size_t>(&context - contexts_.data())];
  for (std::size_t i = names; i < context.extensions.size(); ++i) {
    const Extension& extension = context.extensions[i];
    const Match match = match_extension(extension.name, search.dialled);
    if (match != Match::none && search.lets_in(extension) && visit(extension, match)) {
      return true;
    }
  }
  for (const Include& include : context.includes) {
    const Context* included = this->context(include.context);
    if (included != nullptr && is_open(include, search.clock) && walk(*included, search, visit)) {
      return true;
    }
  }
  return false;
}

const Step* Dialplan::find(std::string_view context, std::string_view dialled, int priority,
                           std::string_view caller, const Clock* clock) const {
  const Step* step = nullptr;
  Search search{dialled, caller, clock, {}, 0};
  if (const Context* start = this->context(context)) {
    walk(*start, search, [&](const Extension& extension, Match match) {
      step = is_full(match) ? extension.find(priority) : nullptr;
      return step != nullptr;
    });
  }
  return step;
}

const Step* Dialplan::find_label(std::string_view context, std::string_view dialled,
                                 std::string_view label, std::string_view caller,
                                 const Clock* clock) const {
  const Step* step = nullptr;
  Search search{dialled, caller, clock, {}, 0};
  if (const Context* start = this->context(context)) {
    walk(*start, search, [&](const Extension& extension, Match match) {
      step = is_full(match) ? extension.find_label(label) : nullptr;
      return step != nullptr;
    });
  }
  return step;
}

bool Dialplan::exists(std::string_view context, std::string_view dialled, std::string_view caller,
                      const Clock* clock) const {
  return find(context, dialled, 1, caller, clock) != nullptr;
}

bool Dialplan::can_match(std::string_view context, std::string_view dialled,
                         std::string_view caller, const Clock* clock) const {
  const Context* start = this->context(context);
  Search search{dialled, caller, clock, {}, 0};
  return start != nullptr && walk(*start, search, [](const Extension& extension, Match) {
           return extension.find(1) != nullptr;
         });
}

bool Dialplan::matches_more(std::string_view context, std::string_view dialled,
                            std::string_view caller, const Clock* clock) const {
  bool more = false;
  Search search{dialled, caller, clock, {}, 0};
  if (const Context* start = this->context(context)) {
    walk(*start, search, [&](const Extension& extension, Match match) {
      if (extension.find(1) == nullptr) {
        return false;
      }
      more = match == Match::more_needed || match == Match::full_or_more;
      return more || match == Match::full_at_once;
    });
  }
  return more;
}

bool Dialplan::ignores(std::string_view context, std::string_view dialled,
                       const Clock* clock) const {
  const Context* start = this->context(context);
  if (start == nullptr) {
    return false;
  }
  const auto matches = [dialled](const std::string& pattern) {
    return is_full(match_extension(pattern, dialled));
  };
  if (std::any_of(start->ignore_patterns.begin(), start->ignore_patterns.end(), matches)) {
    return true;
  }
  // One level of includes, as Asterisk looks.
  return std::any_of(start->includes.begin(), start->includes.end(), [&](const Include& include) {
    const Context* included = this->context(include.context);
    return included != nullptr && is_open(include, clock) &&
           std::any_of(included->ignore_patterns.begin(), included->ignore_patterns.end(), matches);
  });
}

core::Result<Location, std::string> Dialplan::resolve(const Target& target, const Location& here,
                                                      std::string_view caller,
                                                      const Clock* clock) const {
  Location there{target.context.empty() ? here.context : target.context,
                 target.extension.empty() ? here.extension : target.extension, 0};
  if (context(there.context) == nullptr) {
    return core::fail("there is no context '" + there.context + "'");
  }
  const bool relative = target.priority.starts_with('+') || target.priority.starts_with('-');
  const std::string_view digits =
      std::string_view(target.priority).substr(target.priority.starts_with('+') ? 1 : 0);
  if (const std::optional<int> number = number_of(digits)) {
    there.priority = relative ? here.priority + *number : *number;
    if (there.priority < 1) {
      return core::fail("there is no priority " + std::to_string(there.priority));
    }
    return there;
  }
  const Step* step = find_label(there.context, there.extension, target.priority, caller, clock);
  if (step == nullptr) {
    return core::fail("there is no label '" + target.priority + "' at " + there.extension + "@" +
                      there.context);
  }
  there.priority = step->priority;
  return there;
}

const Context* Dialplan::context(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &contexts_[found->second];
}

}  // namespace strowger::exchange::dialplan
