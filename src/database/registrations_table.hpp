// Rows of the table `registrations`, in and out. For database.cpp.
#pragma once

#include <vector>

#include "database/registration_row.hpp"
#include "database/sqlite.hpp"

namespace strowger::database {

[[nodiscard]] SqlResult<void> keep_registration(Connection& connection, const RegistrationRow& row);
[[nodiscard]] SqlResult<void> forget_registration(Connection& connection,
                                                  const std::string& protocol,
                                                  const std::string& peer,
                                                  const std::string& contact);
[[nodiscard]] SqlResult<std::vector<RegistrationRow>> all_registrations(Connection& connection);

}  // namespace strowger::database
