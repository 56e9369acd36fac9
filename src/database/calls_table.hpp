// Rows of the table `calls`, in and out, by one table of columns. For database.cpp.
#pragma once

#include <vector>

#include "database/call_row.hpp"
#include "database/sqlite.hpp"

namespace strowger::database {

[[nodiscard]] SqlResult<void> insert_call(Connection& connection, const CallRow& row);
/// The last ones, newest first.
[[nodiscard]] SqlResult<std::vector<CallRow>> newest_calls_of(Connection& connection,
                                                              std::size_t most);

}  // namespace strowger::database
