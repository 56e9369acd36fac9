// Reads ss7.conf: chan_ss7's sections ([linkset-NAME], [link-NAME], [host-NAME], [cluster],
// [jitter]) and keys, with their meanings, and ours of [link-NAME] beside them. Pure.
//
// What stands for MTP level 2 and the timeslots is carried out; what is for MTP3 and ISUP is
// checked for its name alone and kept for them (one notice each); what needs no setting here is
// taken with a notice. Unknown keys are errors with the nearest known one.
#pragma once

#include <string>
#include <vector>

#include "base/conf.hpp"
#include "ss7_trunk/ss7_config.hpp"
#include "tdm/config.hpp"

namespace strowger::ss7_trunk {

/// `tdm` has the spans that links lie in. A link names its span (span => NAME, ours), or the
/// section [host-NAME] for `host` does, as chan_ss7 has it: links => l1:1 is the first E1, T1 or J1
/// span of tdm.conf. With errors the configuration is not to be used.
[[nodiscard]] Ss7Config load_ss7_conf(const base::ConfFile& file, const tdm::TdmConfig& tdm,
                                      const std::string& host, std::vector<base::ConfError>& errors,
                                      std::vector<base::ConfError>& notices);

}  // namespace strowger::ss7_trunk
