#include "database/memory_key_values.hpp"

#include <iterator>
#include <mutex>

namespace strowger::database {
namespace {

bool stands_below(std::string_view key, std::string_view prefix) {
  return prefix.empty() ||
         (key.starts_with(prefix) && (key.size() == prefix.size() || key[prefix.size()] == '/'));
}

SqlResult<void> write(Connection& connection, const std::string& family, const std::string& key,
                      const std::string& value) {
  auto statement = connection.prepare(
      "INSERT INTO key_values (family, key, value) VALUES (?, ?, ?) "
      "ON CONFLICT (family, key) DO UPDATE SET value = excluded.value");
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  return (*statement)->bind(1, family).bind(2, key).bind(3, value).run();
}

SqlResult<void> remove(Connection& connection, const std::string& family, const std::string& key) {
  auto statement = connection.prepare("DELETE FROM key_values WHERE family = ? AND key = ?");
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  return (*statement)->bind(1, family).bind(2, key).run();
}

SqlResult<void> remove_below(Connection& connection, const std::string& family,
                             const std::string& prefix) {
  auto statement = connection.prepare(
      "DELETE FROM key_values WHERE family = ?1 AND "
      "(?2 = '' OR key = ?2 OR substr(key, 1, length(?2) + 1) = ?2 || '/')");
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  return (*statement)->bind(1, family).bind(2, prefix).run();
}

}  // namespace

SqlResult<void> MemoryKeyValues::load(Connection& connection) {
  auto statement = connection.prepare("SELECT family, key, value FROM key_values");
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  auto row = (*statement)->step();
  while (row && *row) {
    families_[(*statement)->text(0)][(*statement)->text(1)] = (*statement)->text(2);
    ++entries_;
    row = (*statement)->step();
  }
  return row ? SqlResult<void>() : core::fail(std::move(row.error()));
}

std::optional<std::string> MemoryKeyValues::get(std::string_view family,
                                                std::string_view key) const {
  const std::shared_lock lock(mutex_);
  const auto keys = families_.find(family);
  if (keys == families_.end()) {
    return std::nullopt;
  }
  const auto found = keys->second.find(key);
  return found == keys->second.end() ? std::nullopt : std::optional(found->second);
}

bool MemoryKeyValues::put(std::string_view family, std::string_view key, std::string_view value) {
  if (family.empty() || key.empty() || family.size() > max_name_octets ||
      key.size() > max_name_octets || value.size() > max_value_octets) {
    return false;
  }
  const std::unique_lock lock(mutex_);
  const auto keys = families_.find(family);
  const bool fresh = keys == families_.end() || !keys->second.contains(std::string(key));
  if (fresh && entries_ == max_entries) {
    return false;
  }
  const bool posted =
      post_({[family = std::string(family), key = std::string(key), value = std::string(value)](
                 Connection& connection) { return write(connection, family, key, value); },
             nullptr});
  if (posted) {
    families_[std::string(family)][std::string(key)] = value;
    entries_ += fresh ? 1 : 0;
  }
  return posted;
}

bool MemoryKeyValues::erase(std::string_view family, std::string_view key) {
  const std::unique_lock lock(mutex_);
  const auto keys = families_.find(family);
  const auto found = keys == families_.end() ? Keys::iterator() : keys->second.find(key);
  if (keys == families_.end() || found == keys->second.end()) {
    return false;
  }
  const bool posted =
      post_({[family = std::string(family), key = std::string(key)](Connection& connection) {
               return remove(connection, family, key);
             },
             nullptr});
  if (posted) {
    keys->second.erase(found);
    --entries_;
  }
  return posted;
}

std::size_t MemoryKeyValues::erase_family(std::string_view family, std::string_view prefix) {
  const std::unique_lock lock(mutex_);
  const auto keys = families_.find(family);
  const bool posted =
      keys != families_.end() &&
      post_({[family = std::string(family), prefix = std::string(prefix)](Connection& connection) {
               return remove_below(connection, family, prefix);
             },
             nullptr});
  if (!posted) {
    return 0;
  }
  const std::size_t erased = std::erase_if(
      keys->second, [&](const auto& entry) { return stands_below(entry.first, prefix); });
  entries_ -= erased;
  return erased;
}

std::vector<std::string> MemoryKeyValues::families() const {
  std::vector<std::string> names;
  const std::shared_lock lock(mutex_);
  for (const auto& [name, keys] : families_) {
    if (!keys.empty()) {
      names.push_back(name);
    }
  }
  return names;
}

std::vector<std::pair<std::string, std::string>> MemoryKeyValues::entries(
    std::string_view family, std::string_view prefix) const {
  std::vector<std::pair<std::string, std::string>> found;
  const std::shared_lock lock(mutex_);
  const auto keys = families_.find(family);
  if (keys == families_.end()) {
    return found;
  }
  for (auto entry = keys->second.lower_bound(prefix);
       entry != keys->second.end() && entry->first.starts_with(prefix); ++entry) {
    if (stands_below(entry->first, prefix)) {
      found.emplace_back(*entry);
    }
  }
  return found;
}

}  // namespace strowger::database
