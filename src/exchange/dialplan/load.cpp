#include "exchange/dialplan/load.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "exchange/dialplan/extension_line.hpp"
#include "exchange/dialplan/goto_check.hpp"

namespace strowger::exchange::dialplan {
namespace {

using base::ConfEntry;
using base::ConfError;
using base::ConfSection;
using base::same_word;
using base::trimmed;

constexpr std::string_view whole_file_sections[] = {"general", "globals"};

bool is_context(const ConfSection& section) {
  return std::none_of(std::begin(whole_file_sections), std::end(whole_file_sections),
                      [&](std::string_view name) { return same_word(section.name, name); });
}

class Loader {
 public:
  explicit Loader(const LoadOptions& options) : options_(options) {}

  Loaded run(const base::ConfFile& file) {
    for (const ConfSection& section : file.sections) {
      if (same_word(section.name, "general")) {
        read_general(section);
      } else if (same_word(section.name, "globals")) {
        read_globals(section);
      }
    }
    for (const ConfSection& section : file.sections) {
      if (is_context(section)) {
        read_context(section);
      }
    }
    finish_contexts();
    if (loaded_.errors.empty()) {
      loaded_.dialplan =
          std::make_shared<const Dialplan>(settings_, std::move(globals_), std::move(contexts_));
      for (ConfError& warning : check_targets(*loaded_.dialplan)) {
        loaded_.warnings.push_back(std::move(warning));
      }
    }
    return std::move(loaded_);
  }

 private:
  void read_general(const ConfSection& section) {
    base::ConfKeys keys(section, loaded_.errors);
    settings_.auto_fallthrough = keys.boolean("autofallthrough", settings_.auto_fallthrough);
    settings_.clear_global_variables =
        keys.boolean("clearglobalvars", settings_.clear_global_variables);
    for (const std::string_view key : {"static", "writeprotect"}) {
      keys.accepted_without_effect(key, loaded_.warnings,
                                   "the console never writes extensions.conf");
    }
    keys.accepted_without_effect("extenpatternmatchnew", loaded_.warnings,
                                 "there is one matcher, with Asterisk's order");
    keys.accepted_without_effect("userscontext", loaded_.warnings, "there is no users.conf");
    keys.accepted_without_effect("priorityjumping", loaded_.warnings,
                                 "applications set variables instead");
    keys.finish();
  }

  void read_globals(const ConfSection& section) {
    for (const ConfEntry& entry : section.entries) {
      globals_.emplace_back(entry.key, with_globals(entry.value));
    }
  }

  /// ${NAME} of globals defined so far; anything else stays for the time of the call.
  [[nodiscard]] std::string with_globals(std::string text) const {
    std::size_t at = 0;
    while ((at = text.find("${", at)) != std::string::npos) {
      const std::size_t end = text.find('}', at);
      if (end == std::string::npos) {
        break;
      }
      const std::string_view name(text.data() + at + 2, end - at - 2);
      const auto global = std::find_if(globals_.rbegin(), globals_.rend(),
                                       [name](const auto& g) { return g.first == name; });
      if (global == globals_.rend()) {
        at = end;
        continue;
      }
      text.replace(at, end - at + 1, global->second);
      at += global->second.size();
    }
    return text;
  }

  void read_context(const ConfSection& section) {
    Context& context = context_of(section);
    last_.reset();
    for (const ConfEntry& entry : section.entries) {
      read_entry(context, entry);
    }
  }

  /// Sections of one name make one context.
  Context& context_of(const ConfSection& section) {
    for (Context& context : contexts_) {
      if (context.name == section.name) {
        return context;
      }
    }
    contexts_.push_back({section.name, {}, {}, {}, section.place});
    return contexts_.back();
  }

  void read_entry(Context& context, const ConfEntry& entry) {
    const std::string& key = entry.key;
    if (same_word(key, "exten")) {
      take(context, entry, parse_exten(with_globals_in_name(entry.value)));
    } else if (same_word(key, "same")) {
      take_same(context, entry);
    } else if (same_word(key, "include")) {
      take_include(context, entry);
    } else if (same_word(key, "ignorepat")) {
      context.ignore_patterns.emplace_back(trimmed(entry.value));
      if (const auto fault = fault_of_extension(context.ignore_patterns.back())) {
        fail(entry, "the pattern '" + context.ignore_patterns.back() + "' " + *fault);
      }
    } else if (same_word(key, "switch") || same_word(key, "lswitch") || same_word(key, "eswitch")) {
      fail(entry, key +
                      " is not supported: the dialplan comes from this file alone; include a "
                      "context, or Dial the other exchange, instead");
    } else if (same_word(key, "autohints")) {
      loaded_.warnings.push_back({entry.place, "autohints has no effect: hints are kept unused"});
    } else {
      const auto near = base::nearest(key, {"exten", "same", "include", "ignorepat"});
      fail(entry, "unknown key '" + key + "' in context [" + context.name + "]" +
                      (near ? ": did you mean '" + std::string(*near) + "'?" : ""));
    }
  }

