#include "database/registrations_table.hpp"

namespace strowger::database {

SqlResult<void> keep_registration(Connection& connection, const RegistrationRow& row) {
  auto statement = connection.prepare(
      "INSERT OR REPLACE INTO registrations (protocol, peer, contact, path, call_id, cseq, "
      "user_agent, source, expires_at_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  return (*statement)
      ->bind(1, row.protocol)
      .bind(2, row.peer)
      .bind(3, row.contact)
      .bind(4, row.path)
      .bind(5, row.call_id)
      .bind(6, row.cseq)
      .bind(7, row.user_agent)
      .bind(8, row.source)
      .bind(9, row.expires_at.ns)
      .run();
}

SqlResult<void> forget_registration(Connection& connection, const std::string& protocol,
                                    const std::string& peer, const std::string& contact) {
  auto statement = connection.prepare(
      "DELETE FROM registrations WHERE protocol = ? AND peer = ? AND contact = ?");
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  return (*statement)->bind(1, protocol).bind(2, peer).bind(3, contact).run();
}

SqlResult<std::vector<RegistrationRow>> all_registrations(Connection& connection) {
  auto statement = connection.prepare(
      "SELECT protocol, peer, contact, path, call_id, cseq, user_agent, source, expires_at_ns "
      "FROM registrations");
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  Statement& s = **statement;
  std::vector<RegistrationRow> rows;
  auto row = s.step();
  while (row && *row) {
    rows.push_back({s.text(0), s.text(1), s.text(2), s.text(3), s.text(4), s.integer(5), s.text(6),
                    s.text(7), core::WallTime{s.integer(8)}});
    row = s.step();
  }
  if (!row) {
    return core::fail(std::move(row.error()));
  }
  return rows;
}

}  // namespace strowger::database
