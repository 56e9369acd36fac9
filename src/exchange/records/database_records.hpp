// Call records into the database's table `calls`.
#pragma once

#include "database/call_row.hpp"
#include "exchange/records/record.hpp"

namespace strowger::database {
class Database;
}

namespace strowger::exchange::records {

[[nodiscard]] database::CallRow to_row(const CallRecord& record);

/// The database must outlive it. What its queue refuses, it counts.
class DatabaseRecords final : public RecordSink {
 public:
  explicit DatabaseRecords(database::Database& database) : database_(database) {}
  void write(const CallRecord& record) override;

 private:
  database::Database& database_;
};

}  // namespace strowger::exchange::records
