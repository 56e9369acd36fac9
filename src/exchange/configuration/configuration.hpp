// A configuration folder, read and judged as a whole: an immutable snapshot that the exchange is
// started with, and that a reload compares with the one before.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/conf.hpp"
#include "exchange/applications/confbridge_conf.hpp"
#include "exchange/configuration/general_conf.hpp"
#include "exchange/configuration/trunk_conf.hpp"
#include "exchange/dialplan/dialplan.hpp"
#include "exchange/drivers/sip/sip_conf.hpp"
#include "timing/timing_config.hpp"

namespace strowger::exchange {

struct Configuration {
  std::string folder;
  GeneralConf general;
  RtpConf rtp;
  MusicConf music;
  timing::TimingConfig timing{};
  TrunkConf trunks;
  std::shared_ptr<const applications::ConfBridgeConf> conferences;  // never null
  std::string tone_country = "us";
  std::shared_ptr<const drivers::SipConfig> sip;
  std::shared_ptr<const dialplan::Dialplan> dialplan;
};

/// Everything that was found while reading: errors make the folder unusable, notices do not.
struct ConfigurationReport {
  std::vector<base::ConfError> errors;
  std::vector<base::ConfError> notices;
};

/// Reads strowger.conf, sip.conf, rtp.conf, extensions.conf, indications.conf, musiconhold.conf,
/// confbridge.conf, tdm.conf and ss7.conf of the folder. sip.conf and extensions.conf must be
/// there. Null where there are errors. `applications` are the names that the dialplan may use.
[[nodiscard]] std::shared_ptr<const Configuration> load_configuration(
    const std::string& folder, const std::vector<std::string_view>& applications,
    const base::ConfSource& source, ConfigurationReport& report);

/// What a reload from `before` to `after` changes, a sentence each, in the order of their names;
/// "nothing has changed" where that is so.
[[nodiscard]] std::vector<std::string> differences(const Configuration& before,
                                                   const Configuration& after);

}  // namespace strowger::exchange
