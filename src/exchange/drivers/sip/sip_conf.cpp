#include "exchange/drivers/sip/sip_conf.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "crypto/digest.hpp"
#include "exchange/drivers/sip/local_address.hpp"
#include "exchange/drivers/sip/sip_conf_keys.hpp"

namespace strowger::exchange::drivers {
namespace {

using Errors = std::vector<base::ConfError>;

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = text.find_first_of(separators);
    const auto word = text.substr(0, end);
    if (!word.empty()) {
      words.emplace_back(word);
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return words;
}

std::optional<media::Codec> codec_named(std::string_view name) {
  if (name == "ulaw") {
    return media::Codec::pcmu;
  }
  if (name == "alaw") {
    return media::Codec::pcma;
  }
  return std::nullopt;
}

/// One section being read, with the two lists that everything is reported to.
struct Section {
  const base::ConfSection& source;
  base::ConfKeys keys;
  Errors& errors;
  Errors& notices;

  Section(const base::ConfSection& section, Errors& all_errors, Errors& all_notices)
      : source(section), keys(section, all_errors), errors(all_errors), notices(all_notices) {}

  void error(std::string_view key, std::string text) {
    const auto* entry = source.find(key);
    errors.push_back({entry != nullptr ? entry->place : source.place, std::move(text)});
  }

  std::optional<core::Address> address(std::string_view key, std::uint16_t default_port) {
    const std::string text = keys.text(key, "");
    if (text.empty()) {
      return std::nullopt;
    }
    const auto parsed = core::Address::parse(text, default_port);
    if (!parsed) {
      error(key, std::string(key) +
                     " takes a numeric address such as 0.0.0.0, 192.0.2.1:5060 or "
                     "[::]:5060, not '" +
                     text + "'");
    }
    return parsed;
  }

