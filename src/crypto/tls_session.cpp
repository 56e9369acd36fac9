#include <algorithm>
#include <climits>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "core/address.hpp"
#include "crypto/openssl_error.hpp"
#include "crypto/tls.hpp"
#include "crypto/tls_inner.hpp"

namespace strowger::crypto {
namespace {

bool is_address(std::string_view name) {
  const auto address = core::Address::parse(name);
  return address && address->host_text().view() == name;
}

/// Sets SNI and whom the certificate must name. False where OpenSSL refuses the name.
bool expect_server(SSL* ssl, std::string name, bool verify) {
  X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
  if (is_address(name)) {
    return !verify || X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1;
  }
  if (name.empty()) {
    // No certificate is for nobody; without this OpenSSL would take any that chains up.
    return !verify || X509_VERIFY_PARAM_set1_host(parameters, "invalid.", 0) == 1;
  }
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // SSL_set_tlsext_host_name, whose macro casts in the old style.
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1 &&
         (!verify || X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), 0) == 1);
}

}  // namespace

std::unique_ptr<TlsSession> TlsContext::open(std::string_view server_name) const {
  ERR_clear_error();
  auto session_inner = std::make_unique<TlsSession::Inner>();
  session_inner->ssl.reset(SSL_new(inner_->ctx.get()));
  session_inner->in = BIO_new(BIO_s_mem());
  session_inner->out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(session_inner->in, -1);
  BIO_set_mem_eof_return(session_inner->out, -1);
  SSL* const ssl = session_inner->ssl.get();
  SSL_set_bio(ssl, session_inner->in, session_inner->out);
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(session_inner)));
  if (inner_->role == TlsRole::server) {
    SSL_set_accept_state(ssl);
    return session;
  }
  SSL_set_connect_state(ssl);
  if (!expect_server(ssl, std::string(server_name), inner_->verify)) {
    session->fail("the server's name can't be checked");
    return session;
  }
  session->advance();  // makes the ClientHello
  return session;
}

TlsSession::TlsSession(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
TlsSession::~TlsSession() = default;

void TlsSession::advance() {
  if (inner_->state != State::handshaking) {
    return;
  }
  ERR_clear_error();
  const int result = SSL_do_handshake(inner_->ssl.get());
  if (result == 1) {
    inner_->state = State::open;
    return;
  }
  const int why = SSL_get_error(inner_->ssl.get(), result);
  if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
    fail("TLS handshake failed");
  }
}

void TlsSession::fail(std::string_view what) {
  inner_->state = State::failed;
  inner_->error = std::string(what) + ": " + take_openssl_error();
  const long verified = SSL_get_verify_result(inner_->ssl.get());
  if (verified != X509_V_OK) {
    inner_->error += std::string(" (") + X509_verify_cert_error_string(verified) + ")";
  }
}

void TlsSession::feed(core::Octets ciphertext) {
  while (!ciphertext.empty()) {
    const std::size_t part = std::min<std::size_t>(ciphertext.size(), INT_MAX);
    BIO_write(inner_->in, ciphertext.data(), static_cast<int>(part));
    ciphertext = ciphertext.subspan(part);
  }
  advance();
}

std::size_t TlsSession::read(core::MutableOctets room) {
  if (inner_->state != State::open) {
    return 0;
  }
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(inner_->ssl.get(), room.data(), room.size(), &count);
  if (result == 1) {
    return count;
  }
  const int why = SSL_get_error(inner_->ssl.get(), result);
  if (why == SSL_ERROR_ZERO_RETURN) {
    inner_->state = State::closed;
  } else if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
    fail("TLS record refused");
  }
  return 0;
}

std::size_t TlsSession::write(core::Octets plaintext) {
  if (inner_->state != State::open || plaintext.empty()) {
    return 0;
  }
  ERR_clear_error();
  std::size_t count = 0;
  if (SSL_write_ex(inner_->ssl.get(), plaintext.data(), plaintext.size(), &count) != 1) {
    fail("TLS record could not be made");  // a memory BIO is never full
    return 0;
  }
  return count;
}

void TlsSession::shutdown() {
  if (inner_->state == State::open || inner_->state == State::closed) {
    ERR_clear_error();
    SSL_shutdown(inner_->ssl.get());
  }
}

core::Octets TlsSession::output() const {
  char* data = nullptr;
  const long size = BIO_get_mem_data(inner_->out, &data);
  return {reinterpret_cast<const core::Octet*>(data), static_cast<std::size_t>(size)};
}

void TlsSession::output_taken(std::size_t octets) {
  // Further on in the memory BIO, without copying anything; the next write tidies it up.
  const long gone = BIO_ctrl(inner_->out, BIO_C_FILE_TELL, 0, nullptr);
  const std::size_t part = std::min(octets, output().size());
  BIO_ctrl(inner_->out, BIO_C_FILE_SEEK, gone + static_cast<long>(part), nullptr);
}

bool TlsSession::has_input() const {
  return BIO_ctrl_pending(inner_->in) > 0 || SSL_pending(inner_->ssl.get()) > 0;
}

TlsSession::State TlsSession::state() const {
  return inner_->state;
}

const std::string& TlsSession::error() const {
  return inner_->error;
}

std::string_view TlsSession::alpn() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(inner_->ssl.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string_view TlsSession::version() const {
  return SSL_get_version(inner_->ssl.get());
}

}  // namespace strowger::crypto
