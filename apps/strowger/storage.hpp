// What outlives a restart, in the data folder: AstDB, registrations and call records.
#pragma once

#include <memory>
#include <string>

#include "base/log.hpp"
#include "core/result.hpp"
#include "database/key_value.hpp"
#include "exchange/drivers/sip/sip_registrations.hpp"
#include "exchange/records/record.hpp"

namespace strowger::app {

class Storage {
 public:
  /// Opens or makes DATA/strowger.db and DATA/cdr.jsonl; the error says what to do.
  [[nodiscard]] static core::Result<std::unique_ptr<Storage>, std::string> open(
      const std::string& data_folder, const base::Logger& log);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  [[nodiscard]] database::KeyValueStore& key_values();
  [[nodiscard]] exchange::records::RecordSink& records();
  [[nodiscard]] exchange::drivers::SipRegistrationStore& registrations();

 private:
  struct Parts;
  explicit Storage(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace strowger::app
