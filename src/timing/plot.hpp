// A measurement as a picture: the distribution of lateness, and lateness over time. SVG, for a
// browser or a report. A normal thread; allocates.
#pragma once

#include <string>

#include "timing/measurement.hpp"

namespace strowger::timing {

/// 900 by 660 pixels. Both scales of lateness are logarithmic, from 0.1 us.
[[nodiscard]] std::string plot_svg(const Measurement& measurement, const std::string& title);

}  // namespace strowger::timing
