// Functions on the key-value store, as AstDB's. All answer at once: the store is in memory.
#include <array>

#include "base/text.hpp"
#include "exchange/dialplan/functions_parts.hpp"

namespace strowger::exchange::dialplan {
namespace {

struct Entry {
  std::string_view family;
  std::string_view key;
};

/// "family/key", where the key may hold more slashes.
std::optional<Entry> entry_of(VariableScope& scope, std::string_view function,
                              std::string_view arguments) {
  const std::string_view text = base::trimmed(arguments);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) {
    scope.warn(std::string(function) + "() takes family/key, not '" + std::string(text) + "'");
    return std::nullopt;
  }
  if (scope.key_values() == nullptr) {
    scope.warn(std::string(function) + "(): there is no database");
    return std::nullopt;
  }
  return Entry{text.substr(0, slash), text.substr(slash + 1)};
}

/// Also leaves the value in DB_RESULT, as Asterisk does.
std::optional<std::string> look_up(VariableScope& scope, const Entry& entry) {
  std::optional<std::string> value = scope.key_values()->get(entry.family, entry.key);
  scope.variables().set("DB_RESULT", value.value_or(std::string()));
  return value;
}

std::string read_db(VariableScope& scope, std::string_view arguments) {
  const std::optional<Entry> entry = entry_of(scope, "DB", arguments);
  return entry ? look_up(scope, *entry).value_or(std::string()) : std::string();
}

bool write_db(VariableScope& scope, std::string_view arguments, std::string_view value) {
  const std::optional<Entry> entry = entry_of(scope, "DB", arguments);
  if (!entry) {
    return false;
  }
  const bool stored = scope.key_values()->put(entry->family, entry->key, value);
  if (!stored) {
    scope.warn("DB(): the name or value is too long, or the database is full");
  }
  return stored;
}

std::string read_db_exists(VariableScope& scope, std::string_view arguments) {
  const std::optional<Entry> entry = entry_of(scope, "DB_EXISTS", arguments);
  return entry && look_up(scope, *entry) ? "1" : "0";
}

/// Gives what was there.
std::string read_db_delete(VariableScope& scope, std::string_view arguments) {
  const std::optional<Entry> entry = entry_of(scope, "DB_DELETE", arguments);
  if (!entry) {
    return {};
  }
  std::optional<std::string> value = look_up(scope, *entry);
  scope.key_values()->erase(entry->family, entry->key);
  return std::move(value).value_or(std::string());
}

bool write_db_delete(VariableScope& scope, std::string_view arguments, std::string_view) {
  const std::optional<Entry> entry = entry_of(scope, "DB_DELETE", arguments);
  if (entry) {
    scope.key_values()->erase(entry->family, entry->key);
  }
  return entry.has_value();
}

/// DB_KEYS(family[/prefix]): the next parts of the keys below, each once, by commas.
std::string read_db_keys(VariableScope& scope, std::string_view arguments) {
  const std::string_view text = base::trimmed(arguments);
  const std::size_t slash = text.find('/');
  const std::string_view family = text.substr(0, slash);
  const std::string_view prefix =
      slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  if (family.empty() || scope.key_values() == nullptr) {
    scope.warn("DB_KEYS() takes a family, and needs a database");
    return {};
  }
  std::string keys;
  std::string last;
  for (const auto& [key, value] : scope.key_values()->entries(family, prefix)) {
    std::string_view below = key;
    below.remove_prefix(std::min(below.size(), prefix.empty() ? 0 : prefix.size() + 1));
    const std::string part(below.substr(0, below.find('/')));
    if (!part.empty() && part != last) {
      keys += (keys.empty() ? "" : ",") + part;
      last = part;
    }
  }
  return keys;
}

constexpr std::array<Function, 4> table{{
    {"DB", "family/key", "a value of the database", read_db, write_db},
    {"DB_EXISTS", "family/key", "1 where the database has that key", read_db_exists, nullptr},
    {"DB_DELETE", "family/key", "the value, which is deleted", read_db_delete, write_db_delete},
    {"DB_KEYS", "family[/prefix]", "the keys below, by commas", read_db_keys, nullptr},
}};

}  // namespace

std::span<const Function> database_functions() {
  return table;
}

}  // namespace strowger::exchange::dialplan
