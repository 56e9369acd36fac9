#include <cstdio>
#include <memory>
#include <string>

#include "commands.hpp"
#include "exchange/applications/application.hpp"
#include "running_exchange.hpp"

namespace strowger::app {
namespace {

int check(const std::string& folder) {
  const auto configuration = load_or_explain(folder, true);
  if (!configuration) {
    return 1;
  }
  std::printf("%s is good: %zu peers, %zu contexts, %zu spans, %zu signalling links\n",
              folder.c_str(), configuration->sip->peers.size(),
              configuration->dialplan->contexts().size(), configuration->trunks.tdm.spans.size(),
              configuration->trunks.ss7.links.size());
  return 0;
}

}  // namespace

std::shared_ptr<const exchange::Configuration> load_or_explain(const std::string& folder,
                                                               bool with_notices) {
  exchange::ConfigurationReport report;
  auto configuration = exchange::load_configuration(folder, exchange::application_names(),
                                                    base::disk_conf_source(), report);
  if (with_notices) {
    for (const auto& notice : report.notices) {
      std::fprintf(stderr, "notice: %s\n", notice.message().c_str());
    }
  }
  for (const auto& error : report.errors) {
    std::fprintf(stderr, "error: %s\n", error.message().c_str());
  }
  if (!configuration) {
    std::fprintf(stderr, "%s cannot be used: %zu error%s\n", folder.c_str(), report.errors.size(),
                 report.errors.size() == 1 ? "" : "s");
  }
  return configuration;
}

void add_config(CLI::App& app, int& exit_code) {
  auto folder = std::make_shared<std::string>();
  auto* config = app.add_subcommand("config", "Work on a configuration folder");
  config->require_subcommand(1);
  auto* command = config->add_subcommand("check", "Judge a configuration without starting");
  command->add_option("DIR", *folder, "Configuration folder")->required();
  command->callback([folder, &exit_code] { exit_code = check(*folder); });
}

}  // namespace strowger::app
