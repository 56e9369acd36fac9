#include "database/database.hpp"

#include <utility>

#include "database/calls_table.hpp"
#include "database/memory_key_values.hpp"
#include "database/registrations_table.hpp"
#include "database/schema.hpp"
#include "database/writer.hpp"

namespace strowger::database {
namespace {

std::string advice(const std::string& path, const SqlFailure& failure) {
  std::string text = "the database '" + path + "' can't be opened: " + failure.text;
  switch (failure.code) {
    case SqlError::busy:
      return text + "; is another strowger running on the same data folder?";
    case SqlError::disk:
      return text +
             "; see that its folder exists, that this user may write there, and that the "
             "disk is not full";
    case SqlError::corrupt:
      return text + "; move the file away to start with an empty one, or put back a copy of it";
    case SqlError::constraint:
    case SqlError::misuse:
      break;
  }
  return text + "; use the program that wrote it, or move the file away";
}

}  // namespace

/// The writer comes last, so that it ends first: its jobs use nothing of the others.
class Database::Impl {
 public:
  Impl(std::unique_ptr<MemoryKeyValues> key_values, std::vector<RegistrationRow> registrations,
       Connection connection, const Options& options)
      : key_values_(std::move(key_values)),
        registrations_(std::move(registrations)),
        writer_(std::move(connection), options) {
    key_values_->set_post([this](Job job) { return writer_.post(std::move(job)); });
  }

  MemoryKeyValues& key_values() { return *key_values_; }
  [[nodiscard]] const std::vector<RegistrationRow>& registrations() const { return registrations_; }
  Writer& writer() { return writer_; }

 private:
  std::unique_ptr<MemoryKeyValues> key_values_;
  const std::vector<RegistrationRow> registrations_;
  Writer writer_;
};

core::Result<std::unique_ptr<Database>, std::string> Database::open(const Options& options) {
  auto connection = Connection::open(options.path);
  if (!connection) {
    return core::fail(advice(options.path, connection.error()));
  }
  auto migrated = migrate(*connection);
  if (!migrated) {
    return core::fail(advice(options.path, migrated.error()));
  }
  auto key_values = std::make_unique<MemoryKeyValues>();
  auto loaded = key_values->load(*connection);
  if (!loaded) {
    return core::fail(advice(options.path, loaded.error()));
  }
  auto registrations = all_registrations(*connection);
  if (!registrations) {
    return core::fail(advice(options.path, registrations.error()));
  }
  return std::unique_ptr<Database>(new Database(std::make_unique<Impl>(
      std::move(key_values), std::move(*registrations), std::move(*connection), options)));
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

KeyValueStore& Database::key_values() {
  return impl_->key_values();
}

std::vector<RegistrationRow> Database::registrations_at_start(std::string_view protocol) const {
  std::vector<RegistrationRow> rows;
  for (const RegistrationRow& row : impl_->registrations()) {
    if (row.protocol == protocol) {
      rows.push_back(row);
    }
  }
  return rows;
}

bool Database::keep(RegistrationRow registration) {
  return impl_->writer().post({[row = std::move(registration)](Connection& connection) {
                                 return keep_registration(connection, row);
                               },
                               nullptr});
}

bool Database::forget(std::string_view protocol, std::string_view peer, std::string_view contact) {
  return impl_->writer().post({[protocol = std::string(protocol), peer = std::string(peer),
                                contact = std::string(contact)](Connection& connection) {
                                 return forget_registration(connection, protocol, peer, contact);
                               },
                               nullptr});
}

bool Database::append(CallRow call) {
  return impl_->writer().post(
      {[row = std::move(call)](Connection& connection) { return insert_call(connection, row); },
       nullptr});
}

bool Database::newest_calls(std::size_t most, std::function<void(std::vector<CallRow>)> callback) {
  auto rows = std::make_shared<std::vector<CallRow>>();
  return impl_->writer().post(
      {[most, rows](Connection& connection) -> SqlResult<void> {
         auto read = newest_calls_of(connection, most);
         if (!read && read.error().may_pass()) {
           return core::fail(std::move(read.error()));
         }
         *rows = read ? std::move(*read) : std::vector<CallRow>();
         return {};
       },
       [rows, callback = std::move(callback)] { callback(std::move(*rows)); }});
}

bool Database::when_written(std::function<void()> callback) {
  return impl_->writer().post({[](Connection&) { return SqlResult<void>(); }, std::move(callback)});
}

Counters Database::counters() const {
  return impl_->writer().counters();
}

}  // namespace strowger::database