  /// Globals may stand in the extension's name, before the first comma.
  [[nodiscard]] std::string with_globals_in_name(const std::string& value) const {
    const std::size_t comma = value.find(',');
    if (comma == std::string::npos || value.find("${") > comma) {
      return value;
    }
    return with_globals(value.substr(0, comma)) + value.substr(comma);
  }

  void take_same(Context& context, const ConfEntry& entry) {
    if (!last_) {
      fail(entry, "same needs an exten before it in this context");
      return;
    }
    auto line = parse_same(entry.value);
    if (line) {
      line->name = last_->name;
      line->caller = last_->caller;
    }
    take(context, entry, std::move(line));
  }

  void take(Context& context, const ConfEntry& entry,
            core::Result<ExtensionLine, std::string> line) {
    if (!line) {
      fail(entry, line.error());
      return;
    }
    Extension& extension = extension_of(context, *line, entry);
    last_ = LastLine{line->name, line->caller};
    if (line->priority.kind == LinePriority::Kind::hint) {
      extension.hint = line->application;
      return;
    }
    const std::optional<int> priority = priority_of(extension, line->priority);
    if (!priority) {
      fail(entry, "the first priority of '" + line->name + "' must be a number, such as 1");
      return;
    }
    check_application(entry, line->application);
    add(extension,
        {*priority, line->priority.label, line->application, line->arguments, entry.place});
  }

  static Extension& extension_of(Context& context, const ExtensionLine& line,
                                 const ConfEntry& entry) {
    const auto known = std::find_if(
        context.extensions.begin(), context.extensions.end(),
        [&](const Extension& e) { return e.name == line.name && e.caller == line.caller; });
    if (known != context.extensions.end()) {
      return *known;
    }
    context.extensions.push_back({line.name, line.caller, {}, {}, entry.place});
    return context.extensions.back();
  }

  /// `n` counts on from the line of this extension that was read last.
  static std::optional<int> priority_of(const Extension& extension, const LinePriority& priority) {
    if (priority.kind == LinePriority::Kind::number) {
      return priority.number;
    }
    if (extension.steps.empty()) {
      return std::nullopt;
    }
    const int step = priority.kind == LinePriority::Kind::next ? 1 : 0;
    return extension.steps.back().priority + step + priority.number;
  }

  void add(Extension& extension, Step step) {
    for (const Step& other : extension.steps) {
      const std::string first = " (first in line " + std::to_string(other.place.line) + ")";
      if (other.priority == step.priority) {
        loaded_.errors.push_back({step.place, "priority " + std::to_string(step.priority) +
                                                  " of '" + extension.name + "' stands twice" +
                                                  first});
        return;
      }
      if (!step.label.empty() && other.label == step.label) {
        loaded_.errors.push_back({step.place, "label '" + step.label + "' of '" + extension.name +
                                                  "' stands twice" + first});
        return;
      }
    }
    extension.steps.push_back(std::move(step));
  }

  /// Spells the application as it is known.
  void check_application(const ConfEntry& entry, std::string& application) {
    const auto& known = options_.applications;
    const auto found = std::find_if(known.begin(), known.end(), [&](std::string_view name) {
      return same_word(name, application);
    });
    if (found != known.end()) {
      application = *found;
    } else if (!known.empty()) {
      const auto near = base::nearest(application, known);
      fail(entry, "unknown application '" + application + "'" +
                      (near ? ": did you mean '" + std::string(*near) + "'?" : ""));
    }
  }

  void take_include(Context& context, const ConfEntry& entry) {
    const std::string value = with_globals(entry.value);
    const std::size_t end = value.find_first_of(",|");
    Include include{std::string(trimmed(value.substr(0, end))), std::nullopt, entry.place};
    if (include.context.empty()) {
      fail(entry, "include needs the name of a context");
      return;
    }
    if (end != std::string::npos) {
      auto when = TimeSpec::parse(value.substr(end + 1));
      if (!when) {
        fail(entry, when.error());
        return;
      }
      include.when = std::move(*when);
    }
    context.includes.push_back(std::move(include));
  }

  void finish_contexts() {
    for (Context& context : contexts_) {
      for (const Include& include : context.includes) {
        const bool exists = std::any_of(contexts_.begin(), contexts_.end(), [&](const Context& c) {
          return c.name == include.context;
        });
        if (!exists) {
          loaded_.warnings.push_back({include.place, "include of context '" + include.context +
                                                         "', which does not exist"});
        }
      }
      for (Extension& extension : context.extensions) {
        std::sort(extension.steps.begin(), extension.steps.end(),
                  [](const Step& l, const Step& r) { return l.priority < r.priority; });
      }
    }
  }

  void fail(const ConfEntry& entry, std::string text) {
    loaded_.errors.push_back({entry.place, std::move(text)});
  }

  struct LastLine {
    std::string name;
    std::optional<std::string> caller;
  };

  const LoadOptions& options_;
  Loaded loaded_;
  Dialplan::Settings settings_;
  Dialplan::Globals globals_;
  std::vector<Context> contexts_;
  std::optional<LastLine> last_;
};

}  // namespace

Loaded load_dialplan(const base::ConfFile& file, const LoadOptions& options) {
  return Loader(options).run(file);
}

}  // namespace strowger::exchange::dialplan
