#include <fmt/format.h>

#include "control/commands.hpp"

namespace strowger::control {
namespace {

namespace dialplan = exchange::dialplan;

void print_extension(const dialplan::Extension& extension, Output& output) {
  std::string title = fmt::format("  '{}' =>", extension.name);
  title.resize(std::max<std::size_t>(title.size(), 20), ' ');
  for (const auto& step : extension.steps) {
    const std::string label = step.label.empty() ? "" : fmt::format("({})", step.label);
    output.line(fmt::format("{} {}{}. {}({})", title, step.priority, label, step.application,
                            step.arguments));
    title = std::string(20, ' ');
  }
}

void print_context(const dialplan::Context& context, Output& output) {
  output.line(fmt::format("[ Context '{}' read from {}:{} ]", context.name, context.place.file,
                          context.place.line));
  for (const auto& extension : context.extensions) {
    print_extension(extension, output);
  }
  for (const auto& include : context.includes) {
    output.line(fmt::format("  Include =>        '{}'", include.context));
  }
  output.line("");
}

void show_dialplan(Administration& administration, Invocation& in) {
  const auto configuration = administration.configuration();
  const auto& plan = *configuration->dialplan;
  if (in.arguments.empty()) {
    for (const auto& context : plan.contexts()) {
      print_context(context, in.output);
    }
    return;
  }
  const auto at = in.arguments.front().find('@');
  const std::string name =
      at == std::string::npos ? in.arguments.front() : in.arguments.front().substr(at + 1);
  const auto* context = plan.context(name);
  if (context == nullptr) {
    in.output.fail("There is no context '" + name + "'; dialplan show lists all");
    return;
  }
  print_context(*context, in.output);
}

std::vector<std::string> context_names(Administration& administration) {
  std::vector<std::string> names;
  for (const auto& context : administration.configuration()->dialplan->contexts()) {
    names.push_back(context.name);
  }
  return names;
}

}  // namespace

void add_dialplan_commands(CommandTable& table, Administration& administration) {
  auto* admin = &administration;
  table.add({"dialplan show", "[context]", "Shows the dialplan, or one context of it.",
             [admin](Invocation& in) { show_dialplan(*admin, in); },
             [admin](const std::vector<std::string>&) { return context_names(*admin); }});
}

}  // namespace strowger::control
