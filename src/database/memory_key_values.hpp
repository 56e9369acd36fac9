// The key-value store in memory, which posts every change to the writer. For database.cpp.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <shared_mutex>
#include <string>

#include "database/key_value.hpp"
#include "database/writer.hpp"

namespace strowger::database {

/// Any normal thread. The lock is held while a change is posted, so that memory and file see
/// changes in one order; posting never waits for the disk.
class MemoryKeyValues final : public KeyValueStore {
 public:
  /// Takes a job, or refuses it. Null, as while loading: changes go nowhere.
  using Post = std::function<bool(Job)>;

  /// Reads the table. Before the first use.
  [[nodiscard]] SqlResult<void> load(Connection& connection);
  void set_post(Post post) { post_ = std::move(post); }

  [[nodiscard]] std::optional<std::string> get(std::string_view family,
                                               std::string_view key) const override;
  bool put(std::string_view family, std::string_view key, std::string_view value) override;
  bool erase(std::string_view family, std::string_view key) override;
  std::size_t erase_family(std::string_view family, std::string_view prefix) override;
  [[nodiscard]] std::vector<std::string> families() const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> entries(
      std::string_view family, std::string_view prefix) const override;

  static constexpr std::size_t max_name_octets = 256;
  static constexpr std::size_t max_value_octets = 8192;
  static constexpr std::size_t max_entries = 100'000;

 private:
  using Keys = std::map<std::string, std::string, std::less<>>;

  mutable std::shared_mutex mutex_;
  std::map<std::string, Keys, std::less<>> families_;
  std::size_t entries_ = 0;
  Post post_;
};

}  // namespace strowger::database
