// strowger.conf, rtp.conf, indications.conf and musiconhold.conf: what is neither a phone nor a
// dialplan.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/conf.hpp"
#include "core/address.hpp"

namespace strowger::exchange {

/// strowger.conf
struct GeneralConf {
  std::string system_name = "strowger";  // stands in front of unique ids where set by the user
  unsigned workers = 1;                  // threads that run calls, 1 to 64
  std::uint32_t max_calls = 20'000;      // beyond it new calls are refused with congestion
  std::string language = "en";
  std::uint32_t flight_ring_mib = 0;  // of the SIP engine's last calls kept in memory, 0 to 1024
  std::string flight_file;            // every call of the SIP engine is streamed there; empty: none
  std::string log_level = "notice";   // trace, debug, verbose, notice, info, warning, error
  std::string log_file;               // empty: standard error alone
  std::vector<std::string>
      sound_folders;  // searched in order; relative to the configuration folder
};

/// rtp.conf
struct RtpConf {
  std::uint16_t port_first = 10'000;
  std::uint16_t port_last = 20'000;
  unsigned shards = 0;  // media threads, 1 to 64; 0: one for each two processors
};

/// musiconhold.conf: class name to the folder of its files.
using MusicConf = std::map<std::string, std::string>;

[[nodiscard]] GeneralConf load_general_conf(const base::ConfFile& file,
                                            std::vector<base::ConfError>& errors,
                                            std::vector<base::ConfError>& notices);
[[nodiscard]] RtpConf load_rtp_conf(const base::ConfFile& file,
                                    std::vector<base::ConfError>& errors,
                                    std::vector<base::ConfError>& notices);
/// The country of the tones: indications.conf, [general], country=. Empty where not set.
[[nodiscard]] std::string load_indications_conf(const base::ConfFile& file,
                                                std::vector<base::ConfError>& errors);
[[nodiscard]] MusicConf load_music_conf(const base::ConfFile& file,
                                        std::vector<base::ConfError>& errors,
                                        std::vector<base::ConfError>& notices);

}  // namespace strowger::exchange
