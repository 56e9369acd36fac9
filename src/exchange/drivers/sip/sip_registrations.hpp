// Where registrations are kept over a restart. Implemented on the database; a fake in tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "sip/engine_types.hpp"

namespace strowger::exchange::drivers {

/// One binding, owned. `expires_at` is wall time, so that it means something after a restart.
struct SipRegistration {
  std::string peer;
  std::string contact;
  std::string path;
  std::string call_id;
  std::string user_agent;
  std::uint32_t cseq = 0;
  sip::Flow flow;
  core::WallTime expires_at;
};

/// Called on the signalling thread; must not wait for a disk.
class SipRegistrationStore {
 public:
  SipRegistrationStore() = default;
  SipRegistrationStore(const SipRegistrationStore&) = delete;
  SipRegistrationStore& operator=(const SipRegistrationStore&) = delete;
  virtual ~SipRegistrationStore() = default;

  /// All bindings kept, once, at start.
  [[nodiscard]] virtual std::vector<SipRegistration> load() = 0;
  virtual void keep(const SipRegistration& registration) = 0;
  virtual void forget(const std::string& peer, const std::string& contact) = 0;
};

}  // namespace strowger::exchange::drivers
