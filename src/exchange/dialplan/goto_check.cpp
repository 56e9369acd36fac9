#include "exchange/dialplan/goto_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/text.hpp"
#include "exchange/dialplan/arguments.hpp"

namespace strowger::exchange::dialplan {
namespace {

using base::same_word;
using base::trimmed;

enum class Shape : std::uint8_t { plain, conditional };

struct Jump {
  std::string_view application;
  Shape shape;
  bool subroutine;  // the last part may carry arguments in parentheses
};

constexpr std::array<Jump, 5> jumps{{
    {"Goto", Shape::plain, false},
    {"GotoIf", Shape::conditional, false},
    {"GotoIfTime", Shape::conditional, false},
    {"Gosub", Shape::plain, true},
    {"GosubIf", Shape::conditional, true},
}};

bool is_literal(std::string_view text) {
  return text.find('$') == std::string_view::npos;
}

/// The targets of one step's arguments: the whole of them, or what follows '?', parted by ':'.
std::vector<std::string_view> targets_of(const Jump& jump, std::string_view arguments) {
  std::vector<std::string_view> targets;
  if (jump.shape == Shape::plain) {
    targets.push_back(arguments);
  } else {
    // The condition may hold a '?' of its own, within an expression.
    std::size_t mark = arguments.rfind(']');
    mark = arguments.find('?', mark == std::string_view::npos ? 0 : mark);
    if (mark == std::string_view::npos) {
      return targets;
    }
    const std::string_view both = arguments.substr(mark + 1);
    const std::size_t colon = both.find(':');
    targets.push_back(both.substr(0, colon));
    if (colon != std::string_view::npos) {
      targets.push_back(both.substr(colon + 1));
    }
  }
  for (std::string_view& target : targets) {
    target = trimmed(jump.subroutine ? target.substr(0, target.find('(')) : target);
  }
  std::erase_if(targets, [](std::string_view t) { return t.empty() || !is_literal(t); });
  return targets;
}

class Check {
 public:
  explicit Check(const Dialplan& dialplan) : dialplan_(dialplan) {}

  std::vector<base::ConfError> run() {
    for (const Context& context : dialplan_.contexts()) {
      for (const Extension& extension : context.extensions) {
        for (const Step& step : extension.steps) {
          check(context, extension, step);
        }
      }
    }
    return std::move(warnings_);
  }

 private:
  void check(const Context& context, const Extension& extension, const Step& step) {
    for (const Jump& jump : jumps) {
      if (!same_word(jump.application, step.application)) {
        continue;
      }
      for (const std::string_view text : targets_of(jump, step.arguments)) {
        if (const auto target = parse_target(text)) {
          check(context, extension, step, *target, text);
        } else {
          warn(step, "'" + std::string(text) + "' is no target");
        }
      }
    }
  }

  void check(const Context& context, const Extension& extension, const Step& step,
             const Target& target, std::string_view text) {
    const Context* there = target.context.empty() ? &context : dialplan_.context(target.context);
    if (there == nullptr) {
      warn(step, "'" + std::string(text) + "' leads to context '" + target.context +
                     "', which does not exist");
      return;
    }
    if (target.priority.starts_with('+') || target.priority.starts_with('-')) {
      return;
    }
    std::set<const Context*> visited;
    if (!leads_somewhere(*there, extension, target, visited)) {
      warn(step, "'" + std::string(text) + "' leads to nothing: there is no such step");
    }
  }

  bool leads_somewhere(const Context& context, const Extension& own, const Target& target,
                       std::set<const Context*>& visited) {
    if (!visited.insert(&context).second) {
      return false;
    }
    for (const Extension& extension : context.extensions) {
      const bool matches = target.extension.empty()
                               ? extension.name == own.name
                               : is_full(match_extension(extension.name, target.extension));
      if (matches && has_step(extension, target.priority)) {
        return true;
      }
    }
    return std::any_of(
        context.includes.begin(), context.includes.end(), [&](const Include& include) {
          const Context* included = dialplan_.context(include.context);
          return included != nullptr && leads_somewhere(*included, own, target, visited);
        });
  }

  static bool has_step(const Extension& extension, std::string_view priority) {
    int number = 0;
    const auto [rest, error] =
        std::from_chars(priority.data(), priority.data() + priority.size(), number);
    const bool numeric = error == std::errc() && rest == priority.data() + priority.size();
    return (numeric ? extension.find(number) : extension.find_label(priority)) != nullptr;
  }

  void warn(const Step& step, std::string text) {
    warnings_.push_back({step.place, step.application + ": " + std::move(text)});
  }

  const Dialplan& dialplan_;
  std::vector<base::ConfError> warnings_;
};

}  // namespace

std::vector<base::ConfError> check_targets(const Dialplan& dialplan) {
  return Check(dialplan).run();
}

}  // namespace strowger::exchange::dialplan
