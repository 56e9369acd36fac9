// AstDB's model: values by family and key. The whole of it is small (registrations of features, not
// of phones) and lives in memory, so that DB() answers at once; what changes is written behind to
// the database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strowger::database {

/// Any normal thread; no call waits for a disk.
class KeyValueStore {
 public:
  KeyValueStore() = default;
  KeyValueStore(const KeyValueStore&) = delete;
  KeyValueStore& operator=(const KeyValueStore&) = delete;
  virtual ~KeyValueStore() = default;

  [[nodiscard]] virtual std::optional<std::string> get(std::string_view family,
                                                       std::string_view key) const = 0;
  /// False beyond the limits: names of 256 octets, values of 8192, 100,000 entries in all.
  virtual bool put(std::string_view family, std::string_view key, std::string_view value) = 0;
  /// False where it was not there.
  virtual bool erase(std::string_view family, std::string_view key) = 0;
  /// All keys that are `prefix` or stand below it ("a" covers "a" and "a/b"); how many there were.
  virtual std::size_t erase_family(std::string_view family, std::string_view prefix) = 0;
  /// All families that hold something, by name.
  [[nodiscard]] virtual std::vector<std::string> families() const = 0;
  /// By key, those below `prefix` ("" all).
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> entries(
      std::string_view family, std::string_view prefix) const = 0;
};

}  // namespace strowger::database
