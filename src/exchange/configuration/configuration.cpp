#include "exchange/configuration/configuration.hpp"

#include <array>
#include <optional>
#include <utility>

#include <unistd.h>

#include "exchange/dialplan/load.hpp"

namespace strowger::exchange {
namespace {

/// One folder being read: finds files, collects what is wrong.
class Folder {
 public:
  Folder(const std::string& path, const base::ConfSource& source, ConfigurationReport& report)
      : path_(path), source_(source), report_(report) {}

  /// The file, or nothing where it has errors or does not exist.
  std::optional<base::ConfFile> read(const std::string& name, bool required) {
    const std::string path = path_ + "/" + name;
    if (!source_(path)) {
      if (required) {
        report_.errors.push_back({{path, 0},
                                  "there is no such file; the sample configuration in "
                                  "config/ has one to begin with"});
      }
      return std::nullopt;
    }
    auto file = base::read_conf(path, source_);
    if (!file) {
      report_.errors.insert(report_.errors.end(), file.error().begin(), file.error().end());
      return std::nullopt;
    }
    return std::move(*file);
  }

 private:
  const std::string& path_;
  const base::ConfSource& source_;
  ConfigurationReport& report_;
};

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace

std::shared_ptr<const Configuration> load_configuration(
    const std::string& folder, const std::vector<std::string_view>& applications,
    const base::ConfSource& source, ConfigurationReport& report) {
  auto configuration = std::make_shared<Configuration>();
  configuration->folder = folder;
  Folder files(folder, source, report);
  auto& errors = report.errors;
  auto& notices = report.notices;
  if (const auto file = files.read("strowger.conf", false)) {
    configuration->general = load_general_conf(*file, errors, notices);
  }
  if (const auto file = files.read("rtp.conf", false)) {
    configuration->rtp = load_rtp_conf(*file, errors, notices);
  }
  if (const auto file = files.read("indications.conf", false)) {
    const std::string country = load_indications_conf(*file, errors);
    configuration->tone_country = country.empty() ? configuration->tone_country : country;
  }
  if (const auto file = files.read("musiconhold.conf", false)) {
    configuration->music = load_music_conf(*file, errors, notices);
  }
  auto timing = timing::read_timing_config(folder + "/timing.conf", source);
  if (timing) {
    configuration->timing = std::move(*timing);
  } else {
    errors.insert(errors.end(), timing.error().begin(), timing.error().end());
  }
  const auto tdm_file = files.read("tdm.conf", false);
  const auto ss7_file = files.read("ss7.conf", false);
  configuration->trunks =
      load_trunk_conf(tdm_file ? &*tdm_file : nullptr, ss7_file ? &*ss7_file : nullptr, host_name(),
                      errors, notices);
  const auto conference_file = files.read("confbridge.conf", false);
  configuration->conferences = std::make_shared<const applications::ConfBridgeConf>(
      conference_file ? applications::load_confbridge_conf(*conference_file, errors, notices)
                      : applications::ConfBridgeConf{});
  if (const auto file = files.read("sip.conf", true)) {
    configuration->sip = drivers::load_sip_conf(*file, errors, notices);
  }
  if (const auto file = files.read("extensions.conf", true)) {
    auto loaded = dialplan::load_dialplan(*file, {applications});
    errors.insert(errors.end(), loaded.errors.begin(), loaded.errors.end());
    notices.insert(notices.end(), loaded.warnings.begin(), loaded.warnings.end());
    configuration->dialplan = std::move(loaded.dialplan);
  }
  return errors.empty() ? configuration : nullptr;
}

}  // namespace strowger::exchange
