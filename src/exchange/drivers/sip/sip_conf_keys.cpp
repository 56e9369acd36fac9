#include "exchange/drivers/sip/sip_conf_keys.hpp"

#include <array>

namespace strowger::exchange::drivers {
namespace {

constexpr std::string_view unneeded = "needs no setting here";
constexpr std::string_view always_through = "media always passes through the exchange";
constexpr std::string_view later = "has no effect in this version";

constexpr std::array<KeyWithoutEffect, 46> general_keys{{
    {"allowoverlap", unneeded},
    {"allowtransfer", later},
    {"alwaysauthreject", "unknown users and wrong passwords are always answered alike"},
    {"auth_options_requests", unneeded},
    {"avpf", unneeded},
    {"buggymwi", unneeded},
    {"callevents", unneeded},
    {"canreinvite", always_through},
    {"compactheaders", unneeded},
    {"cos_audio", later},
    {"cos_sip", later},
    {"directmedia", always_through},
    {"directrtpsetup", always_through},
    {"dumphistory", "core show call N --ladder shows it"},
    {"dynamic_exclude_static", unneeded},
    {"encryption", later},
    {"externhost", later},
    {"externrefresh", later},
    {"faxdetect", later},
    {"force_avp", unneeded},
    {"icesupport", unneeded},
    {"ignoreregexpire", unneeded},
    {"localnet", later},
    {"match_auth_username", unneeded},
    {"matchexternaddrlocally", unneeded},
    {"mohinterpret", later},
    {"notifyhold", later},
    {"notifyringing", later},
    {"pedantic", "parsing is always exact"},
    {"preferred_codec_only", unneeded},
    {"progressinband", "the r option of Dial, Progress and Playback(,noanswer) decide"},
    {"qualify", later},
    {"qualifyfreq", later},
    {"recordhistory", "core show call N --ladder shows it"},
    {"relaxdtmf", unneeded},
    {"rtcachefriends", unneeded},
    {"rtpkeepalive", later},
    {"sdpsession", unneeded},
    {"sendrpid", later},
    {"session-timers", later},
    {"srvlookup", "DNS SRV and NAPTR are always looked up"},
    {"tlscipher", unneeded},
    {"tlsclientmethod", unneeded},
    {"tos_audio", later},
    {"tos_sip", later},
    {"videosupport", unneeded},
}};

constexpr std::array<KeyWithoutEffect, 32> peer_keys{{
    {"allowsubscribe", later},
    {"allowtransfer", later},
    {"avpf", unneeded},
    {"busylevel", later},
    {"callgroup", later},
    {"canreinvite", always_through},
    {"cc_agent_policy", unneeded},
    {"directmedia", always_through},
    {"dtlscertfile", unneeded},
    {"dtlsenable", unneeded},
    {"dtlsprivatekey", unneeded},
    {"dtlssetup", unneeded},
    {"dtlsverify", unneeded},
    {"encryption", later},
    {"force_avp", unneeded},
    {"fullname", unneeded},
    {"hasvoicemail", later},
    {"icesupport", unneeded},
    {"mailbox", later},
    {"mohinterpret", later},
    {"pickupgroup", later},
    {"progressinband", "the r option of Dial decides"},
    {"qualify", later},
    {"rtpkeepalive", later},
    {"sendrpid", later},
    {"session-timers", later},
    {"transport", "a phone is reached by the transport it registered with"},
    {"trustrpid", later},
    {"videosupport", unneeded},
}};

}  // namespace

std::span<const KeyWithoutEffect> sip_general_keys_without_effect() {
  return general_keys;
}
std::span<const KeyWithoutEffect> sip_peer_keys_without_effect() {
  return peer_keys;
}

void accept_keys_without_effect(base::ConfKeys& keys, std::vector<base::ConfError>& notices,
                                std::span<const KeyWithoutEffect> table) {
  for (const auto& row : table) {
    keys.accepted_without_effect(row.key, notices, row.why);
  }
}

}  // namespace strowger::exchange::drivers
