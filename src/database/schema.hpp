// The tables, and the way from each older version of them to today's. For database.cpp.
#pragma once

#include "database/sqlite.hpp"

namespace strowger::database {

/// Brings the file to today's schema, each step in a transaction of its own; the version stands in
/// user_version. A file that a newer program has written is refused (misuse) and left as it is.
[[nodiscard]] SqlResult<void> migrate(Connection& connection);

/// The version that `migrate` leads to.
[[nodiscard]] int schema_version();

}  // namespace strowger::database
