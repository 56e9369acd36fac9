#include "control/console_server.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace strowger::control {

/// A command with a thread of its own. `reply` is read after `done`.
struct LongCommand {
  std::atomic<bool> interrupted{false};
  std::atomic<bool> done{false};
  std::string reply;
  std::thread thread;
};

struct Client {
  int descriptor = -1;
  std::string received;
  std::unique_ptr<LongCommand> at_work{};  // further requests wait for it
};

namespace {

constexpr std::size_t request_limit_octets = 64U << 10U;
constexpr std::size_t client_limit = 64;

bool someone_answers(const sockaddr_un& address) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answered =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return answered;
}

/// The whole text, waiting for a slow console at most a second at a time.
bool send_all(int descriptor, const std::string& text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const auto count = send(descriptor, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
      continue;
    }
    pollfd writable{descriptor, POLLOUT, 0};
    if ((errno != EAGAIN && errno != EINTR) || poll(&writable, 1, 1000) <= 0) {
      return false;
    }
  }
  return true;
}

using Json = nlohmann::json;

std::string line_of(const Json& reply) {
  return reply.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string run_command(const CommandTable& commands, const Json& asked,
                        const std::atomic<bool>& interrupted) {
  Output output;
  commands.run(asked["run"].get<std::string>(), output, interrupted);
  const bool json = asked.value("json", false);
  return line_of({{"exit", output.exit_code()}, {"text", json ? output.json() : output.text()}});
}

void end(Client& client) {
  if (client.at_work) {
    client.at_work->interrupted = true;
    client.at_work->thread.join();
  }
  close(client.descriptor);
}

}  // namespace

ConsoleServer::~ConsoleServer() {
  stop();
}

core::Result<void, std::string> ConsoleServer::start(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return core::fail("the console's socket path is longer than 107 characters: " + path +
                      "; choose a data folder with a shorter name");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  if (someone_answers(address)) {
    return core::fail("another exchange answers at " + path +
                      "; stop it (strowger console -x 'core stop now') or use another --data");
  }
  unlink(path.c_str());
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const mode_t before = umask(0177);
  const int bound = bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int os_error = errno;
  umask(before);
  if (bound != 0 || listen(listener_, 16) != 0) {
    close(listener_);
    listener_ = -1;
    return core::fail("cannot make the console's socket " + path + ": " +
                      std::string(std::strerror(os_error)));
  }
  path_ = path;
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  thread_ = std::thread([this] { serve(); });
  pthread_setname_np(thread_.native_handle(), "console");
  return {};
}

void ConsoleServer::stop() {
  if (!thread_.joinable()) {
    return;
  }
  stopping_ = true;
  poke();
  thread_.join();
  close(listener_);
  close(wake_);
  unlink(path_.c_str());
}

void ConsoleServer::poke() const {
  const std::uint64_t one = 1;
  (void)!write(wake_, &one, sizeof one);
}

void ConsoleServer::serve() {
  std::vector<Client> clients;
  while (!stopping_) {
    std::vector<pollfd> waits{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& client : clients) {
      const short wanted = client.at_work ? 0 : POLLIN;  // hanging up is told always
      waits.push_back({client.descriptor, wanted, 0});
    }
    if (poll(waits.data(), waits.size(), -1) < 0) {
      continue;
    }
    std::uint64_t pokes = 0;
    (void)!read(wake_, &pokes, sizeof pokes);
    for (std::size_t i = clients.size(); i-- > 0;) {
      const bool goes_on = waits[i + 2].revents == 0 || receive(clients[i]);
      if (!goes_on || !carry_on(clients[i])) {
        end(clients[i]);
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    if ((waits[1].revents & POLLIN) != 0) {
      const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (accepted >= 0 && clients.size() < client_limit) {
        clients.push_back({accepted, {}, {}});
      } else if (accepted >= 0) {
        close(accepted);
      }
    }
  }
  for (auto& client : clients) {
    end(client);
  }
}

/// Takes in what the console sent. False when it has gone.
bool ConsoleServer::receive(Client& client) {
  if (client.at_work) {
    return false;  // hung up: nothing else is waited for
  }
  std::array<char, 4096> room{};
  const auto count = recv(client.descriptor, room.data(), room.size(), 0);
  if (count <= 0) {
    return count < 0 && (errno == EAGAIN || errno == EINTR);
  }
  client.received.append(room.data(), static_cast<std::size_t>(count));
  return client.received.find('\n') != std::string::npos ||
         client.received.size() <= request_limit_octets;
}

/// Sends what a long command has said, and does what was asked meanwhile. False when the console
/// can't be reached any more.
bool ConsoleServer::carry_on(Client& client) {
  if (client.at_work && client.at_work->done) {
    client.at_work->thread.join();
    const auto work = std::move(client.at_work);
    if (!send_all(client.descriptor, work->reply)) {
      return false;
    }
  }
  for (auto end = client.received.find('\n'); end != std::string::npos && !client.at_work;
       end = client.received.find('\n')) {
    const std::string request = client.received.substr(0, end);
    client.received.erase(0, end + 1);
    if (!carry_out(client, request)) {
      return false;
    }
  }
  return true;
}

bool ConsoleServer::carry_out(Client& client, const std::string& request) {
  const auto asked = Json::parse(request, nullptr, false);
  if (!asked.is_object()) {
    return send_all(client.descriptor,
                    line_of({{"exit", 2}, {"text", "the request is no JSON object\n"}}));
  }
  if (asked.contains("complete") && asked["complete"].is_string()) {
    const auto candidates = commands_.complete(asked["complete"].get<std::string>());
    return send_all(client.descriptor, line_of({{"candidates", candidates}}));
  }
  if (!asked.contains("run") || !asked["run"].is_string()) {
    return send_all(
        client.descriptor,
        line_of({{"exit", 2}, {"text", "the request asks neither to run nor to complete\n"}}));
  }
  if (!commands_.takes_long(asked["run"].get<std::string>())) {
    return send_all(client.descriptor, run_command(commands_, asked, stopping_));
  }
  client.at_work = std::make_unique<LongCommand>();
  client.at_work->thread = std::thread([this, asked, work = client.at_work.get()] {
    pthread_setname_np(pthread_self(), "console-work");
    work->reply = run_command(commands_, asked, work->interrupted);
    work->done = true;
    poke();
  });
  return true;
}

}  // namespace strowger::control
