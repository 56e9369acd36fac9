#include <cstdio>
#include <memory>
#include <string>

#include "base/flight_recorder.hpp"
#include "commands.hpp"
#include "sip/flight_replay.hpp"

namespace strowger::app {
namespace {

void print_difference(const base::FlightDifference& difference) {
  std::printf("call %llu (%s) came out otherwise: %u actions then, %u now\n",
              static_cast<unsigned long long>(difference.step),
              std::string(to_string(difference.kind)).c_str(), difference.actions_then,
              difference.actions_now);
}

/// 0: the same outputs; 1: a difference; 2: the recording can't be replayed.
int replay(const std::string& path, bool verbose) {
  auto octets = base::read_flight_file(path);
  if (!octets) {
    std::fprintf(stderr, "error: %s\n", octets.error().c_str());
    return 2;
  }
  const auto recording = base::read_flight(std::move(*octets));
  if (!recording) {
    std::fprintf(stderr, "error: %s: %s\n", path.c_str(),
                 std::string(to_string(recording.error())).c_str());
    return 2;
  }
  const auto report = sip::replay_flight(*recording, [verbose](const std::string& line) {
    if (verbose) {
      std::printf("%s\n", line.c_str());
    }
  });
  if (!report) {
    std::fprintf(stderr, "error: %s: %s\n", path.c_str(),
                 std::string(to_string(report.error())).c_str());
    return 2;
  }
  if (report->difference) {
    print_difference(*report->difference);
    return 1;
  }
  std::printf("%llu calls of the %s engine (%s) gave the same again\n",
              static_cast<unsigned long long>(report->steps), recording->header.engine.c_str(),
              recording->header.build.c_str());
  return 0;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  auto path = std::make_shared<std::string>();
  auto verbose = std::make_shared<bool>(false);
  auto* command = app.add_subcommand("replay", "Feed a flight recording to its engine again");
  command->add_option("FILE", *path, "Recording, of flightfile= or sip flight save")->required();
  command->add_flag("-v,--verbose", *verbose, "Show every call and what came of it");
  command->callback([path, verbose, &exit_code] { exit_code = replay(*path, *verbose); });
}

}  // namespace strowger::app
