#include "exchange/configuration/dial_guide.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace strowger::exchange {
namespace {

/// What every extension does, and what only prepares for more.
constexpr std::array<std::string_view, 9> silent{"Answer", "Hangup",   "NoOp",   "Set",    "Wait",
                                                 "Log",    "Progress", "ExecIf", "Verbose"};

std::string what_it_does(const dialplan::Extension& extension) {
  std::string text;
  std::set<std::string_view> named;
  for (const auto& step : extension.steps) {
    const bool worth_a_word =
        std::find(silent.begin(), silent.end(), step.application) == silent.end();
    if (worth_a_word && named.insert(step.application).second && named.size() <= 3) {
      text += (text.empty() ? "" : ", ") + step.application;
      text += step.arguments.empty() ? "" : "(" + step.arguments + ")";
    }
  }
  return text;
}

struct Guide {
  const dialplan::Dialplan& dialplan;
  std::size_t limit;
  std::set<std::string_view> seen_contexts;
  std::vector<DialGuideLine> lines;

  void add(std::string_view name) {
    const auto* context = dialplan.context(name);
    if (context == nullptr || !seen_contexts.insert(context->name).second) {
      return;
    }
    for (const auto& extension : context->extensions) {
      const bool number = extension.name.find_first_not_of("0123456789*#") == std::string::npos &&
                          !extension.caller;
      if (number && lines.size() < limit) {
        lines.push_back({extension.name, what_it_does(extension)});
      }
    }
    for (const auto& include : context->includes) {
      if (!include.when) {
        add(include.context);
      }
    }
  }
};

}  // namespace

std::vector<DialGuideLine> dial_guide(const dialplan::Dialplan& dialplan, std::string_view context,
                                      std::size_t limit) {
  Guide guide{dialplan, limit, {}, {}};
  guide.add(context);
  return guide.lines;
}

}  // namespace strowger::exchange
