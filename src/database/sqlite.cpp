#include "database/sqlite.hpp"

#include <sqlite3.h>

namespace strowger::database {
namespace {

SqlError code_of(int result) {
  switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return SqlError::busy;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return SqlError::disk;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return SqlError::corrupt;
    case SQLITE_CONSTRAINT:
      return SqlError::constraint;
    default:
      return SqlError::misuse;
  }
}

SqlFailure failure_of(sqlite3* connection) {
  return {code_of(sqlite3_errcode(connection)), sqlite3_errmsg(connection)};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

// Binding fails only for a wrong index or a statement not reset, and then the step fails too.
Statement& Statement::bind(int index, std::string_view text) {
  // The fifth argument is SQLITE_TRANSIENT, "copy the text", without its C cast.
  const auto copy = reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
  sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(),
                      text.size(), copy, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), index, number);
  return *this;
}

Statement& Statement::bind(int index, double number) {
  sqlite3_bind_double(statement_.get(), index, number);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_.get(), index);
  return *this;
}

SqlResult<void> Statement::run() {
  auto row = step();
  while (row && *row) {
    row = step();
  }
  if (!row) {
    return core::fail(std::move(row.error()));
  }
  return {};
}

SqlResult<bool> Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) {
    return true;
  }
  if (result == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  const SqlFailure failure = failure_of(sqlite3_db_handle(statement_.get()));
  sqlite3_reset(statement_.get());
  return core::fail(failure);
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Connection::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

SqlResult<Connection> Connection::open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Connection connection;
  connection.connection_.reset(raw);
  if (result != SQLITE_OK) {
    return core::fail(raw == nullptr ? SqlFailure{SqlError::disk, "no memory"} : failure_of(raw));
  }
  auto configured = connection.execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;");
  if (!configured) {
    return core::fail(std::move(configured.error()));
  }
  return connection;
}

SqlResult<void> Connection::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return core::fail(failure_of(connection_.get()));
  }
  return {};
}

SqlResult<Statement*> Connection::prepare(const std::string& sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) {
    return &known->second;
  }
  sqlite3_stmt* raw = nullptr;
  const int result = sqlite3_prepare_v3(connection_.get(), sql.c_str(), -1,
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (result != SQLITE_OK) {
    return core::fail(failure_of(connection_.get()));
  }
  return &statements_.emplace(sql, Statement(raw)).first->second;
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(connection_.get());
}

}  // namespace strowger::database
