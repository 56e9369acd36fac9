// Speech quality as the E-model estimates it (ITU-T G.107). Pure.
#pragma once

#include "core/time.hpp"

namespace strowger::rtp {

/// How a codec bears loss (G.113 appendix I).
struct CodecImpairment {
  double ie = 0;      // impairment without loss
  double bpl = 25.1;  // robustness against loss, in percent
};
/// G.113 table I.4: G.711 with concealment, and without it.
inline constexpr CodecImpairment g711_concealed{0, 25.1};
inline constexpr CodecImpairment g711_plain{0, 4.3};

/// The transmission rating R with all other parameters at their defaults (G.107 table 3, R = 93.2)
/// and no echo. `loss` is a share, 0 to 1; `one_way` is the delay from mouth to ear.
[[nodiscard]] double rating(double loss, core::Duration one_way,
                            CodecImpairment codec = g711_concealed);

/// G.107 annex B: the mean opinion score that belongs to a rating, 1 to 4.5.
[[nodiscard]] double mean_opinion_score(double rating);

}  // namespace strowger::rtp
