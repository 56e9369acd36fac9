// The console's door: a unix socket in the data folder, mode 0600. One line of JSON a request, one
// line of JSON an answer:
//   {"run": "core show channels", "json": false}  ->  {"exit": 0, "text": "..."}
//   {"complete": "core sh"}                       ->  {"candidates": ["show"]}
#pragma once

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "control/command_table.hpp"
#include "core/result.hpp"

namespace strowger::control {

/// Serves consoles on a thread of its own (the control thread). Commands run there, one at a time;
/// those that take long each have a thread, which ends early when its console goes.
class ConsoleServer {
 public:
  /// `commands` must outlive the server.
  explicit ConsoleServer(const CommandTable& commands) : commands_(commands) {}
  ~ConsoleServer();
  ConsoleServer(const ConsoleServer&) = delete;
  ConsoleServer& operator=(const ConsoleServer&) = delete;

  /// Opens the socket and starts the thread. Refused, with a sentence that says what to do, when
  /// another exchange answers at that path or the path can't be made.
  [[nodiscard]] core::Result<void, std::string> start(const std::string& path);
  void stop();

  [[nodiscard]] static std::string socket_path(const std::string& data_folder) {
    return data_folder + "/strowger.ctl";
  }

 private:
  void serve();
  bool receive(struct Client& client);
  bool carry_on(struct Client& client);
  bool carry_out(struct Client& client, const std::string& request);
  void poke() const;

  const CommandTable& commands_;
  std::string path_;
  std::thread thread_;
  int listener_ = -1;
  int wake_ = -1;
  std::atomic<bool> stopping_{false};
};

}  // namespace strowger::control
