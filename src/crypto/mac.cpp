#include "crypto/mac.hpp"

#include <array>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "crypto/openssl_handles.hpp"

namespace strowger::crypto {

struct Hmac::Context {
  EvpMacCtx evp;
};

Hmac::Hmac(DigestAlgorithm algorithm, core::Octets key) : context_(std::make_unique<Context>()) {
  std::array<char, 8> name{};
  const std::string_view text = algorithm == DigestAlgorithm::md5     ? "MD5"
                                : algorithm == DigestAlgorithm::sha_1 ? "SHA1"
                                                                      : "SHA256";
  text.copy(name.data(), name.size() - 1);
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
      OSSL_PARAM_construct_end()};
  const EvpMac mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  context_->evp.reset(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  // A null key would mean "keep the one set before": an empty key still needs an address.
  const core::Octet none = 0;
  if (!context_->evp || EVP_MAC_init(context_->evp.get(), key.empty() ? &none : key.data(),
                                     key.size(), parameters.data()) != 1) {
    throw std::runtime_error("OpenSSL does not offer HMAC-" + std::string(text));
  }
}

Hmac::~Hmac() = default;
Hmac::Hmac(Hmac&& other) noexcept = default;
Hmac& Hmac::operator=(Hmac&& other) noexcept = default;

DigestValue Hmac::code(std::initializer_list<std::string_view> parts) {
  EVP_MAC_CTX* const evp = context_->evp.get();
  EVP_MAC_init(evp, nullptr, 0, nullptr);
  for (const std::string_view part : parts) {
    const core::Octets octets = core::octets_of(part);
    EVP_MAC_update(evp, octets.data(), octets.size());
  }
  DigestValue value;
  EVP_MAC_final(evp, value.room.data(), &value.size, value.room.size());
  return value;
}

DigestValue Hmac::code(core::Octets octets) {
  return code({core::text_of(octets)});
}

bool equal_secrets(core::Octets a, core::Octets b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool equal_secrets(std::string_view a, std::string_view b) {
  return equal_secrets(core::octets_of(a), core::octets_of(b));
}

}  // namespace strowger::crypto
