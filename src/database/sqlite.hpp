// SQLite behind RAII and Result: a connection with its prepared statements. For database.cpp and
// its parts; nobody else sees SQL. One thread; every call may wait for the disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace strowger::database {

enum class SqlError : std::uint8_t {
  busy,        // someone else holds the file: trying again may help
  disk,        // full, read-only or failing: trying again may help once it is repaired
  corrupt,     // no database, or a damaged one
  constraint,  // the row breaks a rule of its table
  misuse,      // anything else: a statement that doesn't fit the schema
};

struct SqlFailure {
  SqlError code = SqlError::misuse;
  std::string text;  // SQLite's own sentence

  [[nodiscard]] bool may_pass() const { return code == SqlError::busy || code == SqlError::disk; }
};
template <class T>
using SqlResult = core::Result<T, SqlFailure>;

/// A prepared statement. `reset` is done by `run` and at the end of `step`.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  /// Parameters count from 1. Texts are copied.
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t number);
  Statement& bind(int index, double number);
  Statement& bind_null(int index);

  /// For statements that give no rows.
  [[nodiscard]] SqlResult<void> run();
  /// True: a row is there to be read. False: no more, and the statement is reset.
  [[nodiscard]] SqlResult<bool> step();
  [[nodiscard]] std::string text(int column) const;  // columns count from 0
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Connection {
 public:
  /// Opens or creates the file, in WAL mode with synchronous=NORMAL: after a crash of the program
  /// all commits are there, after a power cut perhaps not the last ones, and the file is whole.
  [[nodiscard]] static SqlResult<Connection> open(const std::string& path);

  /// Any number of statements without parameters or rows.
  [[nodiscard]] SqlResult<void> execute(const std::string& sql);
  /// Prepared once and kept by its text.
  [[nodiscard]] SqlResult<Statement*> prepare(const std::string& sql);
  /// Rows that the last statement changed.
  [[nodiscard]] std::int64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
  std::map<std::string, Statement> statements_;  // after connection_: finalized before it closes
};

}  // namespace strowger::database
