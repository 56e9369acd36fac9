#include "exchange/dialplan/variables.hpp"

#include <algorithm>
#include <mutex>

#include "exchange/dialplan/functions.hpp"

namespace strowger::exchange::dialplan {
namespace {

std::uint8_t take_underscores(std::string_view& name) {
  std::uint8_t generations = 0;
  while (generations < 2 && name.starts_with('_')) {
    name.remove_prefix(1);
    ++generations;
  }
  return generations;
}

}  // namespace

bool VariableTable::set(std::string_view name, std::string_view value) {
  const std::uint8_t generations = take_underscores(name);
  if (name.empty() || value.size() > max_value_octets) {
    return false;
  }
  const auto known = std::find_if(variables_.begin(), variables_.end(),
                                  [name](const Variable& v) { return v.name == name; });
  if (known != variables_.end()) {
    known->value = value;
    known->generations = generations;
    return true;
  }
  if (variables_.size() == max_variables) {
    return false;
  }
  variables_.push_back({std::string(name), std::string(value), generations});
  return true;
}

const std::string* VariableTable::find(std::string_view name) const {
  const auto known = std::find_if(variables_.begin(), variables_.end(),
                                  [name](const Variable& v) { return v.name == name; });
  return known == variables_.end() ? nullptr : &known->value;
}

void VariableTable::erase(std::string_view name) {
  take_underscores(name);
  std::erase_if(variables_, [name](const Variable& v) { return v.name == name; });
}

VariableTable VariableTable::inherited() const {
  VariableTable table;
  for (const Variable& variable : variables_) {
    if (variable.generations > 0) {
      const std::uint8_t left = variable.generations == 1 ? 0 : 2;
      table.variables_.push_back({variable.name, variable.value, left});
    }
  }
  return table;
}

std::vector<std::pair<std::string_view, std::string_view>> VariableTable::all() const {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  for (const Variable& variable : variables_) {
    pairs.emplace_back(variable.name, variable.value);
  }
  return pairs;
}

std::optional<std::string> GlobalVariables::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

void GlobalVariables::set(std::string_view name, std::string_view value) {
  const std::unique_lock lock(mutex_);
  const auto known = values_.find(name);
  if (known != values_.end()) {
    known->second = value;
  } else if (values_.size() < max_variables) {
    values_.emplace(name, value);
  }
}

void GlobalVariables::load(const Dialplan::Globals& globals, bool clear) {
  const std::unique_lock lock(mutex_);
  if (clear) {
    values_.clear();
  }
  for (const auto& [name, value] : globals) {
    values_[name] = value;
  }
}

std::vector<std::pair<std::string, std::string>> GlobalVariables::all() const {
  const std::shared_lock lock(mutex_);
  return {values_.begin(), values_.end()};
}

std::optional<CivilTime> ScopeClock::civil(std::string_view zone) const {
  const TimeZone* found = scope_.zone(zone);
  return found == nullptr ? std::nullopt : std::optional(found->civil(scope_.wall()));
}

std::optional<std::string> find_variable(std::string_view name, VariableScope& scope) {
  if (name == "EPOCH") {
    return std::to_string(scope.wall().seconds());
  }
  if (auto value = scope.builtin(name)) {
    return value;
  }
  if (const std::string* value = scope.variables().find(name)) {
    return *value;
  }
  return scope.globals().find(name);
}

bool assign(std::string_view name, std::string_view value, VariableScope& scope) {
  const std::size_t open = name.find('(');
  if (open == std::string_view::npos) {
    if (scope.variables().set(name, value)) {
      return true;
    }
    scope.warn("variable '" + std::string(name) +
               "' can't be set: no name, too many variables or too long a value");
    return false;
  }
  const std::string function_name(name.substr(0, open));
  const Function* function = find_function(function_name);
  if (function == nullptr || function->write == nullptr) {
    scope.warn(function_name + "() " +
               (function == nullptr ? "is no function" : "can't be written"));
    return false;
  }
  if (!name.ends_with(')')) {
    scope.warn("the '(' of " + function_name + " is not closed");
    return false;
  }
  return function->write(scope, name.substr(open + 1, name.size() - open - 2), value);
}

}  // namespace strowger::exchange::dialplan
