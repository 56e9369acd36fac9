// One section of sip.conf being read; for the readers of sip_conf.cpp and sip_conf_peer.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/conf.hpp"
#include "core/address.hpp"
#include "core/time.hpp"
#include "exchange/drivers/sip/sip_conf.hpp"

namespace strowger::exchange::drivers {

using ConfErrors = std::vector<base::ConfError>;

/// The words between any of `separators`; empty ones are left out.
std::vector<std::string> split_words(std::string_view text, std::string_view separators);

/// One section being read, with the two lists that everything is reported to.
struct SipConfSection {
  const base::ConfSection& source;
  base::ConfKeys keys;
  ConfErrors& errors;
  ConfErrors& notices;

  SipConfSection(const base::ConfSection& section, ConfErrors& all_errors, ConfErrors& all_notices)
      : source(section), keys(section, all_errors), errors(all_errors), notices(all_notices) {}

  /// Reported at the key's own line, or at the section's where it does not stand.
  void error(std::string_view key, std::string text);

  /// A numeric address with or without a port; nothing where the key does not stand or is bad.
  std::optional<core::Address> address(std::string_view key, std::uint16_t default_port);

  core::Duration seconds(std::string_view key, core::Duration fallback, long max) {
    return core::seconds(keys.integer(key, fallback.seconds(), 0, max));
  }
  core::Duration milliseconds(std::string_view key, core::Duration fallback, long min, long max) {
    return core::milliseconds(keys.integer(key, fallback.milliseconds(), min, max));
  }
};

/// What stands in [general] as a default and in each peer's own section.
void read_sip_common(SipConfSection& section, SipPeer& peer, sip::PeerSettings& engine);

/// A section with type=friend, peer or user; what [general] said are the defaults.
void read_sip_peer(const base::ConfSection& source, const SipPeer& defaults,
                   const sip::PeerSettings& engine_defaults, sip::Settings& settings,
                   SipConfig& config, ConfErrors& errors, ConfErrors& notices);

}  // namespace strowger::exchange::drivers
