#include "storage.hpp"

namespace strowger::app {
namespace {
class NoKv final : public database::KeyValueStore {
 public:
  std::optional<std::string> get(std::string_view, std::string_view) const override { return {}; }
  bool put(std::string_view, std::string_view, std::string_view) override { return false; }
  bool erase(std::string_view, std::string_view) override { return false; }
  std::size_t erase_family(std::string_view, std::string_view) override { return 0; }
  std::vector<std::pair<std::string, std::string>> entries(std::string_view,
                                                           std::string_view) const override {
    return {};
  }
};
class NoRecords final : public exchange::records::RecordSink {
  void write(const exchange::records::CallRecord&) override {}
};
class NoReg final : public exchange::drivers::SipRegistrationStore {
  std::vector<exchange::drivers::SipRegistration> load() override { return {}; }
  void keep(const exchange::drivers::SipRegistration&) override {}
  void forget(const std::string&, const std::string&) override {}
};
}  // namespace
struct Storage::Parts {
  NoKv kv;
  NoRecords records;
  NoReg reg;
};
Storage::Storage(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Storage::~Storage() = default;
core::Result<std::unique_ptr<Storage>, std::string> Storage::open(const std::string&,
                                                                  const base::Logger&) {
  return std::unique_ptr<Storage>(new Storage(std::make_unique<Parts>()));
}
database::KeyValueStore& Storage::key_values() {
  return parts_->kv;
}
exchange::records::RecordSink& Storage::records() {
  return parts_->records;
}
exchange::drivers::SipRegistrationStore& Storage::registrations() {
  return parts_->reg;
}
}  // namespace strowger::app
