// Message digests: MD5, SHA-1 and SHA-256 through OpenSSL, with contexts that are made once and
// used again.
//
// Thread rule: a Digester belongs to one thread at a time; make one for each owner. Only its
// construction allocates; nothing blocks. Construction throws std::runtime_error where OpenSSL does
// not offer the algorithms (it happens before start, or not at all).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "core/bounded.hpp"
#include "core/octets.hpp"

namespace strowger::crypto {

/// MD5 (RFC 1321) and SHA-1 stay for the protocols that ask for them: digest authentication
/// (RFC 2617, RFC 7616), WebSocket's accept key (RFC 6455), STUN (RFC 5389).
enum class DigestAlgorithm : std::uint8_t { md5, sha_1, sha_256 };

/// 16, 20 and 32.
[[nodiscard]] std::size_t digest_octets(DigestAlgorithm algorithm);

/// The result of a digest or of a MAC over one.
struct DigestValue {
  std::array<core::Octet, 32> room{};
  std::size_t size = 0;

  [[nodiscard]] core::Octets octets() const { return core::Octets(room).first(size); }
  /// Lower-case hexadecimal, as digest authentication wants it.
  [[nodiscard]] core::BoundedString<64> hex() const;
  bool operator==(const DigestValue& other) const;
};

class Digester {
 public:
  Digester();
  ~Digester();
  Digester(Digester&& other) noexcept;
  Digester& operator=(Digester&& other) noexcept;

  /// The digest of the parts, one after another without anything between them.
  [[nodiscard]] DigestValue digest(DigestAlgorithm algorithm,
                                   std::initializer_list<std::string_view> parts);
  [[nodiscard]] DigestValue digest(DigestAlgorithm algorithm, core::Octets octets);

  /// Piece by piece: `start`, any number of `update`, `finish`. One at a time: another `start`, or
  /// `digest`, gives up what was begun.
  void start(DigestAlgorithm algorithm);
  void update(core::Octets octets);
  void update(std::string_view text) { update(core::octets_of(text)); }
  [[nodiscard]] DigestValue finish();

  /// How many digests this object has finished. Lets a test prove that two ways of refusing a
  /// password do the same work.
  [[nodiscard]] std::uint64_t computed() const { return computed_; }

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
  DigestAlgorithm started_ = DigestAlgorithm::md5;
  std::uint64_t computed_ = 0;
};

}  // namespace strowger::crypto
