// Signalling links as configured: from ss7.conf (ss7_conf.hpp) or from code. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/conf.hpp"
#include "ss7/mtp2/config.hpp"

namespace strowger::ss7_trunk {

/// A signalling channel of a [link-NAME]. A section with several of them makes several links, which
/// are called NAME/TIMESLOT then.
struct LinkConfig {
  std::string name;
  std::string linkset;
  std::string span;  // of tdm.conf
  std::uint16_t timeslot = 16;
  bool align_at_start = true;  // initial_alignment
  bool emergency = false;
  ss7::mtp2::Config mtp2;
  base::ConfPlace place;
};

struct Ss7Config {
  std::vector<LinkConfig> links;  // enabled ones, in the order of the file
};

}  // namespace strowger::ss7_trunk
