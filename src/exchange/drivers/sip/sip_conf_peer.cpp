#include <algorithm>
#include <array>

#include "crypto/digest.hpp"
#include "exchange/drivers/sip/sip_conf_keys.hpp"
#include "exchange/drivers/sip/sip_conf_section.hpp"

namespace strowger::exchange::drivers {
namespace {

std::optional<media::Codec> codec_named(std::string_view name) {
  if (name == "ulaw") {
    return media::Codec::pcmu;
  }
  if (name == "alaw") {
    return media::Codec::pcma;
  }
  return std::nullopt;
}

/// allow= and disallow= in the order in which they stand, as Asterisk applies them.
void read_codecs(SipConfSection& section, std::vector<media::Codec>& codecs) {
  section.keys.all("allow");
  section.keys.all("disallow");
  for (const auto& entry : section.source.entries) {
    const bool allow = entry.key == "allow";
    if (!allow && entry.key != "disallow") {
      continue;
    }
    for (const auto& word : split_words(entry.value, ", \t|")) {
      const std::string name = word.substr(0, word.find(':'));
      if (name == "all") {
        codecs = allow ? std::vector{media::Codec::pcmu, media::Codec::pcma}
                       : std::vector<media::Codec>{};
        continue;
      }
      const auto codec = codec_named(name);
      if (!codec) {
        if (allow) {
          section.notices.push_back({entry.place, "codec '" + name +
                                                      "' is not available: ulaw and "
                                                      "alaw are"});
        }
        continue;
      }
      std::erase(codecs, *codec);
      if (allow) {
        codecs.push_back(*codec);
      }
    }
  }
}

void read_dtmf(SipConfSection& section, SipDtmf& dtmf) {
  static constexpr std::array<std::pair<std::string_view, SipDtmf>, 5> modes{
      {{"rfc2833", SipDtmf::rfc2833},
       {"rfc4733", SipDtmf::rfc2833},
       {"inband", SipDtmf::inband},
       {"info", SipDtmf::info},
       {"auto", SipDtmf::automatic}}};
  if (section.source.find("dtmfmode") == nullptr) {
    return;
  }
  const std::string word =
      section.keys.choice("dtmfmode", "rfc2833", {"rfc2833", "rfc4733", "inband", "info", "auto"});
  for (const auto& [name, mode] : modes) {
    if (name == word) {
      dtmf = mode;
    }
  }
}

void read_nat(SipConfSection& section, bool& force_rport, bool& comedia) {
  if (section.source.find("nat") == nullptr) {
    return;
  }
  force_rport = false;
  comedia = false;
  for (const auto& word : split_words(section.keys.text("nat", ""), ", \t")) {
    if (word == "yes") {
      force_rport = true;
      comedia = true;
    } else if (word == "force_rport" || word == "auto_force_rport") {
      force_rport = true;
    } else if (word == "comedia" || word == "auto_comedia") {
      comedia = true;
    } else if (word != "no" && word != "never" && word != "route") {
      section.error("nat",
                    "nat takes no, yes, force_rport and comedia (and their auto_ forms), "
                    "not '" +
                        word + "'");
    }
  }
}

void read_variables(SipConfSection& section, SipPeer& peer) {
  for (const auto* entry : section.keys.all("setvar")) {
    const auto equals = entry->value.find('=');
    if (equals == std::string::npos || equals == 0) {
      section.errors.push_back(
          {entry->place, "setvar takes NAME=VALUE, not '" + entry->value + "'"});
      continue;
    }
    peer.variables.emplace_back(entry->value.substr(0, equals), entry->value.substr(equals + 1));
  }
}

void read_secret(SipConfSection& section, const std::string& realm, sip::PeerSettings& peer) {
  const std::string secret = section.keys.text("secret", "");
  const std::string md5_secret = section.keys.text("md5secret", "");
  peer.authenticate = !secret.empty() || !md5_secret.empty();
  if (!secret.empty()) {
    crypto::Digester digester;
    const auto ha1 = [&](crypto::DigestAlgorithm algorithm) {
      return std::string(
          digester.digest(algorithm, {peer.name, ":", realm, ":", secret}).hex().view());
    };
    peer.credentials = {ha1(crypto::DigestAlgorithm::md5), ha1(crypto::DigestAlgorithm::sha_256)};
  }
  if (!md5_secret.empty()) {
    if (md5_secret.size() != 32 ||
        md5_secret.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
      section.error("md5secret",
                    "md5secret takes the 32 hexadecimal digits of "
                    "MD5(user:realm:password)");
    }
    peer.credentials.ha1_md5 = md5_secret;
    std::transform(md5_secret.begin(), md5_secret.end(), peer.credentials.ha1_md5.begin(),
                   [](char c) { return static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c); });
  }
}

/// insecure=port and insecure=invite as chan_sip takes them: which of its two checks a fixed peer
/// is spared.
void read_insecure(SipConfSection& section, sip::PeerSettings& peer) {
  for (const auto& word : split_words(section.keys.text("insecure", "no"), ", \t")) {
    if (word == "port") {
      peer.any_port = true;
    } else if (word == "invite") {
      peer.authenticate = false;
    } else if (word != "no") {
      section.error("insecure", "insecure takes port, invite or no, not '" + word + "'");
    }
  }
  if ((peer.any_port || !peer.authenticate) && !peer.host && section.source.find("insecure")) {
    section.error("insecure", "insecure needs a peer with a fixed host=");
  }
}

/// What we answer to the challenges of a trunk.
void read_outgoing(SipConfSection& section, sip::PeerSettings& peer) {
  const std::string username = section.keys.text("username", peer.name);
  peer.outgoing_secret = section.keys.text("remotesecret", "");
  peer.outgoing_user = section.keys.text("defaultuser", username);
  if (peer.outgoing_secret.empty()) {
    peer.outgoing_user.clear();
  }
}

void read_host(SipConfSection& section, sip::PeerSettings& peer) {
  const std::string host = section.keys.text("host", "dynamic");
  const auto port = static_cast<std::uint16_t>(section.keys.integer("port", 5060, 1, 65535));
  peer.may_register = host == "dynamic";
  if (!peer.may_register) {
    peer.host = core::Address::parse(host, port);
    if (!peer.host) {
      section.error("host", "host takes 'dynamic' or a numeric address, not '" + host + "'");
    }
  }
}

}  // namespace

