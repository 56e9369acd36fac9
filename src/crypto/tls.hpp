// TLS 1.2 and 1.3 without I/O: ciphertext goes in and comes out as octets, over OpenSSL's memory
// BIOs. The one who owns the connection moves the octets.
//
// Thread rule: a TlsContext is immutable and may be shared between threads; a TlsSession belongs to
// one thread at a time. Both allocate; neither blocks, but a handshake costs up to some
// milliseconds of CPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/octets.hpp"
#include "crypto/certificate.hpp"
#include "crypto/error.hpp"

namespace strowger::crypto {

enum class TlsRole : std::uint8_t { client, server };

struct TlsServerOptions {
  std::string certificate_file;   // PEM, with the chain behind it
  std::string key_file;           // PEM
  std::vector<std::string> alpn;  // what we speak, best first; empty: no ALPN
};

struct TlsClientOptions {
  /// A file of certificates or a folder (hashed names); empty: the system's.
  std::string ca_path;
  /// Off only where the user said so: the peer may then be anybody.
  bool verify = true;
  std::vector<std::string> alpn;
};

class TlsSession;

class TlsContext {
 public:
  /// Errors name the file and what is wrong with it.
  [[nodiscard]] static Result<std::shared_ptr<TlsContext>> server(const TlsServerOptions& options);
  [[nodiscard]] static Result<std::shared_ptr<TlsContext>> server(
      const CertificatePair& pair, const std::vector<std::string>& alpn = {});
  [[nodiscard]] static Result<std::shared_ptr<TlsContext>> client(const TlsClientOptions& options);
  /// A client that trusts this one certificate (PEM), and what it signed.
  [[nodiscard]] static Result<std::shared_ptr<TlsContext>> client_trusting(
      const std::string& certificate_pem, const std::vector<std::string>& alpn = {});
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] TlsRole role() const;
  /// A session in the context's role. `server_name` matters for clients: sent as SNI where it is a
  /// name (RFC 6066 clause 3 knows no addresses), and the certificate must be for it, unless
  /// verification is off. An empty one passes no certificate.
  [[nodiscard]] std::unique_ptr<TlsSession> open(std::string_view server_name) const;

 private:
  struct Inner;
  explicit TlsContext(std::unique_ptr<Inner> inner);
  friend class TlsSession;
  std::unique_ptr<Inner> inner_;
};

class TlsSession {
 public:
  /// `closed`: the peer sent close_notify. `failed`: `error()` says why; an alert may still wait in
  /// the output.
  enum class State : std::uint8_t { handshaking, open, closed, failed };

  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Ciphertext from the peer; all of it is taken. Goes on with the handshake.
  void feed(core::Octets ciphertext);
  /// Plaintext that came out; 0 when there is none (yet, or no more).
  [[nodiscard]] std::size_t read(core::MutableOctets room);
  /// Whether there is anything left to make plaintext of; otherwise `read` gives 0.
  [[nodiscard]] bool has_input() const;
  /// Encrypts all of the octets into the output; 0 unless the state is open.
  std::size_t write(core::Octets plaintext);
  /// Sends close_notify (RFC 8446 clause 6.1), where the handshake is done.
  void shutdown();

  /// Ciphertext for the peer; holds until the next call. `output_taken` says how much has left.
  [[nodiscard]] core::Octets output() const;
  void output_taken(std::size_t octets);

  [[nodiscard]] State state() const;
  [[nodiscard]] const std::string& error() const;
  /// The protocol agreed on (RFC 7301); empty where none was.
  [[nodiscard]] std::string_view alpn() const;
  /// "TLSv1.3"; for people.
  [[nodiscard]] std::string_view version() const;

 private:
  struct Inner;
  explicit TlsSession(std::unique_ptr<Inner> inner);
  friend class TlsContext;
  void advance();
  void fail(std::string_view what);
  std::unique_ptr<Inner> inner_;
};

}  // namespace strowger::crypto
