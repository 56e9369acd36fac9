// One [link-NAME] section of ss7.conf. Only ss7_conf.cpp uses it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/conf.hpp"
#include "ss7_trunk/ss7_config.hpp"

namespace strowger::ss7_trunk {

/// A section, before it is known which span it lies in.
struct LinkSection {
  bool enabled = true;
  LinkConfig link;                       // all but `timeslot`
  std::vector<std::uint16_t> schannels;  // in rising order
  std::vector<std::uint16_t> channels;
};

/// Numbers like "1-15,17-31", each from `min` to `max`, in rising order without doubles; an error,
/// and none, where it is no such list.
[[nodiscard]] std::vector<std::uint16_t> number_list(const base::ConfEntry& entry,
                                                     std::uint16_t min, std::uint16_t max,
                                                     std::vector<base::ConfError>& errors);

/// A key of what stands above MTP2: taken, with one notice a file.
void keep_for_later(base::ConfKeys& keys, std::string_view key,
                    std::vector<base::ConfError>& notices);

[[nodiscard]] LinkSection load_link_section(const base::ConfSection& section,
                                            std::vector<base::ConfError>& errors,
                                            std::vector<base::ConfError>& notices);

}  // namespace strowger::ss7_trunk
