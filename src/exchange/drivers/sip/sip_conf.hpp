// sip.conf, with chan_sip's keys and meanings, as an immutable snapshot for the driver.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/conf.hpp"
#include "core/address.hpp"
#include "core/time.hpp"
#include "media/service.hpp"
#include "sip/settings.hpp"

namespace strowger::exchange::drivers {

/// dtmfmode=: where digits are sent, and whether they are looked for in the voice.
enum class SipDtmf : std::uint8_t { rfc2833, inband, info, automatic };

/// What the exchange, not the engine, needs to know of one section of sip.conf.
struct SipPeer {
  std::string name;
  std::string context = "default";
  std::string caller_number;  // callerid= as given to the dialplan; empty: what the phone says
  std::string caller_name;
  std::string account_code;
  std::string language = "en";
  std::string music_class = "default";
  std::vector<media::Codec> codecs{media::Codec::pcmu, media::Codec::pcma};  // best first
  SipDtmf dtmf = SipDtmf::rfc2833;
  bool learn_media_address = false;  // nat=comedia
  core::Duration rtp_timeout;        // zero: never
  core::Duration rtp_hold_timeout;
  unsigned call_limit = 0;  // legs at a time, 0: any number
  std::vector<std::pair<std::string, std::string>> variables;

  bool operator==(const SipPeer&) const = default;
};

struct SipTlsFiles {
  std::string certificate;
  std::string key;
};

struct SipConfig {
  std::shared_ptr<const sip::Settings> engine;
  std::map<std::string, std::shared_ptr<const SipPeer>> peers;
  std::shared_ptr<const SipPeer> guest;  // [general], for callers without a section
  SipTlsFiles tls;
  bool tcp = false;
  std::size_t max_connections = 10'000;
  core::Duration tcp_authentication_timeout = core::seconds(30);  // tcpauthtimeout
};

/// Reads the sections of sip.conf. `errors` gets what makes the configuration unusable, `notices`
/// what is accepted without effect. Passwords are hashed here and forgotten.
[[nodiscard]] std::shared_ptr<SipConfig> load_sip_conf(const base::ConfFile& file,
                                                       std::vector<base::ConfError>& errors,
                                                       std::vector<base::ConfError>& notices);

/// `"Alice" <101>`, `Alice <101>`, `101` or `<101>`: name and number.
[[nodiscard]] std::pair<std::string, std::string> split_caller_id(const std::string& text);

}  // namespace strowger::exchange::drivers
