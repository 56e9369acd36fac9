#include "libss7_peer.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace strowger::interop {
namespace {

constexpr int link_in_peer = 3;
constexpr int orders_in_peer = 4;
constexpr std::size_t check_octets = 2;

std::array<int, 2> socket_pair() {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    throw std::runtime_error("no socket pair");
  }
  // Out of the way of the numbers that the peer expects.
  for (int& end : pair) {
    const int moved = ::fcntl(end, F_DUPFD_CLOEXEC, 10);
    ::close(end);
    end = moved;
  }
  return pair;
}

}  // namespace

Libss7Peer::Libss7Peer(const std::string& program) {
  const auto link = socket_pair();
  const auto orders = socket_pair();
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(link[1], link_in_peer);
    ::dup2(orders[1], orders_in_peer);
    ::execl(program.c_str(), program.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(link[1]);
  ::close(orders[1]);
  link_ = link[0];
  orders_ = orders[0];
}

Libss7Peer::~Libss7Peer() {
  ::close(link_);
  ::close(orders_);
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
}

void Libss7Peer::order(char what, std::int64_t number) {
  std::array<core::Octet, 9> octets{static_cast<core::Octet>(what)};
  for (std::size_t i = 1; i < octets.size(); ++i) {
    octets[i] = static_cast<core::Octet>(number >> (8 * (i - 1)));
  }
  std::array<core::Octet, 64> answer{};
  if (::send(orders_, octets.data(), octets.size(), MSG_NOSIGNAL) < 0 ||
      ::recv(orders_, answer.data(), answer.size(), 0) <= 0) {
    throw std::runtime_error("libss7's process is gone");
  }
  for (std::size_t i = 1; i <= answer[0]; ++i) {
    events_.push_back(static_cast<Event>(answer[i]));
  }
}

void Libss7Peer::give(core::Octets unit) {
  std::vector<core::Octet> octets(unit.begin(), unit.end());
  octets.resize(octets.size() + check_octets);
  if (::send(link_, octets.data(), octets.size(), MSG_NOSIGNAL) < 0) {
    throw std::runtime_error("libss7's process is gone");
  }
}

void Libss7Peer::tick(core::Time now) {
  order('t', now.ns / 1'000 + 1'000'000);
}

std::vector<core::Octet> Libss7Peer::take() {
  order('w', 0);
  std::array<core::Octet, 512> octets{};
  const ssize_t size = ::recv(link_, octets.data(), octets.size(), MSG_DONTWAIT);
  if (size < static_cast<ssize_t>(check_octets)) {
    return {};
  }
  return {octets.begin(), octets.begin() + (size - static_cast<ssize_t>(check_octets))};
}

std::vector<Libss7Peer::Event> Libss7Peer::events() {
  return std::exchange(events_, {});
}

}  // namespace strowger::interop
