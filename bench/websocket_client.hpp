// One connection of the load generator: its handshakes, plain or TLS, and a reader of frames that
// knows when a message is whole. Not strict: the servers' answers are counted, not judged.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace websocket_load {

[[noreturn]] inline void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

class Client {
 public:
  /// `tls`: null for plain. Connects without waiting.
  Client(std::uint16_t port, SSL_CTX* tls) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd_ < 0 ||
        (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno != EINPROGRESS)) {
      give_up("connect");
    }
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (tls != nullptr) {
      ssl_ = SSL_new(tls);
      SSL_set_fd(ssl_, fd_);
      SSL_set_connect_state(ssl_);
    }
  }

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool open() const { return step_ == Step::open; }

  /// Goes on with the handshakes; true when they are done.
  bool advance(std::string_view request) {
    if (step_ == Step::tls) {
      const int result = ssl_ == nullptr ? 1 : SSL_do_handshake(ssl_);
      if (result != 1) {
        expect_later(result);
        return false;
      }
      step_ = Step::request;
    }
    if (step_ == Step::request) {
      if (write(request) == 0) {
        return false;
      }
      step_ = Step::answer;
    }
    std::array<char, 1024> room;
    while (step_ == Step::answer) {
      const std::size_t got = read(room.data(), room.size());
      if (got == 0) {
        return false;
      }
      head_.append(room.data(), got);
      if (head_.ends_with("\r\n\r\n")) {
        if (!head_.starts_with("HTTP/1.1 101")) {
          give_up(head_.c_str());
        }
        step_ = Step::open;
        head_ = {};
      }
    }
    return true;
  }

  /// Octets that were taken; 0 where it must be tried again.
  std::size_t write(std::string_view octets) {
    if (ssl_ != nullptr) {
      const int sent = SSL_write(ssl_, octets.data(), static_cast<int>(octets.size()));
      return sent > 0 ? static_cast<std::size_t>(sent) : expect_later(sent);
    }
    const ssize_t sent = send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != ENOTCONN) {
      give_up("send");
    }
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  /// Octets that came; 0 where there are none now.
  std::size_t read(char* room, std::size_t size) {
    if (ssl_ != nullptr) {
      const int got = SSL_read(ssl_, room, static_cast<int>(size));
      return got > 0 ? static_cast<std::size_t>(got) : expect_later(got);
    }
    const ssize_t got = recv(fd_, room, size, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
      give_up("the server closed");
    }
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  /// How many messages end within these octets.
  std::size_t count(const char* octets, std::size_t size) {
    std::size_t whole = 0;
    while (size > 0) {
      std::size_t used = 1;
      bool ends = false;
      if (left_ > 0) {
        used = std::min<std::size_t>(left_, size);
        left_ -= used;
        ends = left_ == 0;
      } else {
        ends = end_of_head(static_cast<std::uint8_t>(*octets)) && left_ == 0;
      }
      octets += used;
      size -= used;
      whole += ends && message_ends_ ? 1U : 0U;
    }
    return whole;
  }

  double begun = 0;
  std::size_t unsent = 0;

 private:
  enum class Step : std::uint8_t { tls, request, answer, open };

  std::size_t expect_later(int result) {
    const int why = SSL_get_error(ssl_, result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      give_up("TLS");
    }
    return 0;
  }

  /// The next octet of a frame's head (RFC 6455 5.2); true with its last.
  bool end_of_head(std::uint8_t octet) {
    frame_[have_++] = octet;
    if (have_ < 2) {
      return false;
    }
    const std::size_t code = frame_[1] & 0x7fU;
    const std::size_t more = code < 126 ? 0 : code == 126 ? 2 : 8;
    if (have_ < 2 + more) {
      return false;
    }
    left_ = more == 0 ? code : 0;
    for (std::size_t i = 0; i < more; ++i) {
      left_ = left_ << 8U | frame_[2 + i];
    }
    const unsigned opcode = frame_[0] & 0x0fU;
    if (opcode == 8) {
      errno = ECONNRESET;
      give_up("the server sent a close frame");
    }
    message_ends_ = (frame_[0] & 0x80U) != 0 && opcode < 8;
    have_ = 0;
    return true;
  }

  int fd_;
  SSL* ssl_ = nullptr;
  Step step_ = Step::tls;
  std::string head_;
  std::array<std::uint8_t, 10> frame_{};  // the head of a frame, as far as it has come
  std::size_t have_ = 0;
  std::uint64_t left_ = 0;  // of a frame's payload
  bool message_ends_ = false;
};

}  // namespace websocket_load
