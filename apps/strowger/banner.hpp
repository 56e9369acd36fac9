// What a starting exchange says: where phones reach it, as whom they register, what to dial.
#pragma once

#include <string>

#include "exchange/configuration/configuration.hpp"

namespace strowger::app {

void print_banner(const exchange::Configuration& configuration, const std::string& config_folder,
                  const std::string& data_folder);

}  // namespace strowger::app
