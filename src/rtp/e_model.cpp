#include "rtp/e_model.hpp"

#include <algorithm>
#include <cmath>

namespace strowger::rtp {
namespace {

// G.107 clause 7.7: R with every parameter at its default.
constexpr double default_rating = 93.2;

/// G.107 equation 7-27 and 7-28: impairment by pure delay, beginning at 100 ms.
double delay_impairment(double one_way_ms) {
  if (one_way_ms <= 100) {
    return 0;
  }
  const double x = std::log2(one_way_ms / 100);
  return 25 * (std::pow(1 + std::pow(x, 6), 1.0 / 6) -
               3 * std::pow(1 + std::pow(x / 3, 6), 1.0 / 6) + 2);
}

}  // namespace

double rating(double loss, core::Duration one_way, CodecImpairment codec) {
  const double percent = std::clamp(loss, 0.0, 1.0) * 100;
  // G.107 equation 7-29 with random loss (BurstR = 1).
  const double equipment = codec.ie + (95 - codec.ie) * percent / (percent + codec.bpl);
  const double delay = delay_impairment(static_cast<double>(one_way.microseconds()) / 1000);
  return default_rating - delay - equipment;
}

double mean_opinion_score(double rating) {
  if (rating <= 0) {
    return 1;
  }
  if (rating >= 100) {
    return 4.5;
  }
  // The cubic dips below one for ratings under 6.5.
  return std::max(1.0, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6);
}

}  // namespace strowger::rtp
