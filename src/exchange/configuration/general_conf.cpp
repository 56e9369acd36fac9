#include "exchange/configuration/general_conf.hpp"

#include <array>
#include <string_view>

namespace strowger::exchange {
namespace {

using Errors = std::vector<base::ConfError>;

/// Every section must be one of those named; [general] and the like.
void refuse_other_sections(const base::ConfFile& file, const std::vector<std::string_view>& names,
                           Errors& errors) {
  for (const auto& section : file.sections) {
    bool known = false;
    for (const auto name : names) {
      known = known || section.name == name;
    }
    if (!known) {
      const auto near = base::nearest(section.name, names);
      errors.push_back({section.place, "unknown section [" + section.name + "]" +
                                           (near ? ": did you mean [" + std::string(*near) + "]?"
                                                 : std::string())});
    }
  }
}

}  // namespace

GeneralConf load_general_conf(const base::ConfFile& file, Errors& errors, Errors& notices) {
  GeneralConf conf;
  refuse_other_sections(file, {"options", "directories", "log"}, errors);
  if (const auto* section = file.find("options")) {
    base::ConfKeys keys(*section, errors);
    conf.system_name = keys.text("systemname", conf.system_name);
    conf.workers = static_cast<unsigned>(keys.integer("workers", conf.workers, 1, 64));
    conf.max_calls =
        static_cast<std::uint32_t>(keys.integer("maxcalls", conf.max_calls, 1, 1'000'000));
    conf.language = keys.text("defaultlanguage", conf.language);
    conf.flight_ring_mib =
        static_cast<std::uint32_t>(keys.integer("flightring", conf.flight_ring_mib, 0, 1'024));
    conf.flight_file = keys.text("flightfile", conf.flight_file);
    for (const std::string_view key : {"verbose", "debug", "highpriority", "runuser", "rungroup",
                                       "transmit_silence", "nofork"}) {
      keys.accepted_without_effect(key, notices, "needs no setting here");
    }
    keys.finish();
  }
  if (const auto* section = file.find("directories")) {
    base::ConfKeys keys(*section, errors);
    for (const auto* entry : keys.all("sounds")) {
      conf.sound_folders.push_back(entry->value);
    }
    keys.finish();
  }
  if (const auto* section = file.find("log")) {
    base::ConfKeys keys(*section, errors);
    conf.log_level =
        keys.choice("level", conf.log_level,
                    {"trace", "debug", "verbose", "notice", "info", "warning", "error"});
    conf.log_file = keys.text("file", conf.log_file);
    keys.finish();
  }
  return conf;
}

RtpConf load_rtp_conf(const base::ConfFile& file, Errors& errors, Errors& notices) {
  RtpConf conf;
  refuse_other_sections(file, {"general"}, errors);
  const auto* section = file.find("general");
  if (section == nullptr) {
    return conf;
  }
  base::ConfKeys keys(*section, errors);
  conf.port_first =
      static_cast<std::uint16_t>(keys.integer("rtpstart", conf.port_first, 1024, 65'534));
  conf.port_last = static_cast<std::uint16_t>(keys.integer("rtpend", conf.port_last, 1025, 65'535));
  conf.shards = static_cast<unsigned>(keys.integer("shards", conf.shards, 0, 64));
  if (conf.port_last < conf.port_first + 1) {
    errors.push_back({section->place, "rtpend must lie above rtpstart: a call takes two ports"});
  }
  static constexpr std::array<std::string_view, 8> without_effect{
      "strictrtp", "rtpchecksums", "dtmftimeout", "rtcpinterval",
      "probation", "icesupport",   "stunaddr",    "turnaddr"};
  for (const auto key : without_effect) {
    keys.accepted_without_effect(key, notices, "needs no setting here");
  }
  keys.finish();
  return conf;
}

std::string load_indications_conf(const base::ConfFile& file, Errors& errors) {
  std::string country;
  if (const auto* section = file.find("general")) {
    base::ConfKeys keys(*section, errors);
    country = keys.text("country", "");
    keys.finish();
  }
  return country;
}

MusicConf load_music_conf(const base::ConfFile& file, Errors& errors, Errors& notices) {
  MusicConf conf;
  for (const auto& section : file.sections) {
    if (section.name == "general") {
      continue;
    }
    base::ConfKeys keys(section, errors);
    keys.choice("mode", "files", {"files"});
    const std::string folder = keys.text("directory", "");
    for (const std::string_view key : {"sort", "random", "format", "digit", "announcement"}) {
      keys.accepted_without_effect(key, notices, "needs no setting here");
    }
    keys.finish();
    if (folder.empty()) {
      errors.push_back({section.place, "[" + section.name +
                                           "] needs directory=, the folder of its "
                                           "sound files"});
    }
    conf[section.name] = folder;
  }
  return conf;
}

}  // namespace strowger::exchange
