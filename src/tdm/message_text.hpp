// Texts within the messages of this library's own modules: a length octet and as many characters.
// Inner header. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/bounded.hpp"
#include "core/octets.hpp"

namespace strowger::tdm {

inline void put_text(core::OctetWriter& out, std::string_view text) {
  out.u8(static_cast<std::uint8_t>(text.size()));
  out.text(text);
}

/// A text that is too long for `into` leaves it as it was.
template <std::size_t N>
void take_text(core::OctetReader& in, core::BoundedString<N>& into) {
  const std::size_t size = in.u8();
  (void)into.assign(core::text_of(in.take(size)));
}

}  // namespace strowger::tdm
