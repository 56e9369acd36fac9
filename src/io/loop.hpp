// The event loop as its users see it. Two loops implement it: EpollLoop (real sockets, the real
// clock) and SimulatedLoop (virtual clock, links with loss, delay and reordering, from a seed).
//
// Thread rule: a loop and all that it made belong to the thread that calls `run`; `post` and `stop`
// alone may be called from any thread. Handlers are called from the loop, with nothing held; they
// may call anything here, even destroy the object that called them. No handler is called from
// within a call into the loop. What a loop made is destroyed before the loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/address.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"

namespace strowger::crypto {
class TlsContext;
}

namespace strowger::io {

enum class IoError : std::uint8_t {
  address_in_use,  // another program holds the port
  permission,      // a port below 1024, or a firewall's refusal
  refused,         // nobody listens there
  unreachable,     // no route, host down
  timed_out,       // connect, handshake or idle timer
  closed,          // the peer closed in order
  reset,           // the peer or the network broke the connection
  tls_failed,      // handshake or record failure; `text` says what OpenSSL said
  not_found,       // a name that DNS does not know
  limit,           // descriptors, queue or buffer limits
  bad_address,     // not an address of this machine, or of a family not supported
  other,
};
[[nodiscard]] const char* to_string(IoError error);

/// What went wrong, and a sentence for people that says what to do.
struct Failure {
  IoError error = IoError::other;
  int os_error = 0;  // errno, 0 where none
  std::string text;
};

template <class T>
using Result = core::Result<T, Failure>;

// ---- datagrams

struct Datagram {
  core::Address peer;
  core::Octets octets;  // holds until the handler returns
};

struct UdpCounters {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t send_failed = 0;
  std::uint64_t truncated = 0;       // longer than the receive slot (64 KiB)
  std::uint64_t kernel_dropped = 0;  // SO_RXQ_OVFL
  std::uint64_t unreachable = 0;     // ICMP errors that came back for what was sent
};

class UdpHandler {
 public:
  UdpHandler() = default;
  UdpHandler(const UdpHandler&) = delete;
  UdpHandler& operator=(const UdpHandler&) = delete;
  virtual ~UdpHandler() = default;
  virtual void on_datagrams(std::span<const Datagram> datagrams, core::Time now) = 0;
  /// What was sent to `peer` came back as an ICMP error, or could not leave: refused, unreachable,
  /// permission (a firewall) or other. Best effort: a network need not say anything.
  virtual void on_send_failed(const core::Address& peer, IoError error, core::Time now);
};

struct UdpOptions {
  std::size_t receive_buffer_octets = 4U << 20U;  // asked for; the kernel may give less
  std::size_t send_buffer_octets = 1U << 20U;
  bool reuse_port = false;
};

class UdpSocket {
 public:
  UdpSocket() = default;
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  virtual ~UdpSocket() = default;

  /// Copies the octets into the batch that leaves at the end of this turn of the loop (sendmmsg),
  /// or at once when the batch is full. Failures are counted.
  virtual void send(const core::Address& to, core::Octets octets) = 0;
  /// Sends what is queued now.
  virtual void flush() = 0;
  [[nodiscard]] virtual core::Address local() const = 0;
  [[nodiscard]] virtual UdpCounters counters() const = 0;
};

// ---- streams: TCP and TLS alike

class StreamHandler {
 public:
  StreamHandler() = default;
  StreamHandler(const StreamHandler&) = delete;
  StreamHandler& operator=(const StreamHandler&) = delete;
  virtual ~StreamHandler() = default;
  /// Connected, and the TLS handshake done where there is one. Once.
  virtual void on_open(core::Time now) = 0;
  /// Octets that arrived; says how many it took. The rest comes again, with more behind it; what
  /// exceeds the stream's receive limit without being taken closes the stream (IoError::limit).
  virtual std::size_t on_octets(core::Octets octets, core::Time now) = 0;
  /// The send queue fell below its low-water mark after `send` had refused octets.
  virtual void on_writable(core::Time now) = 0;
  /// Last call: the stream is closed. `failure.error` is `closed` for an orderly end.
  virtual void on_closed(const Failure& failure, core::Time now) = 0;
};

struct StreamOptions {
  std::shared_ptr<crypto::TlsContext> tls;  // null: plain TCP
  std::string server_name;                  // SNI and the name verified, for clients
  std::size_t receive_limit_octets = 128U << 10U;
  std::size_t send_limit_octets = 1U << 20U;
  core::Duration open_timeout = core::seconds(10);  // connect and handshake
  core::Duration close_timeout = core::seconds(5);  // from `close` to on_closed at the latest
  /// No octet received for so long closes the stream with timed_out; counted from on_open. 0: off.
  core::Duration idle_timeout{};
  /// Octets that the handler has not taken (a message that does not get finished) for so long close
  /// the stream with timed_out: against slow senders. 0: off.
  core::Duration stall_timeout{};
  /// For listeners: a connection beyond so many open ones is closed at once, and counted. 0: no
  /// limit but that of descriptors.
  std::size_t max_connections = 0;
};

class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;  // closes at once, without on_closed

