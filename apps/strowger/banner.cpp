#include "banner.hpp"

#include <cstdio>

#include "exchange/configuration/dial_guide.hpp"
#include "exchange/drivers/sip/sip_trace.hpp"
#include "exchange/version.hpp"

namespace strowger::app {
namespace {

constexpr std::size_t most_phones = 10;
constexpr std::size_t most_numbers = 16;

void print_listeners(const exchange::Configuration& configuration) {
  std::printf("SIP phones reach this exchange at:\n");
  for (const auto& listener : configuration.sip->engine->listeners) {
    std::printf("  %-4s %s\n",
                std::string(exchange::drivers::transport_name(listener.transport)).c_str(),
                std::string(listener.local.text().view()).c_str());
  }
}

void print_phones(const exchange::Configuration& configuration, const std::string& folder) {
  std::printf("\nRegister as one of these (passwords are in %s/sip.conf):\n  ", folder.c_str());
  std::size_t shown = 0;
  for (const auto& [name, peer] : configuration.sip->peers) {
    if (shown == most_phones) {
      std::printf(", ...");
      break;
    }
    std::printf("%s%s", shown++ == 0 ? "" : ", ", name.c_str());
    if (!peer->caller_number.empty()) {
      std::printf(" (%s)", peer->caller_number.c_str());
    }
  }
  std::printf("\n");
}

/// The numbers of the phones, then what the first phone's context has besides.
void print_numbers(const exchange::Configuration& configuration, const std::string& folder) {
  const auto& peers = configuration.sip->peers;
  if (peers.empty()) {
    return;
  }
  const std::string& context = peers.begin()->second->context;
  const auto& plan = *configuration.dialplan;
  std::printf("\nThen dial:\n");
  for (const auto& [name, peer] : peers) {
    const std::string& number = peer->caller_number;
    if (!number.empty() && plan.find(context, number, 1, "", nullptr) != nullptr) {
      std::printf("  %-8s %s\n", number.c_str(),
                  (peer->caller_name.empty() ? name : peer->caller_name).c_str());
    }
  }
  for (const auto& line : exchange::dial_guide(plan, context, most_numbers)) {
    std::printf("  %-8s %s\n", line.extension.c_str(), line.does.c_str());
  }
  std::printf("(context %s of %s/extensions.conf)\n", context.c_str(), folder.c_str());
}

}  // namespace

void print_banner(const exchange::Configuration& configuration, const std::string& config_folder,
                  const std::string& data_folder) {
  std::printf("%s\n\n", exchange::version_text().c_str());
  print_listeners(configuration);
  print_phones(configuration, config_folder);
  print_numbers(configuration, config_folder);
  std::printf(
      "\nThe console:   strowger console --data %s\n"
      "To end:        Ctrl-C, or 'core stop gracefully' on the console\n",
      data_folder.c_str());
  std::fflush(stdout);
}

}  // namespace strowger::app
