// Load for WebSocket echo servers: so many connections, each with one message under way. Prints one
// JSON line: messages a second, messages a CPU second of the server's, p50 and p99 of the way there
// and back, and with `idle` the server's resident memory a connection.
//
//   websocket_load PORT SERVER_PID CONNECTIONS OCTETS SECONDS [idle]
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

struct Options {
  std::uint16_t port = 0;
  int server = 0;
  std::size_t connections = 1;
  std::size_t octets = 64;
  double seconds = 2;
  bool idle = false;
};

struct Connection {
  int fd = -1;
  std::size_t left = 0;  // of the answer at hand
  double begun = 0;
  std::size_t unsent = 0;
};

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

double now() {
  timespec clock{};
  clock_gettime(CLOCK_MONOTONIC, &clock);
  return static_cast<double>(clock.tv_sec) + static_cast<double>(clock.tv_nsec) * 1e-9;
}

/// CPU seconds that a process has used.
double cpu_seconds(int process) {
  clockid_t id = 0;
  timespec spent{};
  if (clock_getcpuclockid(process, &id) != 0 || clock_gettime(id, &spent) != 0) {
    give_up("the server's CPU time");
  }
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

/// Resident octets of a process.
double resident(int process) {
  const std::string path = "/proc/" + std::to_string(process) + "/statm";
  std::FILE* file = std::fopen(path.c_str(), "r");
  long pages = 0;
  if (file == nullptr || std::fscanf(file, "%*d %ld", &pages) != 1) {
    give_up("the server's memory");
  }
  std::fclose(file);
  return static_cast<double>(pages) * 4096;
}

int connect_to(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    give_up("connect");
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  constexpr std::string_view request =
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  if (send(fd, request.data(), request.size(), 0) < 0) {
    give_up("send");
  }
  std::string answer;
  char c = 0;
  while (!answer.ends_with("\r\n\r\n")) {
    if (recv(fd, &c, 1, 0) != 1) {
      give_up("the handshake");
    }
    answer += c;
  }
  if (!answer.starts_with("HTTP/1.1 101")) {
    give_up(answer.c_str());
  }
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

std::string make_frame(std::size_t size) {
  constexpr std::array<unsigned char, 4> key{0x37, 0xfa, 0x21, 0x3d};
  std::string frame = "\x82";
  if (size < 126) {
    frame += static_cast<char>(0x80U | size);
  } else {
    frame += '\xfe';
    frame += static_cast<char>(size >> 8U);
    frame += static_cast<char>(size);
  }
  frame.append(reinterpret_cast<const char*>(key.data()), key.size());
  for (std::size_t i = 0; i < size; ++i) {
    frame += static_cast<char>((i * 7) ^ key[i % 4]);
  }
  return frame;
}

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options), frame_(make_frame(options.octets)), epoll_(epoll_create1(0)) {}

  void connect_all() {
    for (std::size_t i = 0; i < options_.connections; ++i) {
      connections_.push_back({connect_to(options_.port), 0, 0, 0});
    }
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].fd, &event);
    }
  }

  void run() {
    for (Connection& one : connections_) {
      begin(one);
    }
    turn_until(now() + 0.3);  // warm
    latencies_.clear();
    messages_ = 0;
    const double began = now();
    const double cpu = cpu_seconds(options_.server);
    turn_until(began + options_.seconds);
    const double spent = cpu_seconds(options_.server) - cpu;
    const double took = now() - began;
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](double part) {
      return latencies_.empty() ? 0.0
                                : latencies_[static_cast<std::size_t>(
                                      part * static_cast<double>(latencies_.size() - 1))] *
                                      1e6;
    };
    const auto count = static_cast<double>(messages_);
    std::printf("{\"a_second\":%.0f,\"a_cpu_second\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
                count / took, count / spent, at(0.5), at(0.99));
  }

 private:
  void begin(Connection& one) {
    one.begun = now();
    one.left = options_.octets + (options_.octets < 126 ? 2 : 4);
    one.unsent = frame_.size();
    push(one);
  }

  void push(Connection& one) {
    const ssize_t sent =
        send(one.fd, frame_.data() + (frame_.size() - one.unsent), one.unsent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      give_up("send");
    }
    one.unsent -= sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  void turn_until(double end) {
    std::array<epoll_event, 256> events{};
    while (now() < end) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 50);
      for (int i = 0; i < count; ++i) {
        on_octets(connections_[events[static_cast<std::size_t>(i)].data.u64]);
      }
    }
  }

  void on_octets(Connection& one) {
    if (one.unsent > 0) {
      push(one);
    }
    const ssize_t got = recv(one.fd, room_.data(), room_.size(), 0);
    if (got <= 0) {
      if (got < 0 && errno == EAGAIN) {
        return;
      }
      give_up("the server closed");
    }
    one.left -= std::min(one.left, static_cast<std::size_t>(got));
    if (one.left == 0) {
      ++messages_;
      latencies_.push_back(now() - one.begun);
      begin(one);
    }
  }

  Options options_;
  std::string frame_;
  int epoll_;
  std::vector<Connection> connections_;
  std::vector<double> latencies_;
  std::vector<char> room_ = std::vector<char>(256U << 10U);
  std::size_t messages_ = 0;
};

void raise_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** words) {
  if (count < 6) {
    std::fprintf(stderr, "websocket_load PORT SERVER_PID CONNECTIONS OCTETS SECONDS [idle]\n");
    return 2;
  }
  raise_limit();
  Options options;
  options.port = static_cast<std::uint16_t>(std::atoi(words[1]));
  options.server = std::atoi(words[2]);
  options.connections = static_cast<std::size_t>(std::atol(words[3]));
  options.octets = static_cast<std::size_t>(std::atol(words[4]));
  options.seconds = std::atof(words[5]);
  options.idle = count > 6;
  Load load(options);
  const double before = resident(options.server);
  load.connect_all();
  if (options.idle) {
    std::printf("{\"octets_a_connection\":%.0f}\n",
                (resident(options.server) - before) / static_cast<double>(options.connections));
    return 0;
  }
  load.run();
  return 0;
}