void read_sip_common(SipConfSection& section, SipPeer& peer, sip::PeerSettings& engine) {
  auto& keys = section.keys;
  peer.context = keys.text("context", peer.context);
  peer.language = keys.text("language", peer.language);
  peer.account_code = keys.text("accountcode", peer.account_code);
  peer.music_class = keys.text("musicclass", keys.text("mohsuggest", peer.music_class));
  peer.rtp_timeout = section.seconds("rtptimeout", peer.rtp_timeout, 86'400);
  peer.rtp_hold_timeout = section.seconds("rtpholdtimeout", peer.rtp_hold_timeout, 86'400);
  read_codecs(section, peer.codecs);
  read_dtmf(section, peer.dtmf);
  read_nat(section, engine.nat_force_rport, peer.learn_media_address);
}

void read_sip_peer(const base::ConfSection& source, const SipPeer& defaults,
                   const sip::PeerSettings& engine_defaults, sip::Settings& settings,
                   SipConfig& config, ConfErrors& errors, ConfErrors& notices) {
  SipConfSection section(source, errors, notices);
  auto peer = std::make_shared<SipPeer>(defaults);
  sip::PeerSettings engine = engine_defaults;
  peer->name = source.name;
  engine.name = source.name;
  const std::string type = section.keys.choice("type", "", {"friend", "peer", "user"});
  if (type.empty()) {
    errors.push_back({source.place, "[" + source.name + "] needs type=friend, peer or user"});
  }
  engine.may_call = type != "peer" || section.source.find("host") != nullptr;
  engine.may_be_called = type != "user";
  read_sip_common(section, *peer, engine);
  read_secret(section, settings.realm, engine);
  read_host(section, engine);
  read_insecure(section, engine);
  read_outgoing(section, engine);
  std::tie(peer->caller_name, peer->caller_number) =
      split_caller_id(section.keys.text("callerid", ""));
  peer->call_limit = static_cast<unsigned>(section.keys.integer("call-limit", 0, 0, 100'000));
  engine.max_contacts =
      static_cast<std::uint32_t>(section.keys.integer("maxcontacts", engine.max_contacts, 1, 100));
  read_variables(section, *peer);
  accept_keys_without_effect(section.keys, notices, sip_peer_keys_without_effect());
  section.keys.finish();
  if (peer->codecs.empty()) {
    errors.push_back({source.place, "[" + source.name +
                                        "] allows no codec that is available: "
                                        "allow=ulaw or allow=alaw"});
  }
  if (!settings.peers.emplace(source.name, engine).second) {
    errors.push_back({source.place, "[" + source.name + "] stands twice"});
  }
  config.peers[source.name] = std::move(peer);
}

}  // namespace strowger::exchange::drivers
