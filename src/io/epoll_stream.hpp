// TCP and TLS streams of the epoll loop. For the .cpp files of this library.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "crypto/tls.hpp"
#include "io/epoll_core.hpp"
#include "io/loop.hpp"
#include "io/stream_inbox.hpp"

namespace strowger::io {

/// A connection. Its owner is the Stream that the user holds (`make_stream`); the core keeps it
/// alive while it is being called. `finish` alone calls on_closed, and only from the loop.
class StreamState final : public EventHandler, public std::enable_shared_from_this<StreamState> {
 public:
  StreamState(std::shared_ptr<EpollCore> core, const StreamOptions& options,
              const core::Address& peer);

  /// Starts to connect; the outcome comes from the loop.
  void connect(StreamHandler& handler);
  /// Takes over an accepted descriptor; nothing is read before `start_accepted`.
  void accept(Descriptor fd, std::shared_ptr<ListenerCounters> counters);
  void start_accepted(StreamHandler& handler);

  std::size_t send(core::Octets octets);
  void close();
  void set_idle_timeout(core::Duration timeout);
  /// The user let go of the stream: closes at once, tells nobody.
  void abandon();

  [[nodiscard]] bool closed() const { return phase_ == Phase::closed; }
  [[nodiscard]] const core::Address& local() const { return local_; }
  [[nodiscard]] const core::Address& peer() const { return peer_; }
  [[nodiscard]] bool secure() const { return options_.tls != nullptr; }
  [[nodiscard]] std::size_t queued() const;

  void on_events(std::uint32_t events) override;
  void on_flush() override;

 private:
  enum class Phase : std::uint8_t { idle, connecting, handshaking, open, shut, closed };

  bool start_connect(Failure& failure);
  void connected();
  void start_tls();
  void opened();
  void read();
  void take_ciphertext(core::Octets octets);
  void take_plaintext(core::Octets octets);
  void flush();
  bool write_out();
  void encrypt();
  void after_flush();
  void shut_down();
  void want_flush();
  void want_events(bool writable);
  void arm_inbox_timer();
  void call_at(TimerHandle& timer, core::Time when, void (StreamState::*what)());
  void on_open_timeout();
  void on_inbox_timeout();
  void on_close_timeout();
  void tls_failed();
  void finish(const Failure& failure);
  void release();
  [[nodiscard]] core::Octets outgoing() const;
  [[nodiscard]] Failure failure(IoError error, std::string_view text) const;

  std::shared_ptr<EpollCore> core_;
  StreamOptions options_;
  core::Address peer_;
  core::Address local_;
  StreamHandler* handler_ = nullptr;
  std::shared_ptr<ListenerCounters> listener_;
  Descriptor fd_;
  WatchHandle watch_;
  Phase phase_ = Phase::idle;
  bool closing_ = false;       // the user has closed; the queue is still to leave
  bool refused_ = false;       // `send` took less than it was given: on_writable is owed
  bool flush_wanted_ = false;  // on the core's list
  std::unique_ptr<crypto::TlsSession> tls_;
  OctetQueue plaintext_out_;
  StreamInbox inbox_;
  core::Time inbox_timer_at_;
  TimerHandle open_timer_;
  TimerHandle inbox_timer_;
  TimerHandle close_timer_;
};

/// The user's end of it.
[[nodiscard]] std::unique_ptr<Stream> make_stream(std::shared_ptr<StreamState> state);

Result<std::unique_ptr<Listener>> open_epoll_listener(const std::shared_ptr<EpollCore>& core,
                                                      const core::Address& local,
                                                      AcceptHandler& handler,
                                                      const StreamOptions& options);

}  // namespace strowger::io
