#include "tdm/tdm_conf.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "tdm/tdm_conf_span.hpp"

namespace strowger::tdm {
namespace {

using Errors = std::vector<base::ConfError>;

/// "warn", "reject", or both, with a comma, a bar or a blank between.
void load_alarm_action(const base::ConfSection& section, std::string_view words,
                       CpuMonitorConfig& cpu, Errors& errors) {
  constexpr std::string_view between = ",| ";
  cpu.warn = cpu.reject = false;
  while (!words.empty()) {
    const std::size_t end = words.find_first_of(between);
    const std::string_view word = words.substr(0, end);
    words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
    cpu.warn = cpu.warn || word == "warn";
    cpu.reject = cpu.reject || word == "reject";
    if (!word.empty() && word != "warn" && word != "reject") {
      errors.push_back({section.place, "cpu_alarm_action is warn, reject or both"});
      return;
    }
  }
  if (!cpu.warn && !cpu.reject) {
    errors.push_back({section.place, "cpu_alarm_action is warn, reject or both"});
  }
}

void load_general(const base::ConfSection& section, TdmConfig& config, Errors& errors) {
  base::ConfKeys keys(section, errors);
  CpuMonitorConfig& cpu = config.cpu;
  cpu.enabled = keys.boolean("cpu_monitor", cpu.enabled);
  cpu.interval = core::milliseconds(keys.integer("cpu_monitoring_interval", 1000, 10, 60'000));
  cpu.set_threshold = static_cast<unsigned>(keys.integer("cpu_set_alarm_threshold", 80, 1, 100));
  cpu.clear_threshold = static_cast<unsigned>(keys.integer("cpu_reset_alarm_threshold", 70, 0, 99));
  if (cpu.clear_threshold >= cpu.set_threshold) {
    errors.push_back(
        {section.place, "cpu_reset_alarm_threshold must lie below cpu_set_alarm_threshold"});
  }
  load_alarm_action(section, keys.text("cpu_alarm_action", "warn"), cpu, errors);
  config.dump_folder = keys.text("debugdtmf_directory", config.dump_folder);
  keys.finish();
}

/// "span TYPE NAME" in parts; nothing where it is no such section.
struct SpanTitle {
  std::string type;
  std::string name;
};
std::optional<SpanTitle> span_title(std::string_view section) {
  if (!section.starts_with("span ")) {
    return std::nullopt;
  }
  section.remove_prefix(5);
  const auto blank = section.find(' ');
  if (blank == std::string_view::npos || blank == 0 || blank + 1 == section.size()) {
    return std::nullopt;
  }
  return SpanTitle{std::string(section.substr(0, blank)), std::string(section.substr(blank + 1))};
}

void check_names(const TdmConfig& config, const base::ConfFile& file, Errors& errors) {
  for (std::size_t i = 0; i < config.spans.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (config.spans[i].name == config.spans[k].name) {
        errors.push_back(
            {file.sections.back().place, "two spans are called " + config.spans[i].name});
      }
    }
  }
}

/// What the keys of one section ask of another.
void check_channels(const TdmConfig& config, const base::ConfFile& file, Errors& errors) {
  for (const SpanConfig& span : config.spans) {
    const auto any = [&](auto&& wanted) {
      return std::any_of(span.channels.begin(), span.channels.end(), wanted);
    };
    if (config.dump_folder.empty() && any([](const ChannelConfig& c) { return c.dump_dtmf; })) {
      errors.push_back(
          {file.sections.back().place,
           "span " + span.name + ": debugdtmf wants a debugdtmf_directory in [general]"});
    }
    const bool frames = any([](const ChannelConfig& c) { return c.framing != Framing::octets; });
    if (frames && span.transport.type != "dahdi") {
      errors.push_back({file.sections.back().place,
                        "span " + span.name + ": framing hdlc and mtp2 are for dahdi spans alone"});
    }
  }
}

}  // namespace

TdmConfig load_tdm_conf(const base::ConfFile& file, Errors& errors, Errors& notices) {
  TdmConfig config;
  for (const base::ConfSection& section : file.sections) {
    if (section.name == "general") {
      load_general(section, config, errors);
    } else if (const auto title = span_title(section.name)) {
      config.spans.push_back(load_span(section, title->type, title->name, errors, notices));
    } else {
      errors.push_back({section.place, "unknown section [" + section.name +
                                           "]: sections are [general] and [span TYPE NAME]"});
    }
  }
  check_names(config, file, errors);
  check_channels(config, file, errors);
  return config;
}

}  // namespace strowger::tdm
