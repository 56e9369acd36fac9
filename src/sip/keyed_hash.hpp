// SipHash-2-4 (Aumasson and Bernstein, 2012) for tables whose keys strangers choose: without the
// key nobody can aim many entries at one bucket.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strowger::sip {

using HashKey = std::array<std::uint64_t, 2>;

[[nodiscard]] std::uint64_t keyed_hash(const HashKey& key, std::string_view text);

/// For the containers of the standard library; looks up by std::string_view too.
struct KeyedHash {
  using is_transparent = void;
  HashKey key{};
  // Not noexcept: then the standard library keeps the hash beside each entry, not to compute it
  // anew for its neighbours.
  std::size_t operator()(std::string_view text) const {
    return static_cast<std::size_t>(keyed_hash(key, text));
  }
};

}  // namespace strowger::sip
