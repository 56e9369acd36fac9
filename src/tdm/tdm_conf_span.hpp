// A [span TYPE NAME] section of tdm.conf: its keys in order, since those of channels hold for the
// channels below them. Inner header. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/conf.hpp"
#include "tdm/config.hpp"

namespace strowger::tdm {

[[nodiscard]] SpanConfig load_span(const base::ConfSection& section, const std::string& type,
                                   const std::string& name, std::vector<base::ConfError>& errors,
                                   std::vector<base::ConfError>& notices);

}  // namespace strowger::tdm
