#include "timing_load.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace strowger::app {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void count(const std::atomic<bool>& stop) {
  volatile std::uint64_t sum = 0;
  while (!stop.load(std::memory_order_relaxed)) {
    for (int i = 0; i < 10'000; ++i) {
      sum = sum + static_cast<std::uint64_t>(i);
    }
  }
}

void copy(const std::atomic<bool>& stop) {
  constexpr std::size_t half = std::size_t{32} << 20U;
  std::vector<char> memory(half * 2, 1);
  for (std::size_t round = 0; !stop.load(std::memory_order_relaxed); ++round) {
    const bool there = round % 2 == 0;
    std::memcpy(memory.data() + (there ? half : 0), memory.data() + (there ? 0 : half), half);
  }
}

void write_and_sync(const std::atomic<bool>& stop, int file) {
  constexpr off_t most = off_t{16} << 20U;
  const std::vector<char> block(std::size_t{1} << 20U, 'x');
  for (off_t at = 0; !stop.load(std::memory_order_relaxed);
       at = (at + static_cast<off_t>(block.size())) % most) {
    if (pwrite(file, block.data(), block.size(), at) < 0 || fdatasync(file) != 0) {
      return;
    }
  }
}

void send_datagrams(const std::atomic<bool>& stop, int socket) {
  const std::vector<char> datagram(172, 'x');
  while (!stop.load(std::memory_order_relaxed)) {
    (void)!send(socket, datagram.data(), datagram.size(), 0);
  }
}

void receive_datagrams(const std::atomic<bool>& stop, int socket) {
  std::vector<char> room(2048);
  while (!stop.load(std::memory_order_relaxed)) {
    (void)!recv(socket, room.data(), room.size(), 0);
  }
}

int loopback_socket() {
  const int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (made < 0 || bind(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail("a socket for the load");
  }
  return made;
}

}  // namespace

const std::vector<std::string>& TimingLoad::kinds() {
  static const std::vector<std::string> kinds{"none", "cpu", "disk", "memory", "net"};
  return kinds;
}

TimingLoad::TimingLoad(const std::string& kind) {
  try {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < cores && (kind == "cpu" || kind == "memory"); ++i) {
      threads_.emplace_back([this, kind] { kind == "cpu" ? count(stop_) : copy(stop_); });
    }
    if (kind == "disk") {
      start_disk();
    } else if (kind == "net") {
      start_net();
    }
  } catch (...) {
    stop();
    throw;
  }
}

TimingLoad::~TimingLoad() {
  stop();
}

void TimingLoad::start_disk() {
  // The file has no name, so that nothing of it is left however this ends.
  const int file = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) {
    fail("a temporary file in /var/tmp for the load");
  }
  descriptors_.push_back(file);
  threads_.emplace_back([this, file] { write_and_sync(stop_, file); });
}

void TimingLoad::start_net() {
  const int receiver = loopback_socket();
  descriptors_.push_back(receiver);
  const int sender = loopback_socket();
  descriptors_.push_back(sender);
  const timeval soon{0, 50'000};  // so that the receiver sees the end
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon) != 0 ||
      getsockname(receiver, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      connect(sender, reinterpret_cast<sockaddr*>(&address), length) != 0) {
    fail("sockets for the load");
  }
  threads_.emplace_back([this, receiver] { receive_datagrams(stop_, receiver); });
  threads_.emplace_back([this, sender] { send_datagrams(stop_, sender); });
}

void TimingLoad::stop() {
  stop_.store(true, std::memory_order_relaxed);
  for (std::thread& thread : threads_) {
    thread.join();
  }
  for (const int descriptor : descriptors_) {
    close(descriptor);
  }
}

}  // namespace strowger::app