  core::Duration seconds(std::string_view key, core::Duration fallback, long max) {
    return core::seconds(keys.integer(key, fallback.seconds(), 0, max));
  }
  core::Duration milliseconds(std::string_view key, core::Duration fallback, long min, long max) {
    return core::milliseconds(keys.integer(key, fallback.milliseconds(), min, max));
  }
};

/// allow= and disallow= in the order in which they stand, as Asterisk applies them.
void read_codecs(Section& section, std::vector<media::Codec>& codecs) {
  section.keys.all("allow");
  section.keys.all("disallow");
  for (const auto& entry : section.source.entries) {
    const bool allow = entry.key == "allow";
    if (!allow && entry.key != "disallow") {
      continue;
    }
    for (const auto& word : split(entry.value, ", \t|")) {
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

void read_dtmf(Section& section, SipDtmf& dtmf) {
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

void read_nat(Section& section, bool& force_rport, bool& comedia) {
  if (section.source.find("nat") == nullptr) {
    return;
  }
  force_rport = false;
  comedia = false;
  for (const auto& word : split(section.keys.text("nat", ""), ", \t")) {
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

void read_variables(Section& section, SipPeer& peer) {
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

/// What stands in [general] as a default and in each peer's own section.
void read_common(Section& section, SipPeer& peer, sip::PeerSettings& engine) {
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

void read_secret(Section& section, const std::string& realm, sip::PeerSettings& peer) {
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

void read_host(Section& section, sip::PeerSettings& peer) {
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

void read_peer(const base::ConfSection& source, const SipPeer& defaults,
               const sip::PeerSettings& engine_defaults, sip::Settings& settings, SipConfig& config,
               Errors& errors, Errors& notices) {
  Section section(source, errors, notices);
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
  read_common(section, *peer, engine);
  read_secret(section, settings.realm, engine);
  read_host(section, engine);
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

void read_timers(Section& section, sip::TimerSettings& timers) {
  timers.t1 = section.milliseconds("timert1", timers.t1, 10, 10'000);
  timers.b = section.milliseconds("timerb", timers.t1 * 64, 1000, 600'000);
  timers.t2 = section.milliseconds("timert2", timers.t2, 100, 60'000);
  timers.t4 = section.milliseconds("timert4", timers.t4, 100, 60'000);
  timers.l = timers.t1 * 64;
  timers.m = timers.t1 * 64;
}

std::vector<sip::DigestAlgorithm> read_algorithms(Section& section) {
  std::vector<sip::DigestAlgorithm> algorithms;
  for (const auto& word : split(section.keys.text("auth_algorithms", "md5"), ", \t")) {
    if (word == "md5") {
      algorithms.push_back(sip::DigestAlgorithm::md5);
    } else if (word == "sha-256") {
      algorithms.insert(algorithms.begin(), sip::DigestAlgorithm::sha_256);
    } else {
      section.error("auth_algorithms", "auth_algorithms takes md5 and sha-256, not '" + word + "'");
    }
  }
  return algorithms;
}

/// What Via and Contact say of a listener: 0.0.0.0 and :: are no address to answer to, so the one
/// that this machine shows to the world stands for them (the route is asked for, nothing is sent).
core::Address shown_address(const core::Address& local) {
  if (!local.any()) {
    return local;
  }
  const bool v4 = local.family == core::Address::Family::ipv4;
  const auto world = *core::Address::parse(v4 ? "192.0.2.1" : "2001:db8::1");
  const auto here = *core::Address::parse(v4 ? "127.0.0.1" : "::1");
  return local_address_towards(world).value_or(here);
}

void read_listeners(Section& section, sip::Settings& settings, SipConfig& config) {
  const auto port = static_cast<std::uint16_t>(section.keys.integer("bindport", 5060, 1, 65535));
  const auto any = core::Address::ipv4(0, 0, 0, 0, port);
  const auto bind = section.address("bindaddr", port).value_or(any);
  const auto udp = section.address("udpbindaddr", port).value_or(bind);
  const auto external = section.address("externaddr", udp.port);
  const auto algorithms = read_algorithms(section);
  const auto add = [&](sip::Transport transport, const core::Address& local) {
    const auto shown = (external ? *external : shown_address(local)).with_port(local.port);
    settings.listeners.push_back({transport, local, shown, "", algorithms});
  };
  if (section.keys.boolean("udpenable", true)) {
    add(sip::Transport::udp, udp);
  }
  config.tcp = section.keys.boolean("tcpenable", false);
  const auto tcp = section.address("tcpbindaddr", port).value_or(bind);
  if (config.tcp) {
    add(sip::Transport::tcp, tcp);
  }
  const auto tls = section.address("tlsbindaddr", 5061).value_or(bind.with_port(5061));
  config.tls.certificate = section.keys.text("tlscertfile", "");
  config.tls.key = section.keys.text("tlsprivatekey", config.tls.certificate);
  if (section.keys.boolean("tlsenable", false)) {
    add(sip::Transport::tls, tls);
  }
}

void read_general(Section& section, sip::Settings& settings, SipConfig& config) {
  auto& keys = section.keys;
  settings.realm = keys.text("realm", settings.realm);
  settings.user_agent = keys.text("useragent", settings.user_agent);
  settings.allow_guest = keys.boolean("allowguest", false);
  settings.expiry_min = section.seconds("minexpiry", settings.expiry_min, 86'400);
  settings.expiry_default = section.seconds("defaultexpiry", settings.expiry_default, 604'800);
  settings.expiry_max = section.seconds("maxexpiry", settings.expiry_max, 604'800);
  settings.max_calls = static_cast<std::size_t>(keys.integer("maxcalls", 100'000, 1, 10'000'000));
  config.max_connections =
      static_cast<std::size_t>(keys.integer("tcpmaxconnections", 10'000, 1, 1'000'000));
  config.tcp_authentication_timeout = section.seconds("tcpauthtimeout", core::seconds(30), 3600);
  if (settings.expiry_min > settings.expiry_max) {
    section.error("minexpiry", "minexpiry is above maxexpiry");
  }
  read_timers(section, settings.timers);
  read_listeners(section, settings, config);
}

}  // namespace

std::pair<std::string, std::string> split_caller_id(const std::string& text) {
  const auto open = text.find('<');
  if (open == std::string::npos) {
    const bool number =
        !text.empty() && text.find_first_not_of("0123456789+*#") == std::string::npos;
    return number ? std::pair{std::string(), text} : std::pair{text, std::string()};
  }
  std::string name = text.substr(0, open);
  name.erase(name.find_last_not_of(" \t\"") + 1);
  name.erase(0, std::min(name.find_first_not_of(" \t\""), name.size()));
  const auto close = text.find('>', open);
  return {name, text.substr(open + 1, close == std::string::npos ? close : close - open - 1)};
}

std::shared_ptr<SipConfig> load_sip_conf(const base::ConfFile& file, Errors& errors,
                                         Errors& notices) {
  auto config = std::make_shared<SipConfig>();
  auto settings = std::make_shared<sip::Settings>();
  auto guest = std::make_shared<SipPeer>();
  sip::PeerSettings engine_defaults;
  const base::ConfSection none{"general", {}, {"sip.conf", 0}};
  const auto* general = file.find("general");
  Section section(general != nullptr ? *general : none, errors, notices);
  read_general(section, *settings, *config);
  read_common(section, *guest, engine_defaults);
  accept_keys_without_effect(section.keys, notices, sip_general_keys_without_effect());
  section.keys.finish();
  for (const auto& source : file.sections) {
    if (source.name == "general" || source.name == "authentication") {
      continue;
    }
    read_peer(source, *guest, engine_defaults, *settings, *config, errors, notices);
  }
  config->guest = std::move(guest);
  config->engine = std::move(settings);
  return config;
}

}  // namespace strowger::exchange::drivers
