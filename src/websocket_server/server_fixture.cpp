#include "websocket_server/server_fixture.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/octets.hpp"
#include "websocket/handshake.hpp"
#include "websocket_server/listener.hpp"

namespace strowger::websocket_server {
namespace {

std::string framed(std::uint8_t first, std::string_view payload, bool masked) {
  std::string out(1, static_cast<char>(first));
  const unsigned mask_bit = masked ? 0x80U : 0U;
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | payload.size());
  } else {
    out += static_cast<char>(mask_bit | 126U);
    out += static_cast<char>(payload.size() >> 8U);
    out += static_cast<char>(payload.size() & 255U);
  }
  const std::string key = masked ? "abcd" : "";
  out += key;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out += static_cast<char>(masked ? payload[i] ^ key[i % 4] : payload[i]);
  }
  return out;
}

}  // namespace

std::string client_frame(std::uint8_t first, std::string_view payload) {
  return framed(first, payload, true);
}
std::string server_frame(std::uint8_t first, std::string_view payload) {
  return framed(first, payload, false);
}

RawClient::RawClient(std::uint16_t port, const std::shared_ptr<crypto::TlsContext>& tls)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  if (tls) {
    tls_ = tls->open("localhost");
    send({});
    for (int i = 0; i < 20 && tls_->state() == crypto::TlsSession::State::handshaking; ++i) {
      receive(arrived_);
    }
  }
}

RawClient::RawClient(const std::string& unix_path)
    : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, unix_path.data(), unix_path.size());
  EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

void RawClient::send(std::string_view octets) {
  if (tls_) {
    tls_->write(core::octets_of(octets));
    octets = core::text_of(tls_->output());
  }
  std::size_t sent = 0;
  while (sent < octets.size()) {
    const ssize_t count =
        ::send(fd_.get(), octets.data() + sent, octets.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) {
      return;
    }
    sent += static_cast<std::size_t>(count);
  }
  if (tls_) {
    tls_->output_taken(octets.size());
  }
}

bool RawClient::receive(std::string& into) {
  pollfd wait{fd_.get(), POLLIN, 0};
  if (::poll(&wait, 1, 10'000) <= 0) {
    return false;
  }
  char room[16'384];
  const ssize_t count = ::recv(fd_.get(), room, sizeof room, 0);
  if (count <= 0) {
    return false;
  }
  const std::string_view octets(room, static_cast<std::size_t>(count));
  if (!tls_) {
    into += octets;
    return true;
  }
  tls_->feed(core::octets_of(octets));
  core::Octet plain[16'384];
  while (const std::size_t size = tls_->read(plain)) {
    into += core::text_of(core::Octets(plain).first(size));
  }
  send({});
  return tls_->state() == crypto::TlsSession::State::open ||
         tls_->state() == crypto::TlsSession::State::handshaking;
}

std::string RawClient::read_until(std::string_view text) {
  // What was looked through is not looked through again: much may come before the text does.
  std::size_t from = 0;
  while (text.empty() || arrived_.find(text, from) == std::string::npos) {
    from = arrived_.size() - std::min(arrived_.size(), text.size());
    if (!receive(arrived_)) {
      break;
    }
  }
  return std::exchange(arrived_, {});
}

std::string RawClient::upgrade(std::string_view more, std::string_view target,
                               std::string_view until) {
  send("GET " + std::string(target) +
       " HTTP/1.1\r\nHost: example.net\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
       std::string(more) + "\r\n");
  return read_until(until);
}

std::string RawClient::read_while(const std::function<bool(const std::string&)>& more) {
  while (more(arrived_) && receive(arrived_)) {
  }
  return std::exchange(arrived_, {});
}

std::string RawClient::answer_upgrade(std::string_view more) {
  std::string request = read_until("\r\n\r\n");
  crypto::Digester digester;
  const std::size_t key = request.find("Sec-WebSocket-Key: ");
  EXPECT_NE(key, std::string::npos) << request;
  send(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      std::string(websocket::accept_text(request.substr(key + 19, 24), digester).view()) + "\r\n" +
      std::string(more) + "\r\n");
  return request;
}

RawListener::RawListener() {
  auto listening = listen_tcp("127.0.0.1", 0, false);
  EXPECT_TRUE(listening);
  fd_ = std::move(listening->fd);
  port_ = listening->port;
}

RawClient RawListener::accept() {
  pollfd wait{fd_.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&wait, 1, 10'000), 1) << "nobody came";
  return RawClient(io::Descriptor(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
}

}  // namespace strowger::websocket_server
