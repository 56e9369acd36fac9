#include "sip/digest_auth.hpp"

#include <algorithm>
#include <charconv>

namespace strowger::sip {
namespace {

crypto::DigestAlgorithm crypto_algorithm(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::md5 ? crypto::DigestAlgorithm::md5
                                           : crypto::DigestAlgorithm::sha_256;
}

std::string_view name_of(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::md5 ? "MD5" : "SHA-256";
}

std::optional<DigestAlgorithm> algorithm_named(std::string_view name) {
  if (name.empty() || same_text(name, "MD5")) {
    return DigestAlgorithm::md5;
  }
  return same_text(name, "SHA-256") ? std::optional(DigestAlgorithm::sha_256) : std::nullopt;
}

std::optional<std::uint32_t> nonce_count(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  const bool whole = text.size() == 8 && error == std::errc{} && stop == end;
  return whole ? std::optional(value) : std::nullopt;
}

bool complete(const DigestParams& params) {
  const bool legacy = params.qop.empty();
  return !params.username.empty() && !params.nonce.empty() && !params.uri.empty() &&
         !params.response.empty() && !params.userhash &&
         (legacy || (same_text(params.qop, "auth") && !params.cnonce.empty() &&
                     nonce_count(params.nc).has_value()));
}

/// RFC 7616 clause 3.4.1: the digest of A1 is given, in hexadecimal.
crypto::DigestValue response_of(crypto::Digester& digester, crypto::DigestAlgorithm algorithm,
                                std::string_view ha1, std::string_view method,
                                const DigestParams& params) {
  const auto ha2 = digester.digest(algorithm, {method, ":", params.uri}).hex();
  if (params.qop.empty()) {
    return digester.digest(algorithm, {ha1, ":", params.nonce, ":", ha2.view()});
  }
  return digester.digest(algorithm, {ha1, ":", params.nonce, ":", params.nc, ":", params.cnonce,
                                     ":", params.qop, ":", ha2.view()});
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

}  // namespace

DigestServer::DigestServer(crypto::Random& random, std::size_t max_used_nonces)
    : max_used_nonces_(max_used_nonces),
      stand_in_md5_(random.hex_token(16)),
      stand_in_sha256_(random.hex_token(32)) {}

void DigestServer::configure(std::shared_ptr<const Settings> settings) {
  const bool keep = nonces_ != nullptr && settings_->nonce_key == settings->nonce_key &&
                    settings_->nonce_lifetime == settings->nonce_lifetime;
  if (!keep) {
    nonces_ =
        std::make_unique<Nonces>(settings->nonce_key, settings->nonce_lifetime, max_used_nonces_);
  }
  settings_ = std::move(settings);
}

AuthResult DigestServer::check(const Message& request, std::uint16_t listener, core::Time now) {
  AuthResult result;
  const std::string& realm = realm_of(listener);
  const std::size_t fields = request.count(HeaderName::authorization);
  for (std::size_t i = 0; i < fields; ++i) {
    const auto params = request.digest(HeaderName::authorization, i);
    if (!params || !params->is_digest()) {
      result.outcome = AuthResult::Outcome::malformed;
      continue;
    }
    if (params->realm != realm) {
      continue;
    }
    result.user = params->username;
    const auto algorithm = algorithm_of(*params, listener);
    if (algorithm && complete(*params)) {
      return judge(*params, *algorithm, request, realm, now);
    }
    result.outcome = AuthResult::Outcome::malformed;
  }
  return result;
}

AuthResult DigestServer::judge(const DigestParams& params, DigestAlgorithm algorithm,
                               const Message& request, std::string_view realm, core::Time now) {
  AuthResult result;
  result.user = params.username;
  const auto nonce = nonces_->judge(params.nonce, realm, now);
  const auto found = settings_->peers.find(std::string(params.username));
  const bool md5 = algorithm == DigestAlgorithm::md5;
  const std::string* ha1 = md5 ? &stand_in_md5_ : &stand_in_sha256_;
  bool usable = false;
  if (found != settings_->peers.end()) {
    const Credentials& known = found->second.credentials;
    const std::string& kept = md5 ? known.ha1_md5 : known.ha1_sha256;
    usable = !kept.empty();
    ha1 = usable ? &kept : ha1;
  }
  const bool matches = digest_matches(params, algorithm, request.method_text(), *ha1);
  if (found == settings_->peers.end()) {
    result.outcome = AuthResult::Outcome::unknown_user;
  } else if (!matches || !usable) {
    result.outcome = AuthResult::Outcome::wrong_password;
  } else if (nonce != Nonces::Judgement::good) {
    result.outcome = AuthResult::Outcome::stale;
  } else if (!nonces_->use(params.nonce, nonce_count(params.nc).value_or(1))) {
    result.outcome = AuthResult::Outcome::replayed;
  } else {
    result.outcome = AuthResult::Outcome::accepted;
    result.peer = &found->second;
  }
  return result;
}

bool DigestServer::digest_matches(const DigestParams& params, DigestAlgorithm algorithm,
                                  std::string_view method, std::string_view ha1) {
  const auto expected =
      response_of(digester_, crypto_algorithm(algorithm), ha1, method, params).hex();
  return crypto::equal_secrets(expected.view(), lower(params.response));
}

std::vector<std::string> DigestServer::challenges(std::uint16_t listener, bool stale,
                                                  core::Time now) {
  std::vector<std::string> values;
  const std::string& realm = realm_of(listener);
  const std::string nonce = nonces_->make(realm, now);
  for (const auto algorithm : settings_->listeners.at(listener).algorithms) {
    std::string value = "Digest realm=\"";
    value += realm;
    value += "\", nonce=\"";
    value += nonce;
    value += "\", algorithm=";
    value += name_of(algorithm);
    value += ", qop=\"auth\"";
    value += stale ? ", stale=true" : "";
    values.push_back(std::move(value));
  }
  return values;
}

const std::string& DigestServer::realm_of(std::uint16_t listener) const {
  const std::string& own = settings_->listeners.at(listener).realm;
  return own.empty() ? settings_->realm : own;
}

std::optional<DigestAlgorithm> DigestServer::algorithm_of(const DigestParams& params,
                                                          std::uint16_t listener) const {
  const auto algorithm = algorithm_named(params.algorithm);
  const auto& offered = settings_->listeners.at(listener).algorithms;
  const bool ours =
      algorithm && std::find(offered.begin(), offered.end(), *algorithm) != offered.end();
  return ours ? algorithm : std::nullopt;
}

std::optional<DigestAnswer> DigestClient::answer(const Message& response, Method method,
                                                 std::string_view uri, std::string_view user,
                                                 std::string_view secret) {
  const bool proxy = response.status() == 407;
  const HeaderName name = proxy ? HeaderName::proxy_authenticate : HeaderName::www_authenticate;
  for (std::size_t i = 0; i < response.count(name); ++i) {
    const auto challenge = response.digest(name, i);
    const auto algorithm =
        challenge && challenge->is_digest() ? algorithm_named(challenge->algorithm) : std::nullopt;
    if (!algorithm || challenge->nonce.empty()) {
      continue;
    }
    bool auth = false;
    for (std::string_view rest = challenge->qop; !rest.empty();) {
      auth = same_text(next_element(rest), "auth") || auth;
    }
    if (!challenge->qop.empty() && !auth) {
      continue;
    }
    const std::string cnonce = random_.hex_token(8);
    const auto hash = crypto_algorithm(*algorithm);
    const auto ha1 = digester_.digest(hash, {user, ":", challenge->realm, ":", secret}).hex();
    DigestParams params = *challenge;
    params.uri = uri;
    params.qop = auth ? "auth" : "";
    params.nc = "00000001";
    params.cnonce = cnonce;
    const auto digest = response_of(digester_, hash, ha1.view(), to_string(method), params).hex();
    DigestAnswer answer{proxy ? "Proxy-Authorization" : "Authorization", {}};
    const auto quoted = [&answer](std::string_view key, std::string_view value) {
      answer.value.append(key).append("=\"").append(value).append("\"");
    };
    quoted("Digest username", user);
    quoted(", realm", challenge->realm);
    quoted(", nonce", challenge->nonce);
    quoted(", uri", uri);
    quoted(", response", digest.view());
    answer.value.append(", algorithm=").append(name_of(*algorithm));
    if (!challenge->opaque.empty()) {
      quoted(", opaque", challenge->opaque);
    }
    if (auth) {
      answer.value.append(", qop=auth, nc=00000001");
      quoted(", cnonce", cnonce);
    }
    return answer;
  }
  return std::nullopt;
}

}  // namespace strowger::sip