  /// Queues octets; says how many it accepted (all, or fewer when the send limit is reached).
  virtual std::size_t send(core::Octets octets) = 0;
  /// Closes in order once the queue has left (at the latest after close_timeout); on_closed
  /// follows. Nothing is sent, and no octets are delivered, after this call.
  virtual void close() = 0;
  /// In place of StreamOptions::idle_timeout from now on; 0: off. So a server can be impatient with
  /// strangers, and patient with those who have shown who they are.
  virtual void set_idle_timeout(core::Duration timeout) = 0;
  [[nodiscard]] virtual core::Address local() const = 0;
  [[nodiscard]] virtual core::Address peer() const = 0;
  [[nodiscard]] virtual bool secure() const = 0;
  [[nodiscard]] virtual std::size_t queued_octets() const = 0;
};

class AcceptHandler {
 public:
  AcceptHandler() = default;
  AcceptHandler(const AcceptHandler&) = delete;
  AcceptHandler& operator=(const AcceptHandler&) = delete;
  virtual ~AcceptHandler() = default;
  /// Takes the stream, or drops it (which closes it); returns who handles it, null when dropped.
  /// on_open follows when the TLS handshake is done (at once for plain TCP).
  virtual StreamHandler* on_accept(std::unique_ptr<Stream> stream, core::Time now) = 0;
};

struct ListenerCounters {
  std::uint64_t accepted = 0;
  std::uint64_t refused_full = 0;         // max_connections
  std::uint64_t refused_descriptors = 0;  // the process has no descriptors left (EMFILE)
  std::uint64_t open = 0;                 // accepted and not closed yet
};

class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;  // the streams it accepted live on
  [[nodiscard]] virtual core::Address local() const = 0;
  [[nodiscard]] virtual ListenerCounters counters() const = 0;
};

// ---- names

struct ResolveRequest {
  enum class Kind : std::uint8_t { addresses, srv, naptr };
  Kind kind = Kind::addresses;
  std::string name;
};
struct SrvRecord {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;
};
struct NaptrRecord {
  std::uint16_t order = 0;
  std::uint16_t preference = 0;
  std::string flags;
  std::string service;
  std::string replacement;
};
struct ResolveAnswer {
  std::vector<core::Address> addresses;  // port 0
  std::vector<SrvRecord> srv;
  std::vector<NaptrRecord> naptr;
};
using ResolveCallback = std::function<void(const Result<ResolveAnswer>&)>;

// ---- the loop

using TimerHandle = core::Handle<struct LoopTimerTag>;

class Loop {
 public:
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  virtual ~Loop() = default;

  /// The time of this turn: read once a turn, so that all of a turn happens at one instant.
  [[nodiscard]] virtual core::Time now() const = 0;
  [[nodiscard]] virtual core::WallTime wall() const = 0;

  virtual Result<std::unique_ptr<UdpSocket>> open_udp(const core::Address& local,
                                                      UdpHandler& handler,
                                                      const UdpOptions& options) = 0;
  virtual Result<std::unique_ptr<Listener>> listen(const core::Address& local,
                                                   AcceptHandler& handler,
                                                   const StreamOptions& options) = 0;
  /// Never fails at once: a failure comes as on_closed, from the loop.
  virtual std::unique_ptr<Stream> connect(const core::Address& remote, StreamHandler& handler,
                                          const StreamOptions& options) = 0;
  /// The callback comes from the loop, once, never from within this call.
  virtual void resolve(const ResolveRequest& request, ResolveCallback callback) = 0;

  /// Calls once, at the first turn at or after `when`; timers of the same `when` in the order in
  /// which they were set. Cancelling a timer that has fired, or twice, does nothing.
  virtual TimerHandle call_at(core::Time when, std::function<void()> callback) = 0;
  virtual void cancel(TimerHandle timer) = 0;

  /// From any thread: calls later, from the loop, in the order of posting.
  virtual void post(std::function<void()> callback) = 0;
  /// From any thread: `run` returns after the turn at hand.
  virtual void stop() = 0;
  virtual void run() = 0;
};

}  // namespace strowger::io
