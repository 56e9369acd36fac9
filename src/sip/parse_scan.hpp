// Finds the next control character of a text, sixteen octets at a time where the machine can.
#pragma once

#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace strowger::sip {

[[nodiscard]] constexpr bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return (octet < 0x20 && octet != '\t') || octet == 0x7F;
}

/// The first octet below 0x20 other than HTAB, or DEL; `end` where there is none.
[[nodiscard]] inline const char* find_control(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i highest = _mm_set1_epi8(0x1F);
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i del = _mm_set1_epi8(0x7F);
  for (; end - at >= 16; at += 16) {
    const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(octets, highest), octets);
    const __m128i control = _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(octets, tab), low),
                                         _mm_cmpeq_epi8(octets, del));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(control));
    if (found != 0) {
      return at + __builtin_ctz(found);
    }
  }
#endif
  while (at != end && !is_control(*at)) {
    ++at;
  }
  return at;
}

}  // namespace strowger::sip
