// Streams and listeners of the simulated network. For the .cpp files of this library.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "io/octet_queue.hpp"
#include "io/simulated_core.hpp"
#include "io/stream_inbox.hpp"

namespace strowger::io {

class SimulatedListener final : public Listener {
 public:
  SimulatedListener(std::shared_ptr<SimulatedCore> core, SimulatedHost& host,
                    const core::Address& local, AcceptHandler& handler,
                    const StreamOptions& options);
  ~SimulatedListener() override;
  [[nodiscard]] core::Address local() const override { return local_; }
  [[nodiscard]] ListenerCounters counters() const override { return *counters_; }

  /// The third step of a connection has arrived. False where it is turned away.
  bool accept(const std::shared_ptr<SimulatedStream>& client);

 private:
  std::shared_ptr<SimulatedCore> core_;
  SimulatedHost& host_;
  core::Address local_;
  AcceptHandler& handler_;
  StreamOptions options_;
  std::shared_ptr<ListenerCounters> counters_ = std::make_shared<ListenerCounters>();
};

/// One end of a connection. What it has sent stays with it, and keeps it alive, until it arrives.
class SimulatedStream final : public std::enable_shared_from_this<SimulatedStream> {
 public:
  SimulatedStream(std::shared_ptr<SimulatedCore> core, SimulatedHost& host,
                  const StreamOptions& options, const core::Address& local,
                  const core::Address& remote);

  void connect(StreamHandler& handler);
  void accepted_from(const std::shared_ptr<SimulatedStream>& client,
                     std::shared_ptr<ListenerCounters> counters);
  void start_accepted(StreamHandler* handler);

  std::size_t send(core::Octets octets);
  void close();
  void set_idle_timeout(core::Duration timeout);
  void abandon();
  /// Both ends see IoError::reset, the peer a transit later.
  void reset();

  [[nodiscard]] bool closed() const { return phase_ == Phase::closed; }
  [[nodiscard]] bool secure() const { return options_.tls != nullptr; }
  [[nodiscard]] const core::Address& local() const { return local_; }
  [[nodiscard]] const core::Address& remote() const { return remote_; }
  [[nodiscard]] std::size_t queued() const { return pending_.size() + under_way_; }
  [[nodiscard]] SimulatedHost& host() const { return host_; }

 private:
  enum class Phase : std::uint8_t { idle, connecting, handshaking, open, closed };
  enum class Kind : std::uint8_t { connect, hello, finished, data, fin };
  struct Segment {
    Kind kind = Kind::data;
    core::Time arrives;
    std::vector<core::Octet> octets;
  };

  void send_syn();
  void on_syn_ack();
  void opened();
  void push(Kind kind, core::Octets octets = {});
  void schedule_delivery();
  void deliver_front();
  void arrive_at_listener();
  void on_segment(const Segment& segment);
  void on_data(core::Octets octets);
  void on_delivered(std::size_t octets);
  void pump_later();
  void pump();
  void arm_inbox_timer();
  void finish(IoError error, std::string_view text);
  void finish_later(core::Duration delay, IoError error, std::string_view text);
  void release(bool tell_peer);
  template <class Callback>
  TimerHandle later(core::Time when, Callback callback);
  /// To the peer and back again; takes as long as the link is down, and longer.
  template <class Callback>
  void carry(SimulatedHost& from, SimulatedHost& to, Callback callback);

  std::shared_ptr<SimulatedCore> core_;
  SimulatedHost& host_;
  SimulatedHost* peer_host_ = nullptr;
  StreamOptions options_;
  core::Address local_;
  core::Address remote_;
  StreamHandler* handler_ = nullptr;
  std::weak_ptr<SimulatedStream> peer_;
  std::shared_ptr<ListenerCounters> listener_;
  Phase phase_ = Phase::idle;
  bool closing_ = false;
  bool fin_sent_ = false;
  bool refused_ = false;
  bool pump_wanted_ = false;
  bool delivery_scheduled_ = false;
  OctetQueue pending_;            // not on its way yet
  std::deque<Segment> outgoing_;  // on its way
  std::size_t under_way_ = 0;     // octets of data in `outgoing_`
  core::Time last_arrival_;
  StreamInbox inbox_;
  core::Time inbox_timer_at_;
  TimerHandle inbox_timer_;
  TimerHandle open_timer_;
  TimerHandle close_timer_;
};

}  // namespace strowger::io
