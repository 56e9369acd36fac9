// Keyed digests, and comparing secrets without telling by time where they differ.
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "core/octets.hpp"
#include "crypto/digest.hpp"

namespace strowger::crypto {

/// HMAC (RFC 2104) with a key that is set once. Belongs to one thread at a time. Only construction
/// allocates; it throws std::runtime_error where OpenSSL does not offer the algorithm.
class Hmac {
 public:
  Hmac(DigestAlgorithm algorithm, core::Octets key);
  ~Hmac();
  Hmac(Hmac&& other) noexcept;
  Hmac& operator=(Hmac&& other) noexcept;

  /// The code over the parts, one after another without anything between them.
  [[nodiscard]] DigestValue code(std::initializer_list<std::string_view> parts);
  [[nodiscard]] DigestValue code(core::Octets octets);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Whether two secrets are equal, in time that depends on their lengths alone.
[[nodiscard]] bool equal_secrets(core::Octets a, core::Octets b);
[[nodiscard]] bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace strowger::crypto
