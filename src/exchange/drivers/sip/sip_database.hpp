// Registrations in the database: keeps what the registrar reports, gives it back at the next start.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/drivers/sip/sip_registrations.hpp"

namespace strowger::database {
class Database;
}

namespace strowger::exchange::drivers {

/// The database must outlive it. Never waits: changes are written behind.
class SipDatabase final : public SipRegistrationStore {
 public:
  explicit SipDatabase(database::Database& database) : database_(database) {}

  [[nodiscard]] std::vector<SipRegistration> load() override;
  void keep(const SipRegistration& registration) override;
  void forget(const std::string& peer, const std::string& contact) override;

 private:
  database::Database& database_;
};

/// "udp/0 192.0.2.1:5060": transport, listener and address. A stream's connection is not kept: it
/// does not outlive a restart.
[[nodiscard]] std::string flow_text(const sip::Flow& flow);
[[nodiscard]] std::optional<sip::Flow> parse_flow(std::string_view text);

}  // namespace strowger::exchange::drivers
