// What is inside a TLS context and session. For the .cpp files of this library.
#pragma once

#include <string>

#include "crypto/openssl_handles.hpp"
#include "crypto/tls.hpp"

namespace strowger::crypto {

struct TlsContext::Inner {
  TlsRole role = TlsRole::server;
  bool verify = false;
  SslCtx ctx;
  std::string alpn;  // as on the wire; the server's callback reads it
};

struct TlsSession::Inner {
  SslPointer ssl;
  BIO* in = nullptr;   // owned by `ssl`
  BIO* out = nullptr;  // owned by `ssl`
  State state = State::handshaking;
  std::string error;
};

}  // namespace strowger::crypto
