// The certificates that TLS listeners need: those that sip.conf names, or a pair of our own made at
// the first start.
#pragma once

#include <memory>
#include <string>

#include "core/result.hpp"
#include "crypto/tls.hpp"
#include "exchange/drivers/sip/sip_conf.hpp"

namespace strowger::app {

struct TlsContexts {
  std::shared_ptr<crypto::TlsContext> server;  // null where no listener speaks TLS
  std::shared_ptr<crypto::TlsContext> client;
};

/// Relative file names are looked for in the configuration folder.
[[nodiscard]] core::Result<TlsContexts, std::string> open_tls(
    const exchange::drivers::SipConfig& config, const std::string& config_folder,
    const std::string& data_folder);

/// The folder of the prompts and hold music that set-up has made.
[[nodiscard]] std::string made_sounds_folder();

}  // namespace strowger::app
