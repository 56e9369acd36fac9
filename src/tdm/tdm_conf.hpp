// Reads tdm.conf: freetdm.conf's sections and keys ([general], [span TYPE NAME]), and ours for
// signalling and transports. Unknown keys are errors with the nearest known one. Pure.
#pragma once

#include <vector>

#include "base/conf.hpp"
#include "tdm/config.hpp"

namespace strowger::tdm {

/// `notices` gets keys that need no setting here. With errors the configuration is not to be used.
[[nodiscard]] TdmConfig load_tdm_conf(const base::ConfFile& file,
                                      std::vector<base::ConfError>& errors,
                                      std::vector<base::ConfError>& notices);

}  // namespace strowger::tdm
