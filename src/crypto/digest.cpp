#include "crypto/digest.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <openssl/evp.h>

#include "crypto/hex.hpp"
#include "crypto/openssl_handles.hpp"

namespace strowger::crypto {
namespace {

constexpr std::array<const char*, 3> names{"MD5", "SHA1", "SHA256"};

std::size_t index_of(DigestAlgorithm algorithm) {
  return static_cast<std::size_t>(algorithm);
}

}  // namespace

std::size_t digest_octets(DigestAlgorithm algorithm) {
  constexpr std::array<std::size_t, 3> sizes{16, 20, 32};
  return sizes[index_of(algorithm)];
}

core::BoundedString<64> DigestValue::hex() const {
  core::BoundedString<64> out;
  for (const core::Octet octet : octets()) {
    out.append(hex_pair(octet));
  }
  return out;
}

bool DigestValue::operator==(const DigestValue& other) const {
  return std::ranges::equal(octets(), other.octets());
}

struct Digester::Contexts {
  std::array<EvpMdCtx, 3> each;
};

Digester::Digester() : contexts_(std::make_unique<Contexts>()) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const EvpMd algorithm(EVP_MD_fetch(nullptr, names[i], nullptr));
    contexts_->each[i].reset(EVP_MD_CTX_new());
    if (!algorithm || !contexts_->each[i] ||
        EVP_DigestInit_ex2(contexts_->each[i].get(), algorithm.get(), nullptr) != 1) {
      throw std::runtime_error(std::string("OpenSSL does not offer ") + names[i]);
    }
  }
}

Digester::~Digester() = default;
Digester::Digester(Digester&& other) noexcept = default;
Digester& Digester::operator=(Digester&& other) noexcept = default;

void Digester::start(DigestAlgorithm algorithm) {
  started_ = algorithm;
  EVP_DigestInit_ex2(contexts_->each[index_of(algorithm)].get(), nullptr, nullptr);
}

void Digester::update(core::Octets octets) {
  EVP_DigestUpdate(contexts_->each[index_of(started_)].get(), octets.data(), octets.size());
}

DigestValue Digester::finish() {
  DigestValue value;
  unsigned int size = 0;
  EVP_DigestFinal_ex(contexts_->each[index_of(started_)].get(), value.room.data(), &size);
  value.size = size;
  ++computed_;
  return value;
}

DigestValue Digester::digest(DigestAlgorithm algorithm,
                             std::initializer_list<std::string_view> parts) {
  start(algorithm);
  for (const std::string_view part : parts) {
    update(part);
  }
  return finish();
}

DigestValue Digester::digest(DigestAlgorithm algorithm, core::Octets octets) {
  start(algorithm);
  update(octets);
  return finish();
}

}  // namespace strowger::crypto
