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
  const std::string action = keys.text("cpu_alarm_action", "warn");
  cpu.warn = action.find("warn") != std::string::npos;
  cpu.reject = action.find("reject") != std::string::npos;
  if (!cpu.warn && !cpu.reject) {
    errors.push_back({section.place, "cpu_alarm_action is warn, reject or both"});
  }
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
  return config;
}

}  // namespace strowger::tdm
