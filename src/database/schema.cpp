#include "database/schema.hpp"

#include <array>

namespace strowger::database {
namespace {

/// Step i leads from version i to i + 1. A step that has been released is never changed.
constexpr std::array<std::string_view, 3> steps{
    // 1: AstDB's model
    R"(CREATE TABLE key_values (
         family TEXT NOT NULL,
         key TEXT NOT NULL,
         value TEXT NOT NULL,
         PRIMARY KEY (family, key)) WITHOUT ROWID;)",
    // 2: registrations, kept over a restart
    R"(CREATE TABLE registrations (
         protocol TEXT NOT NULL,
         peer TEXT NOT NULL,
         contact TEXT NOT NULL,
         path TEXT NOT NULL,
         call_id TEXT NOT NULL,
         cseq INTEGER NOT NULL,
         user_agent TEXT NOT NULL,
         source TEXT NOT NULL,
         expires_at_ns INTEGER NOT NULL,
         PRIMARY KEY (protocol, peer, contact)) WITHOUT ROWID;)",
    // 3: call records, one a pair of legs
    R"(CREATE TABLE calls (
         id INTEGER PRIMARY KEY,
         start TEXT NOT NULL, answer TEXT, end TEXT NOT NULL,
         src TEXT NOT NULL, dst TEXT NOT NULL, dcontext TEXT NOT NULL, clid TEXT NOT NULL,
         channel TEXT NOT NULL, dstchannel TEXT NOT NULL,
         lastapp TEXT NOT NULL, lastdata TEXT NOT NULL,
         duration INTEGER NOT NULL, billsec INTEGER NOT NULL,
         disposition TEXT NOT NULL, amaflags TEXT NOT NULL,
         accountcode TEXT NOT NULL, peeraccount TEXT NOT NULL, userfield TEXT NOT NULL,
         uniqueid TEXT NOT NULL, linkedid TEXT NOT NULL, sequence INTEGER NOT NULL,
         cause INTEGER NOT NULL, ended_by TEXT NOT NULL,
         caller_cause INTEGER NOT NULL, caller_call_id TEXT NOT NULL,
         caller_address TEXT NOT NULL, caller_user_agent TEXT NOT NULL,
         caller_packets_sent INTEGER NOT NULL, caller_packets_received INTEGER NOT NULL,
         caller_packets_lost INTEGER NOT NULL, caller_jitter_ms REAL NOT NULL,
         caller_round_trip_ms REAL NOT NULL, caller_mos REAL NOT NULL,
         callee_cause INTEGER NOT NULL, callee_call_id TEXT NOT NULL,
         callee_address TEXT NOT NULL, callee_user_agent TEXT NOT NULL,
         callee_packets_sent INTEGER NOT NULL, callee_packets_received INTEGER NOT NULL,
         callee_packets_lost INTEGER NOT NULL, callee_jitter_ms REAL NOT NULL,
         callee_round_trip_ms REAL NOT NULL, callee_mos REAL NOT NULL);
       CREATE INDEX calls_by_start ON calls (start);
       CREATE INDEX calls_by_uniqueid ON calls (uniqueid);)",
};

SqlResult<std::int64_t> version_of(Connection& connection) {
  auto statement = connection.prepare("PRAGMA user_version");
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  auto row = (*statement)->step();
  if (!row) {
    return core::fail(std::move(row.error()));
  }
  const std::int64_t version = (*statement)->integer(0);
  auto rest = (*statement)->run();
  if (!rest) {
    return core::fail(std::move(rest.error()));
  }
  return version;
}

}  // namespace

int schema_version() {
  return static_cast<int>(steps.size());
}

SqlResult<void> migrate(Connection& connection) {
  const auto version = version_of(connection);
  if (!version) {
    return core::fail(version.error());
  }
  if (*version < 0 || *version > schema_version()) {
    return core::fail(SqlFailure{
        SqlError::misuse, "its tables are of version " + std::to_string(*version) +
                              ", this program knows up to " + std::to_string(schema_version())});
  }
  for (auto step = static_cast<std::size_t>(*version); step < steps.size(); ++step) {
    const std::string sql = "BEGIN IMMEDIATE;" + std::string(steps[step]) +
                            "PRAGMA user_version=" + std::to_string(step + 1) + ";COMMIT;";
    auto done = connection.execute(sql);
    if (!done) {
      // Fails where the transaction had not begun; there is nothing to take back then.
      (void)connection.execute("ROLLBACK");
      return done;
    }
  }
  return {};
}

}  // namespace strowger::database
