#include <array>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "crypto/openssl_error.hpp"
#include "crypto/tls.hpp"
#include "crypto/tls_inner.hpp"

namespace strowger::crypto {
namespace {

/// Length-prefixed names, as RFC 7301 clause 3.1 puts them on the wire.
std::string alpn_wire(const std::vector<std::string>& names) {
  std::string wire;
  for (const std::string& name : names) {
    wire += static_cast<char>(name.size());
    wire += name;
  }
  return wire;
}

int choose_alpn(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                const unsigned char* offered, unsigned int offered_size, void* argument) {
  const auto* const ours = static_cast<const std::string*>(argument);
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours->data()),
                            static_cast<unsigned int>(ours->size()), offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) {
    // RFC 7301 clause 3.2: nothing in common ends the handshake with no_application_protocol.
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

SslCtx make_ctx(TlsRole role) {
  SslCtx ctx(SSL_CTX_new(role == TlsRole::server ? TLS_server_method() : TLS_client_method()));
  if (ctx) {
    SSL_CTX_set_min_proto_version(ctx.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // Idle connections, of which there may be tens of thousands, keep no record buffers.
    SSL_CTX_set_mode(ctx.get(), SSL_MODE_RELEASE_BUFFERS);
  }
  return ctx;
}

Result<void> use_pair(SSL_CTX* ctx, const CertificatePair& pair) {
  const BioPointer certificate_in(
      BIO_new_mem_buf(pair.certificate_pem.data(), static_cast<int>(pair.certificate_pem.size())));
  const BioPointer key_in(
      BIO_new_mem_buf(pair.key_pem.data(), static_cast<int>(pair.key_pem.size())));
  const X509Pointer certificate(PEM_read_bio_X509(certificate_in.get(), nullptr, nullptr, nullptr));
  const EvpPkey key(PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr));
  if (!certificate || !key || SSL_CTX_use_certificate(ctx, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(ctx, key.get()) != 1) {
    return core::fail(CryptoError{"certificate or key is not usable: " + take_openssl_error()});
  }
  return {};
}

Result<void> use_files(SSL_CTX* ctx, const TlsServerOptions& options) {
  if (SSL_CTX_use_certificate_chain_file(ctx, options.certificate_file.c_str()) != 1) {
    return core::fail(CryptoError{"certificate file " + options.certificate_file +
                                  " can't be used (PEM is expected): " + take_openssl_error()});
  }
  if (SSL_CTX_use_PrivateKey_file(ctx, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return core::fail(CryptoError{"key file " + options.key_file +
                                  " can't be used (PEM, belonging to " + options.certificate_file +
                                  ", is expected): " + take_openssl_error()});
  }
  return {};
}

Result<void> trust(SSL_CTX* ctx, const std::string& ca_path) {
  if (ca_path.empty()) {
    SSL_CTX_set_default_verify_paths(ctx);
    return {};
  }
  struct stat status {};
  const bool there = ::stat(ca_path.c_str(), &status) == 0;
  const bool folder = there && S_ISDIR(status.st_mode);
  if (!there || SSL_CTX_load_verify_locations(ctx, folder ? nullptr : ca_path.c_str(),
                                              folder ? ca_path.c_str() : nullptr) != 1) {
    return core::fail(CryptoError{"certificates of authorities can't be read from " + ca_path +
                                  (there ? ": " + take_openssl_error() : ": no such file")});
  }
  return {};
}

Result<void> trust_certificate(SSL_CTX* ctx, const std::string& pem) {
  const BioPointer in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const X509Pointer certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (!certificate || X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), certificate.get()) != 1) {
    return core::fail(CryptoError{"certificate is not usable: " + take_openssl_error()});
  }
  return {};
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
TlsContext::~TlsContext() = default;

TlsRole TlsContext::role() const {
  return inner_->role;
}

namespace {

/// Makes the inner part and lets `prepare` fill the SSL_CTX.
template <class Inner, class Prepare>
Result<std::unique_ptr<Inner>> make_inner(TlsRole role, const std::vector<std::string>& alpn,
                                          const Prepare& prepare) {
  ERR_clear_error();
  auto inner = std::make_unique<Inner>();
  inner->role = role;
  inner->ctx = make_ctx(role);
  inner->alpn = alpn_wire(alpn);
  if (!inner->ctx) {
    return core::fail(CryptoError{"OpenSSL gives no TLS context: " + take_openssl_error()});
  }
  if (const Result<void> prepared = prepare(inner->ctx.get()); !prepared) {
    return core::fail(prepared.error());
  }
  if (!alpn.empty() && role == TlsRole::server) {
    SSL_CTX_set_alpn_select_cb(inner->ctx.get(), choose_alpn, &inner->alpn);
  }
  if (!alpn.empty() && role == TlsRole::client) {
    SSL_CTX_set_alpn_protos(inner->ctx.get(),
                            reinterpret_cast<const unsigned char*>(inner->alpn.data()),
                            static_cast<unsigned int>(inner->alpn.size()));
  }
  return inner;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::server(const TlsServerOptions& options) {
  auto inner = make_inner<Inner>(TlsRole::server, options.alpn,
                                 [&](SSL_CTX* ctx) { return use_files(ctx, options); });
  if (!inner) {
    return core::fail(inner.error());
  }
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(*inner)));
}

Result<std::shared_ptr<TlsContext>> TlsContext::server(const CertificatePair& pair,
                                                       const std::vector<std::string>& alpn) {
  auto inner =
      make_inner<Inner>(TlsRole::server, alpn, [&](SSL_CTX* ctx) { return use_pair(ctx, pair); });
  if (!inner) {
    return core::fail(inner.error());
  }
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(*inner)));
}

Result<std::shared_ptr<TlsContext>> TlsContext::client(const TlsClientOptions& options) {
  auto inner = make_inner<Inner>(TlsRole::client, options.alpn, [&](SSL_CTX* ctx) {
    SSL_CTX_set_verify(ctx, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    return options.verify ? trust(ctx, options.ca_path) : Result<void>{};
  });
  if (!inner) {
    return core::fail(inner.error());
  }
  (*inner)->verify = options.verify;
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(*inner)));
}

Result<std::shared_ptr<TlsContext>> TlsContext::client_trusting(
    const std::string& certificate_pem, const std::vector<std::string>& alpn) {
  auto inner = make_inner<Inner>(TlsRole::client, alpn, [&](SSL_CTX* ctx) {
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    return trust_certificate(ctx, certificate_pem);
  });
  if (!inner) {
    return core::fail(inner.error());
  }
  (*inner)->verify = true;
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(*inner)));
}

}  // namespace strowger::crypto
