#include "exchange/drivers/sip/sip_conf.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "exchange/drivers/sip/local_address.hpp"
#include "exchange/drivers/sip/sip_conf_keys.hpp"
#include "exchange/drivers/sip/sip_conf_section.hpp"

namespace strowger::exchange::drivers {
namespace {

void read_timers(SipConfSection& section, sip::TimerSettings& timers) {
  timers.t1 = section.milliseconds("timert1", timers.t1, 10, 10'000);
  timers.b = section.milliseconds("timerb", timers.t1 * 64, 1000, 600'000);
  timers.t2 = section.milliseconds("timert2", timers.t2, 100, 60'000);
  timers.t4 = section.milliseconds("timert4", timers.t4, 100, 60'000);
  timers.l = timers.t1 * 64;
  timers.m = timers.t1 * 64;
}

std::vector<sip::DigestAlgorithm> read_algorithms(SipConfSection& section) {
  std::vector<sip::DigestAlgorithm> algorithms;
  for (const auto& word : split_words(section.keys.text("auth_algorithms", "md5"), ", \t")) {
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

void read_listeners(SipConfSection& section, sip::Settings& settings, SipConfig& config) {
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

void read_general(SipConfSection& section, sip::Settings& settings, SipConfig& config) {
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

std::vector<std::string> split_words(std::string_view text, std::string_view separators) {
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

void SipConfSection::error(std::string_view key, std::string text) {
  const auto* entry = source.find(key);
  errors.push_back({entry != nullptr ? entry->place : source.place, std::move(text)});
}

std::optional<core::Address> SipConfSection::address(std::string_view key,
                                                     std::uint16_t default_port) {
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

std::shared_ptr<SipConfig> load_sip_conf(const base::ConfFile& file, ConfErrors& errors,
                                         ConfErrors& notices) {
  auto config = std::make_shared<SipConfig>();
  auto settings = std::make_shared<sip::Settings>();
  auto guest = std::make_shared<SipPeer>();
  sip::PeerSettings engine_defaults;
  const base::ConfSection none{"general", {}, {"sip.conf", 0}};
  const auto* general = file.find("general");
  SipConfSection section(general != nullptr ? *general : none, errors, notices);
  read_general(section, *settings, *config);
  read_sip_common(section, *guest, engine_defaults);
  accept_keys_without_effect(section.keys, notices, sip_general_keys_without_effect());
  section.keys.finish();
  for (const auto& source : file.sections) {
    if (source.name == "general" || source.name == "authentication") {
      continue;
    }
    read_sip_peer(source, *guest, engine_defaults, *settings, *config, errors, notices);
  }
  config->guest = std::move(guest);
  config->engine = std::move(settings);
  return config;
}

}  // namespace strowger::exchange::drivers
