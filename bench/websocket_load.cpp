// Load for WebSocket servers that echo what is binary and send what is text to all: opens so many
// connections, then does what its input says, a line at a time, and answers each with a line of
// JSON. One message a connection is under way.
//
//   websocket_load PORT SERVER_PID plain|tls|deflate CONNECTIONS
//     the server's resident memory a connection
//   echo OCTETS SECONDS
//     messages a second and a CPU second of the server's, p50 and p99 of the way there and back
//   broadcast OCTETS TIMES
//     the same of one message that comes to all connections
#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

#include <sys/epoll.h>
#include <sys/resource.h>
#include <zlib.h>

#include "websocket_client.hpp"

namespace {

using websocket_load::Client;
using websocket_load::give_up;

struct Options {
  std::uint16_t port = 0;
  int server = 0;
  std::string mode;
  std::size_t connections = 1;
};

/// How many handshakes are under way at a time: fewer than a listener's backlog holds.
constexpr std::size_t opening_together = 64;

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

/// Lines of JSON such as a stream of events has: text that compresses as such text does.
std::string payload_of(std::size_t size) {
  std::string text;
  std::uint32_t chance = 7;
  while (text.size() < size) {
    chance = chance * 1664525U + 1013904223U;
    text += R"({"event":"leg","id":)" + std::to_string(chance >> 12U) + R"(,"state":")" +
            (chance % 3 == 0 ? "ringing" : "answered") + R"(","peer":"SIP/)" +
            std::to_string(chance % 9973U) + "\"}\n";
  }
  text.resize(size);
  return text;
}

/// RFC 7692 7.2.1, without what came before.
std::string deflated(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out - 4);
  deflateEnd(&stream);
  return out;
}

std::string make_frame(std::uint8_t opcode, std::size_t size, bool packed) {
  constexpr std::array<unsigned char, 4> key{0x37, 0xfa, 0x21, 0x3d};
  const std::string text = payload_of(size);
  const std::string payload = packed ? deflated(text) : text;
  std::string frame(1, static_cast<char>(0x80U | opcode | (packed ? 0x40U : 0U)));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    frame += '\xfe';
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size());
  }
  frame.append(reinterpret_cast<const char*>(key.data()), key.size());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ key[i % 4]);
  }
  return frame;
}

class Load {
 public:
  explicit Load(const Options& options) : options_(options), epoll_(epoll_create1(0)) {
    if (options.mode == "tls") {
      tls_ = SSL_CTX_new(TLS_client_method());
      SSL_CTX_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_RELEASE_BUFFERS);
    }
    request_ =
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    if (options.mode == "deflate") {
      request_ +=
          "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
          "client_no_context_takeover\r\n";
    }
    request_ += "\r\n";
  }

  void open_all() {
    while (opened_ < options_.connections) {
      while (clients_.size() < options_.connections &&
             clients_.size() - opened_ < opening_together) {
        clients_.push_back(std::make_unique<Client>(options_.port, tls_));
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.u64 = clients_.size() - 1;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_.back()->fd(), &event);
      }
      turn([this](Client& one) {
        const bool before = one.open();
        opened_ += !before && one.advance(request_) ? 1U : 0U;
      });
    }
  }

  void echo(std::size_t octets, double seconds) {
    frame_ = make_frame(2, octets, options_.mode == "deflate");
    const auto on_ready = [this](Client& one) {
      push(one);
      if (take(one) > 0) {
        latencies_.push_back(now() - one.begun);
        if (going_) {
          begin(one);
        } else {
          --under_way_;
        }
      }
    };
    going_ = true;
    under_way_ = clients_.size();
    for (const auto& one : clients_) {
      begin(*one);
    }
    turn_until(now() + std::min(0.3, seconds / 2), on_ready);  // warm
    latencies_.clear();
    const double began = now();
    const double cpu = cpu_seconds(options_.server);
    turn_until(began + seconds, on_ready);
    tell(now() - began, cpu_seconds(options_.server) - cpu);
    going_ = false;  // what is under way comes home, so that the next run begins in quiet
    while (under_way_ > 0) {
      turn(on_ready);
    }
  }

  void broadcast(std::size_t octets, int times) {
    frame_ = make_frame(1, octets, options_.mode == "deflate");
    latencies_.clear();
    const double began = now();
    const double cpu = cpu_seconds(options_.server);
    for (int i = 0; i < times; ++i) {
      std::size_t wanted = clients_.size();
      Client& speaker = *clients_.front();
      begin(speaker);
      while (wanted > 0) {
        turn([&](Client& one) {
          push(one);
          for (std::size_t got = take(one); got > 0; --got) {
            latencies_.push_back(now() - speaker.begun);
            --wanted;
          }
        });
      }
    }
    tell(now() - began, cpu_seconds(options_.server) - cpu);
  }

 private:
  template <class OnReady>
  void turn(OnReady&& on_ready) {
    std::array<epoll_event, 256> events{};
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 50);
    for (int i = 0; i < count; ++i) {
      on_ready(*clients_[events[static_cast<std::size_t>(i)].data.u64]);
    }
  }
  template <class OnReady>
  void turn_until(double end, OnReady&& on_ready) {
    while (now() < end) {
      turn(on_ready);
    }
  }

  void begin(Client& one) {
    one.begun = now();
    one.unsent = frame_.size();
    push(one);
  }
  void push(Client& one) {
    while (one.unsent > 0) {
      const std::size_t sent =
          one.write(std::string_view(frame_).substr(frame_.size() - one.unsent));
      if (sent == 0) {
        return;
      }
      one.unsent -= sent;
    }
  }
  /// Reads all there is: how many messages ended.
  std::size_t take(Client& one) {
    std::size_t messages = 0;
    std::size_t got = 0;
    do {
      got = one.read(room_.data(), room_.size());
      messages += one.count(room_.data(), got);
    } while (tls_ != nullptr ? got > 0 : got == room_.size());
    return messages;
  }

  void tell(double took, double spent) {
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](double part) {
      const auto last = static_cast<double>(latencies_.size()) - 1;
      return latencies_.empty() ? 0.0 : latencies_[static_cast<std::size_t>(part * last)] * 1e6;
    };
    const auto count = static_cast<double>(latencies_.size());
    std::printf("{\"a_second\":%.0f,\"a_cpu_second\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
                count / took, count / spent, at(0.5), at(0.99));
  }

  Options options_;
  int epoll_;
  SSL_CTX* tls_ = nullptr;
  std::string request_;
  std::string frame_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t opened_ = 0;
  std::vector<double> latencies_;
  std::vector<char> room_ = std::vector<char>(256U << 10U);
  bool going_ = false;
  std::size_t under_way_ = 0;
};

void raise_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fprintf(stderr, "websocket_load PORT SERVER_PID plain|tls|deflate CONNECTIONS\n");
    return 2;
  }
  raise_limit();
  std::setvbuf(stdout, nullptr, _IOLBF, 4096);
  Options options;
  options.port = static_cast<std::uint16_t>(std::atoi(words[1]));
  options.server = std::atoi(words[2]);
  options.mode = words[3];
  options.connections = static_cast<std::size_t>(std::atol(words[4]));
  Load load(options);
  const double before = resident(options.server);
  load.open_all();
  std::printf("{\"octets_a_connection\":%.0f}\n",
              (resident(options.server) - before) / static_cast<double>(options.connections));
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words_of(line);
    std::string what;
    std::size_t octets = 0;
    double number = 0;
    words_of >> what >> octets >> number;
    if (what == "echo") {
      load.echo(octets, number);
    } else {
      load.broadcast(octets, static_cast<int>(number));
    }
  }
  return 0;
}
