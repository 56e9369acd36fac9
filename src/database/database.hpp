// The exchange's database: key-values, registrations and call records in one SQLite file, behind a
// thread of its own. Callers post and go on; nobody waits for the disk but that thread.
//
// What comes while a transaction is being written goes together into the next (group commit). While
// the disk is full, failing or held by someone else, the thread tries again and the queue grows up
// to its limit; what comes beyond is refused, and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "database/call_row.hpp"
#include "database/key_value.hpp"
#include "database/registration_row.hpp"

namespace strowger::database {

struct Options {
  std::string path;                   // of the file; its folder must exist; ":memory:" for tests
  std::size_t queue_limit = 100'000;  // changes that wait to be written
  core::Duration retry_after = core::seconds(1);  // between attempts while the disk is in trouble
  /// Told from the database's thread, in a sentence, once for each spell of trouble and once at its
  /// end. May be empty.
  std::function<void(std::string_view)> on_trouble;
};

struct Counters {
  std::uint64_t written = 0;  // changes committed
  std::uint64_t commits = 0;
  std::uint64_t refused = 0;  // came while the queue was full
  std::uint64_t failed = 0;   // broke a rule of the tables: lost
  std::size_t waiting = 0;    // in the queue now
  std::size_t most_waiting = 0;
};

/// Made and destroyed by its owner; everything else from any normal thread.
class Database {
 public:
  /// Opens or creates the file, brings its tables up to date, reads key-values and registrations
  /// into memory and starts the thread. Waits for the disk: for the program's start. The error is a
  /// sentence that says what to do.
  [[nodiscard]] static core::Result<std::unique_ptr<Database>, std::string> open(
      const Options& options);
  /// Writes what waits (once more, if the disk is in trouble), then ends the thread.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// In memory, written behind. Lives as long as the database.
  [[nodiscard]] KeyValueStore& key_values();

  /// Those of a protocol that were in the file when it was opened, expired or not; later changes
  /// don't show here.
  [[nodiscard]] std::vector<RegistrationRow> registrations_at_start(
      std::string_view protocol) const;
  /// Adds or replaces. False: refused, the queue is full.
  bool keep(RegistrationRow registration);
  bool forget(std::string_view protocol, std::string_view peer, std::string_view contact);

  /// False: refused, the queue is full.
  bool append(CallRow call);
  /// The callback comes once, from the database's thread, newest first, after all that was posted
  /// before has been written. False, and no callback: refused.
  bool newest_calls(std::size_t most, std::function<void(std::vector<CallRow>)> callback);
  /// Calls back, from the database's thread, when all that was posted before has been committed.
  bool when_written(std::function<void()> callback);

  [[nodiscard]] Counters counters() const;

 private:
  class Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace strowger::database
