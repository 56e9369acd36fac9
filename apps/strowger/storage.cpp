#include "storage.hpp"

#include <utility>
#include <vector>

#include "database/database.hpp"
#include "exchange/drivers/sip/sip_database.hpp"
#include "exchange/records/database_records.hpp"
#include "exchange/records/json_lines.hpp"

namespace strowger::app {

/// Members are destroyed in the reverse order: the database last, after all who write to it.
struct Storage::Parts {
  std::unique_ptr<database::Database> database;
  std::unique_ptr<exchange::drivers::SipDatabase> registrations;
  std::unique_ptr<exchange::records::DatabaseRecords> database_records;
  std::unique_ptr<exchange::records::JsonLines> json_lines;
  std::unique_ptr<exchange::records::Fanout> records;
};

Storage::Storage(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Storage::~Storage() = default;

core::Result<std::unique_ptr<Storage>, std::string> Storage::open(const std::string& data_folder,
                                                                  const base::Logger& log) {
  const auto warn = [log](std::string_view sentence) { log.warning(sentence); };
  auto parts = std::make_unique<Parts>();
  database::Options options;
  options.path = data_folder + "/strowger.db";
  options.on_trouble = warn;
  auto database = database::Database::open(options);
  if (!database) {
    return core::fail(database.error());
  }
  parts->database = std::move(*database);
  parts->registrations = std::make_unique<exchange::drivers::SipDatabase>(*parts->database);
  parts->database_records = std::make_unique<exchange::records::DatabaseRecords>(*parts->database);
  exchange::records::JsonLinesOptions lines_options;
  lines_options.path = data_folder + "/cdr.jsonl";
  lines_options.on_trouble = warn;
  auto json_lines = exchange::records::JsonLines::open(std::move(lines_options));
  if (!json_lines) {
    return core::fail(json_lines.error());
  }
  parts->json_lines = std::move(*json_lines);
  parts->records =
      std::make_unique<exchange::records::Fanout>(std::vector<exchange::records::RecordSink*>{
          parts->json_lines.get(), parts->database_records.get()});
  return std::unique_ptr<Storage>(new Storage(std::move(parts)));
}

database::KeyValueStore& Storage::key_values() {
  return parts_->database->key_values();
}
exchange::records::RecordSink& Storage::records() {
  return *parts_->records;
}
exchange::drivers::SipRegistrationStore& Storage::registrations() {
  return *parts_->registrations;
}

}  // namespace strowger::app
