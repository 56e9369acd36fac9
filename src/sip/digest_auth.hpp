// Digest authentication, both sides (RFC 2617, RFC 7616, RFC 8760; in SIP: RFC 3261 clause 22).
//
// The server side does the same work and gives the same answer whether the user exists or not: the
// digest is computed against a stand-in where there is no such user, no digest of that algorithm,
// or the nonce is not ours. One thread; part of one engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "sip/message.hpp"
#include "sip/nonces.hpp"
#include "sip/settings.hpp"

namespace strowger::sip {

struct AuthResult {
  enum class Outcome : std::uint8_t {
    accepted,
    no_credentials,  // none for our realm
    malformed,       // a parameter is missing, or asks for what was not offered
    unknown_user,
    wrong_password,
    stale,     // right, but the nonce is too old, or not ours
    replayed,  // right, but this nonce count was used
  };
  Outcome outcome = Outcome::no_credentials;
  std::string_view user;               // views the message
  const PeerSettings* peer = nullptr;  // of that user, where accepted

  [[nodiscard]] bool accepted() const { return outcome == Outcome::accepted; }
};

class DigestServer {
 public:
  DigestServer(crypto::Random& random, std::size_t max_used_nonces);

  void configure(std::shared_ptr<const Settings> settings);

  /// Checks the credentials in Authorization.
  AuthResult check(const Message& request, std::uint16_t listener, core::Time now);
  /// Values for WWW-Authenticate, one an algorithm in the listener's order.
  std::vector<std::string> challenges(std::uint16_t listener, bool stale, core::Time now);

  /// Digests computed, so that a test can see that all refusals cost the same.
  [[nodiscard]] std::uint64_t digests_computed() const { return digester_.computed(); }

 private:
  [[nodiscard]] const std::string& realm_of(std::uint16_t listener) const;
  [[nodiscard]] std::optional<DigestAlgorithm> algorithm_of(const DigestParams& params,
                                                            std::uint16_t listener) const;
  AuthResult judge(const DigestParams& params, DigestAlgorithm algorithm, const Message& request,
                   std::string_view realm, core::Time now);
  bool digest_matches(const DigestParams& params, DigestAlgorithm algorithm,
                      std::string_view method, std::string_view ha1);

  crypto::Digester digester_;
  std::size_t max_used_nonces_;
  std::string stand_in_md5_;  // A1 digests that fit no password
  std::string stand_in_sha256_;
  std::shared_ptr<const Settings> settings_;
  std::unique_ptr<Nonces> nonces_;
};

/// Answers a challenge. Nothing where the response has none that we can answer.
struct DigestAnswer {
  std::string_view header;  // "Authorization" or "Proxy-Authorization"
  std::string value;
};
class DigestClient {
 public:
  explicit DigestClient(crypto::Random& random) : random_(random) {}
  [[nodiscard]] std::optional<DigestAnswer> answer(const Message& response, Method method,
                                                   std::string_view uri, std::string_view user,
                                                   std::string_view secret);

 private:
  crypto::Random& random_;
  crypto::Digester digester_;
};

}  // namespace strowger::sip
