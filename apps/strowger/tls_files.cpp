#include "tls_files.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "crypto/certificate.hpp"

namespace strowger::app {
namespace {

std::string in_folder(const std::string& folder, const std::string& path) {
  return std::filesystem::path(path).is_absolute() ? path : folder + "/" + path;
}

core::WallTime wall_now() {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

core::Result<crypto::TlsServerOptions, std::string> own_files(const std::string& data_folder) {
  crypto::TlsServerOptions options{
      data_folder + "/strowger.pem", data_folder + "/strowger.key", {}};
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  crypto::CertificateRequest request;
  request.dns_names = {"localhost", host.data()};
  request.addresses = {"127.0.0.1", "::1"};
  request.now = wall_now();
  if (const auto made =
          crypto::ensure_certificate_files(options.certificate_file, options.key_file, request);
      !made) {
    return core::fail(made.error().text);
  }
  return options;
}

}  // namespace

core::Result<TlsContexts, std::string> open_tls(const exchange::drivers::SipConfig& config,
                                                const std::string& config_folder,
                                                const std::string& data_folder) {
  TlsContexts contexts;
  const auto& listeners = config.engine->listeners;
  const bool wanted = std::any_of(listeners.begin(), listeners.end(), [](const auto& listener) {
    return listener.transport == sip::Transport::tls;
  });
  if (!wanted) {
    return contexts;
  }
  crypto::TlsServerOptions options;
  if (config.tls.certificate.empty()) {
    auto own = own_files(data_folder);
    if (!own) {
      return core::fail(own.error());
    }
    options = *own;
  } else {
    options.certificate_file = in_folder(config_folder, config.tls.certificate);
    options.key_file = in_folder(config_folder, config.tls.key);
  }
  auto server = crypto::TlsContext::server(options);
  if (!server) {
    return core::fail(server.error().text);
  }
  auto client = crypto::TlsContext::client({});
  if (!client) {
    return core::fail(client.error().text);
  }
  contexts.server = std::move(*server);
  contexts.client = std::move(*client);
  return contexts;
}

std::string made_sounds_folder() {
  if (const char* named = std::getenv("STROWGER_SOUNDS")) {
    return named;
  }
  return STROWGER_SOUNDS_FOLDER;
}

}  // namespace strowger::app
