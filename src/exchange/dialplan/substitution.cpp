#include "exchange/dialplan/substitution.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "exchange/dialplan/expression.hpp"
#include "exchange/dialplan/functions.hpp"

namespace strowger::exchange::dialplan {
namespace {

/// Where the bracket that opens before `at` closes; npos where it does not.
std::size_t find_close(std::string_view text, std::size_t at, char open, char close) {
  int depth = 1;
  for (; at < text.size(); ++at) {
    depth += text[at] == open ? 1 : text[at] == close ? -1 : 0;
    if (depth == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

/// A whole number, clipped so that sums of it can't overflow.
std::optional<long> parse_number(std::string_view text) {
  text = base::trimmed(text);
  text.remove_prefix(text.starts_with('+') ? 1 : 0);
  long number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (rest == text.data()) {
    return std::nullopt;
  }
  constexpr long most = 1'000'000'000;
  if (error == std::errc::result_out_of_range) {
    return text.starts_with('-') ? -most : most;
  }
  return std::clamp(number, -most, most);
}

}  // namespace

Reference parse_reference(std::string_view text) {
  Reference reference;
  const std::size_t open = text.find('(');
  std::size_t colon = text.find(':');
  if (open < colon) {
    // The last ')' closes, so that what a caller sent can't end the arguments early.
    const std::size_t close = text.rfind(')');
    const bool closed = close != std::string_view::npos && close > open;
    reference.arguments = text.substr(open + 1, closed ? close - open - 1 : close);
    colon = closed && text.substr(close + 1).starts_with(':') ? close + 1 : std::string_view::npos;
  }
  reference.name = base::trimmed(text.substr(0, std::min(open, colon)));
  if (colon != std::string_view::npos) {
    const std::string_view range = text.substr(colon + 1);
    const std::size_t second = range.find(':');
    reference.offset = parse_number(range.substr(0, second)).value_or(0);
    if (second != std::string_view::npos) {
      reference.length = parse_number(range.substr(second + 1));
    }
  }
  return reference;
}

std::string_view part_of(std::string_view value, const Reference& reference) {
  const long size = static_cast<long>(value.size());
  long begin = reference.offset.value_or(0);
  begin = std::clamp(begin < 0 ? size + begin : begin, 0L, size);
  long end = size;
  if (reference.length) {
    end = *reference.length < 0 ? size + *reference.length : begin + *reference.length;
    end = std::clamp(end, begin, size);
  }
  return value.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
}

std::string Substitution::run(std::string_view text) {
  if (scope_.substitution_depth_ == 0) {
    scope_.substitution_steps_ = 0;
  }
  if (scope_.substitution_depth_ == max_substitution_depth) {
    scope_.warn("substitution is nested more than 30 deep: left out");
    return {};
  }
  ++scope_.substitution_depth_;
  std::string result = walk(text);
  --scope_.substitution_depth_;
  return result;
}

std::string Substitution::walk(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t next = text.find_first_of("$\\", at);
    result += text.substr(at, next - at);
    if (next == std::string_view::npos) {
      break;
    }
    const std::string_view rest = text.substr(next);
    const bool variable = rest.starts_with("${");
    if (rest.starts_with("\\$")) {
      result += '$';
      at = next + 2;
    } else if (variable || rest.starts_with("$[")) {
      const std::size_t close =
          variable ? find_close(text, next + 2, '{', '}') : find_close(text, next + 2, '[', ']');
      if (close == std::string_view::npos) {
        scope_.warn("'" + std::string(rest.substr(0, 40)) + "' is not closed");
      }
      const std::string_view inner =
          text.substr(next + 2, close == std::string_view::npos ? close : close - next - 2);
      result += variable ? value_of(inner) : result_of(inner);
      at = close == std::string_view::npos ? text.size() : close + 1;
    } else {
      result += rest.front();
      at = next + 1;
    }
    if (result.size() > max_substituted_octets) {
      scope_.warn("substitution grows beyond 32 KiB: cut");
      result.resize(max_substituted_octets);
      break;
    }
  }
  return result;
}

bool Substitution::step() {
  if (++scope_.substitution_steps_ > max_substitution_steps) {
    if (scope_.substitution_steps_ == max_substitution_steps + 1) {
      scope_.warn("more than 1000 variables and expressions in one text: the rest is left out");
    }
    return false;
  }
  return true;
}

std::string Substitution::value_of(std::string_view inner) {
  if (!step()) {
    return {};
  }
  const std::string substituted = run(inner);
  const Reference reference = parse_reference(substituted);
  if (!reference.arguments) {
    const std::optional<std::string> value = find_variable(reference.name, scope_);
    return value ? std::string(part_of(*value, reference)) : std::string();
  }
  const Function* function = find_function(reference.name);
  if (function == nullptr || function->read == nullptr) {
    scope_.warn(std::string(reference.name) + "() " +
                (function == nullptr ? "is no function" : "can't be read"));
    return {};
  }
  const std::string value = function->read(scope_, *reference.arguments);
  return std::string(part_of(value, reference));
}

std::string Substitution::result_of(std::string_view inner) {
  if (!step()) {
    return {};
  }
  const std::string substituted = run(inner);
  auto value = evaluate(substituted);
  if (!value) {
    scope_.warn("$[" + substituted + "]: " + value.error().text + " (at character " +
                std::to_string(value.error().offset + 1) + ")");
    return {};
  }
  if (!value->note.empty()) {
    scope_.warn("$[" + substituted + "]: " + value->note);
  }
  return std::move(value->text);
}

std::string substitute(std::string_view text, VariableScope& scope) {
  // Most arguments hold nothing to substitute.
  if (text.find_first_of("$\\") == std::string_view::npos) {
    return std::string(text);
  }
  return Substitution(scope).run(text);
}

}  // namespace strowger::exchange::dialplan
