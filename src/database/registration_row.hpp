// A registration as the database keeps it over a restart, whatever its protocol.
#pragma once

#include <cstdint>
#include <string>

#include "core/time.hpp"

namespace strowger::database {

/// (protocol, peer, contact) names it.
struct RegistrationRow {
  std::string protocol;  // "sip"
  std::string peer;
  std::string contact;
  std::string path;
  std::string call_id;
  std::int64_t cseq = 0;
  std::string user_agent;
  std::string source;  // how the peer is reached, in words of its driver
  core::WallTime expires_at;
};

}  // namespace strowger::database
