// tdm.conf and ss7.conf: spans and signalling links, judged together.
#pragma once

#include <string>
#include <vector>

#include "base/conf.hpp"
#include "ss7_trunk/ss7_config.hpp"
#include "tdm/config.hpp"

namespace strowger::exchange {

struct TrunkConf {
  tdm::TdmConfig tdm;
  ss7_trunk::Ss7Config ss7;
  std::string text;  // both files, key by key: two configurations with one text are the same
};

/// Null: there is no such file, and no span or link. `host` is this machine's name, which
/// ss7.conf's [host-NAME] sections go by.
[[nodiscard]] TrunkConf load_trunk_conf(const base::ConfFile* tdm, const base::ConfFile* ss7,
                                        const std::string& host,
                                        std::vector<base::ConfError>& errors,
                                        std::vector<base::ConfError>& notices);

}  // namespace strowger::exchange
