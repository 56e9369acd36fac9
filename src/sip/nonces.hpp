// Nonces of digest authentication (RFC 7616 clause 5.4): they carry their number and time under a
// keyed digest, so that nothing is kept for a challenge that nobody answers. What is kept, in a
// bounded table, is the nonce counts of those that did authenticate: each may be used once.
//
// One thread; part of one engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "crypto/mac.hpp"

namespace strowger::sip {

class Nonces {
 public:
  Nonces(core::Octets key, core::Duration lifetime, std::size_t max_used);

  /// 64 hexadecimal digits, good for one realm.
  [[nodiscard]] std::string make(std::string_view realm, core::Time now);

  enum class Judgement : std::uint8_t {
    good,
    stale,    // ours, but too old, or too old to know whether it was used
    foreign,  // not made with this key for this realm
  };
  [[nodiscard]] Judgement judge(std::string_view nonce, std::string_view realm, core::Time now);
  /// Notes that the nonce authenticated somebody with this count (RFC 7616 clause 3.4, nc; 1 where
  /// there is none). False where that count was used already: a replay.
  [[nodiscard]] bool use(std::string_view nonce, std::uint32_t count);

  [[nodiscard]] std::size_t kept() const { return used_.size(); }

 private:
  // Counts may come out of order by up to 64 (UDP): `seen` has a bit for each below `highest`.
  struct Used {
    std::uint32_t highest = 0;
    std::uint64_t seen = 0;
  };
  struct Parts {
    std::uint64_t number = 0;
    std::uint64_t milliseconds = 0;
  };
  [[nodiscard]] static std::optional<Parts> parts_of(std::string_view nonce);
  [[nodiscard]] std::string seal(std::string_view head, std::string_view realm);

  crypto::Hmac hmac_;
  core::Duration lifetime_;
  std::size_t max_used_;
  std::uint64_t last_number_ = 0;
  std::uint64_t forgotten_ = 0;  // numbers up to this one may have been used
  std::map<std::uint64_t, Used> used_;
};

}  // namespace strowger::sip
