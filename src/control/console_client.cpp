#include "control/console_client.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace strowger::control {

ConsoleClient::~ConsoleClient() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

core::Result<void, std::string> ConsoleClient::connect(const std::string& socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) {
    return core::fail("the socket's path is longer than 107 characters: " + socket_path);
  }
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  descriptor_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return core::fail("no exchange answers at " + socket_path + " (" +
                      std::string(std::strerror(errno)) +
                      "); start one, or name its data folder with --data");
  }
  return {};
}

core::Result<std::string, std::string> ConsoleClient::ask(const std::string& request) {
  const std::string line = request + '\n';
  if (send(descriptor_, line.data(), line.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(line.size())) {
    return core::fail(std::string("the exchange has gone"));
  }
  std::array<char, 65536> room{};
  auto end = received_.find('\n');
  while (end == std::string::npos) {
    const auto count = recv(descriptor_, room.data(), room.size(), 0);
    if (count <= 0) {
      return core::fail(std::string("the exchange has gone"));
    }
    received_.append(room.data(), static_cast<std::size_t>(count));
    end = received_.find('\n');
  }
  std::string answer = received_.substr(0, end);
  received_.erase(0, end + 1);
  return answer;
}

core::Result<ConsoleClient::Answer, std::string> ConsoleClient::run(const std::string& line,
                                                                    bool json) {
  const auto answer = ask(nlohmann::json{{"run", line}, {"json", json}}.dump());
  if (!answer) {
    return core::fail(answer.error());
  }
  const auto parsed = nlohmann::json::parse(*answer, nullptr, false);
  if (!parsed.is_object()) {
    return core::fail(std::string("the exchange answered something else than JSON"));
  }
  return Answer{parsed.value("exit", 1), parsed.value("text", std::string())};
}

std::vector<std::string> ConsoleClient::complete(const std::string& line) {
  const auto answer = ask(nlohmann::json{{"complete", line}}.dump());
  const auto parsed = nlohmann::json::parse(answer.value_or("{}"), nullptr, false);
  if (!parsed.is_object() || !parsed.contains("candidates")) {
    return {};
  }
  return parsed["candidates"].get<std::vector<std::string>>();
}

}  // namespace strowger::control
