// A whole exchange, put together: storage, media, workers, the SIP driver, the console. What stands
// lower is made first and ends last.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "control/administration.hpp"
#include "control/command_table.hpp"
#include "control/console_server.hpp"
#include "core/result.hpp"
#include "exchange/configuration/configuration.hpp"

namespace strowger::app {

/// Starts and ends on the main thread.
class RunningExchange {
 public:
  /// `on_stopped` is called, from any thread, when a stop that the console asked for is complete.
  RunningExchange(std::shared_ptr<const exchange::Configuration> configuration,
                  std::string data_folder, std::function<void()> on_stopped);
  ~RunningExchange();
  RunningExchange(const RunningExchange&) = delete;
  RunningExchange& operator=(const RunningExchange&) = delete;

  /// The error is a sentence that says what to do.
  [[nodiscard]] core::Result<void, std::string> start();
  void stop(exchange::StopMode mode);
  [[nodiscard]] control::ReloadReport reload();

  [[nodiscard]] std::shared_ptr<const exchange::Configuration> configuration() const;

 private:
  struct Parts;
  [[nodiscard]] core::Result<void, std::string> start_storage();
  [[nodiscard]] core::Result<void, std::string> start_media();
  [[nodiscard]] core::Result<void, std::string> start_trunks();
  [[nodiscard]] core::Result<void, std::string> start_calls();
  [[nodiscard]] core::Result<void, std::string> start_sip();
  [[nodiscard]] core::Result<void, std::string> start_console();
  [[nodiscard]] std::vector<control::ThreadRow> threads() const;

  mutable std::mutex configuration_mutex_;
  std::shared_ptr<const exchange::Configuration> configuration_;
  std::string data_folder_;
  std::function<void()> on_stopped_;
  std::unique_ptr<Parts> parts_;
};

/// Reads the configuration and prints errors and notices to standard error; null where there are
/// errors.
[[nodiscard]] std::shared_ptr<const exchange::Configuration> load_or_explain(
    const std::string& folder, bool with_notices);

}  // namespace strowger::app
