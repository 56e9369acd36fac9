#include "io/epoll_udp.hpp"

#include <cerrno>
#include <utility>
#include <vector>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/epoll.h>

#include "io/datagram_batch.hpp"
#include "io/socket_address.hpp"

namespace strowger::io {
namespace {

/// Turns of one socket before the others have theirs.
constexpr int receive_rounds = 4;
/// ICMP errors reported to the handler in one turn; the rest are only counted.
constexpr std::size_t most_failures = 64;

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

/// Beyond net.core.rmem_max where we have the privilege, up to it otherwise.
void set_buffer(int fd, int force_name, int name, std::size_t octets) {
  const int value = static_cast<int>(octets / 2);  // the kernel doubles it for its bookkeeping
  if (::setsockopt(fd, SOL_SOCKET, force_name, &value, sizeof value) != 0) {
    set_option(fd, SOL_SOCKET, name, value);
  }
}

class UdpState final : public EventHandler, public std::enable_shared_from_this<UdpState> {
 public:
  UdpState(std::shared_ptr<EpollCore> core, UdpHandler& handler, Descriptor fd)
      : core_(std::move(core)),
        handler_(&handler),
        fd_(std::move(fd)),
        local_(local_address(fd_.get())) {}

  int start() { return core_->add(fd_.get(), EPOLLIN, shared_from_this(), watch_); }

  /// The socket's owner is gone: nothing is delivered any more. What was queued still leaves.
  void close() {
    send_now();
    handler_ = nullptr;
    core_->remove(watch_);
    fd_.reset();
  }

  void on_events(std::uint32_t events) override {
    if ((events & EPOLLERR) != 0) {
      read_errors();
    }
    for (int round = 0; round < receive_rounds && handler_ != nullptr; ++round) {
      const int count = core_->datagram_batch().receive(fd_.get());
      if (count < 0 && errno != EAGAIN && errno != EINTR) {
        read_errors();  // an ICMP error stands in the way of what was received
        continue;
      }
      if (count <= 0) {
        break;
      }
      handler_->on_datagrams(core_->datagram_batch().datagrams(count, counters_), core_->now());
      if (count < static_cast<int>(DatagramBatch::slots)) {
        break;
      }
    }
    report_failures();
  }

  void on_flush() override {
    flush_wanted_ = false;
    send_now();
    report_failures();
  }

  void send(const core::Address& to, core::Octets octets) {
    if (!batch_.has_room(octets.size())) {
      send_now();
    }
    batch_.add(to, octets);
    want_flush();
  }

  void send_now() {
    std::size_t next = 0;
    bool tried = false;
    while (next < batch_.size()) {
      const int sent = batch_.send(fd_.get(), next);
      if (sent > 0) {
        counters_.sent += static_cast<std::uint64_t>(sent);
        next += static_cast<std::size_t>(sent);
        tried = false;
      } else if (errno != EINTR) {
        const int error = errno;
        read_errors();
        // An ICMP error for an earlier datagram is reported by the next send, which did not send:
        // that one deserves a second try.
        if (!std::exchange(tried, true)) {
          continue;
        }
        fail(batch_.peer(next), error);
        ++next;
        tried = false;
      }
    }
    batch_.clear();
  }

  [[nodiscard]] const core::Address& local() const { return local_; }
  [[nodiscard]] const UdpCounters& counters() const { return counters_; }

 private:
  struct SendFailure {
    core::Address peer;
    IoError error;
  };

  void want_flush() {
    if (!std::exchange(flush_wanted_, true)) {
      core_->flush_later(shared_from_this());
    }
  }

  void fail(const core::Address& peer, int error) {
    ++counters_.send_failed;
    note(peer, error == EAGAIN ? IoError::limit : error_of(error));
  }

  void note(const core::Address& peer, IoError error) {
    if (failures_.size() < most_failures) {
      failures_.push_back({peer, error});
      want_flush();
    }
  }

  /// Empties the socket's error queue (IP_RECVERR): each entry names whom the datagram was for.
  void read_errors() {
    for (std::size_t i = 0; i < 4 * most_failures; ++i) {
      sockaddr_storage peer{};
      alignas(cmsghdr) std::array<std::byte, 512> control{};
      msghdr message{};
      message.msg_name = &peer;
      message.msg_namelen = sizeof peer;
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      if (::recvmsg(fd_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
        return;
      }
      for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
           part = CMSG_NXTHDR(&message, part)) {
        take_error(*part, from_sockaddr(peer));
      }
    }
  }

  void take_error(const cmsghdr& part, const core::Address& peer) {
    const bool ours = (part.cmsg_level == IPPROTO_IP && part.cmsg_type == IP_RECVERR) ||
                      (part.cmsg_level == IPPROTO_IPV6 && part.cmsg_type == IPV6_RECVERR);
    if (!ours) {
      return;
    }
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(&part), sizeof error);
    if (const auto why = icmp_failure(error.ee_origin, static_cast<int>(error.ee_errno))) {
      ++counters_.unreachable;
      note(peer, *why);
    }
  }

  /// Only from the loop, never from within the user's own call.
  void report_failures() {
    const std::vector<SendFailure> failures = std::exchange(failures_, {});
    for (const SendFailure& failure : failures) {
      if (handler_ != nullptr) {
        handler_->on_send_failed(failure.peer, failure.error, core_->now());
      }
    }
  }

  std::shared_ptr<EpollCore> core_;
  UdpHandler* handler_;
  Descriptor fd_;
  core::Address local_;
  WatchHandle watch_;
  SendBatch batch_;
  UdpCounters counters_;
  std::vector<SendFailure> failures_;
  bool flush_wanted_ = false;
};

class EpollUdpSocket final : public UdpSocket {
 public:
  explicit EpollUdpSocket(std::shared_ptr<UdpState> state) : state_(std::move(state)) {}
  ~EpollUdpSocket() override { state_->close(); }
  void send(const core::Address& to, core::Octets octets) override { state_->send(to, octets); }
  void flush() override { state_->send_now(); }
  [[nodiscard]] core::Address local() const override { return state_->local(); }
  [[nodiscard]] UdpCounters counters() const override { return state_->counters(); }

 private:
  std::shared_ptr<UdpState> state_;
};

}  // namespace

Result<std::unique_ptr<UdpSocket>> open_epoll_udp(const std::shared_ptr<EpollCore>& core,
                                                  const core::Address& local, UdpHandler& handler,
                                                  const UdpOptions& options) {
  sockaddr_storage address{};
  const socklen_t length = to_sockaddr(local, address);
  Descriptor fd(::socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) {
    return core::fail(bind_failure("udp", local, errno));
  }
  if (local.family == core::Address::Family::ipv6) {
    set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_option(fd.get(), IPPROTO_IPV6, IPV6_RECVERR, 1);
  } else {
    set_option(fd.get(), IPPROTO_IP, IP_RECVERR, 1);
  }
  set_option(fd.get(), SOL_SOCKET, SO_RXQ_OVFL, 1);
  if (options.reuse_port) {
    set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  }
  set_buffer(fd.get(), SO_RCVBUFFORCE, SO_RCVBUF, options.receive_buffer_octets);
  set_buffer(fd.get(), SO_SNDBUFFORCE, SO_SNDBUF, options.send_buffer_octets);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    return core::fail(bind_failure("udp", local, errno));
  }
  auto state = std::make_shared<UdpState>(core, handler, std::move(fd));
  if (const int error = state->start(); error != 0) {
    return core::fail(bind_failure("udp", local, error));
  }
  return std::make_unique<EpollUdpSocket>(std::move(state));
}

}  // namespace strowger::io
