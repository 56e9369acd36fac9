#include "io/simulated_stream.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace strowger::io {
namespace {

/// How long a sender waits before it tries a link again that is down.
constexpr core::Duration retry = core::milliseconds(200);
constexpr std::size_t bare_segment_octets = 60;

}  // namespace

SimulatedStream::SimulatedStream(std::shared_ptr<SimulatedCore> core, SimulatedHost& host,
                                 const StreamOptions& options, const core::Address& local,
                                 const core::Address& remote)
    : core_(std::move(core)),
      host_(host),
      options_(options),
      local_(local),
      remote_(remote),
      inbox_(options) {}

template <class Callback>
TimerHandle SimulatedStream::later(core::Time when, Callback callback) {
  return core_->at(when, [weak = weak_from_this(), callback] {
    if (const auto self = weak.lock(); self && !self->closed()) {
      callback(*self);
    }
  });
}

template <class Callback>
void SimulatedStream::carry(SimulatedHost& from, SimulatedHost& to, Callback callback) {
  SimulatedLink& link = core_->link(from, to);
  if (!link.options.up) {
    later(core_->now() + retry,
          [&from, &to, callback](SimulatedStream& self) { self.carry(from, to, callback); });
    return;
  }
  later(core_->now() + core_->segment_transit(link, bare_segment_octets), callback);
}

// ---- beginnings

void SimulatedStream::connect(StreamHandler& handler) {
  handler_ = &handler;
  phase_ = Phase::connecting;
  peer_host_ = core_->host_of(remote_, host_);
  host_.remember(weak_from_this());
  open_timer_ = later(core_->now() + options_.open_timeout, [](SimulatedStream& self) {
    self.finish(IoError::timed_out, self.phase_ == Phase::connecting
                                        ? "no answer to the attempt to connect"
                                        : "the TLS handshake took too long");
  });
  if (peer_host_ == nullptr) {
    finish_later({}, IoError::unreachable, "No route to host");
    return;
  }
  send_syn();
}

void SimulatedStream::send_syn() {
  carry(host_, *peer_host_, [](SimulatedStream& self) {
    const bool listening = find_bound(self.peer_host_->listeners, self.remote_) != nullptr;
    self.carry(*self.peer_host_, self.host_, [listening](SimulatedStream& client) {
      if (listening) {
        client.on_syn_ack();
      } else {
        client.finish(IoError::refused, "Connection refused");
      }
    });
  });
}

void SimulatedStream::on_syn_ack() {
  push(Kind::connect);
  if (secure()) {
    phase_ = Phase::handshaking;
  } else {
    opened();
  }
}

void SimulatedStream::accepted_from(const std::shared_ptr<SimulatedStream>& client,
                                    std::shared_ptr<ListenerCounters> counters) {
  peer_ = client;
  client->peer_ = weak_from_this();
  peer_host_ = &client->host_;
  host_.remember(weak_from_this());
  listener_ = std::move(counters);
  ++listener_->open;
}

void SimulatedStream::start_accepted(StreamHandler* handler) {
  const std::shared_ptr<SimulatedStream> client = peer_.lock();
  phase_ = Phase::handshaking;
  if (handler == nullptr) {
    abandon();
    return;
  }
  handler_ = handler;
  if (client && client->secure() != secure()) {
    client->finish_later(core_->link(host_, *peer_host_).options.delay, IoError::tls_failed,
                         "the other end does not speak TLS as we do");
    finish(IoError::tls_failed, "the other end does not speak TLS as we do");
  } else if (secure()) {
    open_timer_ = later(core_->now() + options_.open_timeout, [](SimulatedStream& self) {
      self.finish(IoError::timed_out, "the TLS handshake took too long");
    });
    push(Kind::hello);
  } else {
    opened();
  }
}

void SimulatedStream::opened() {
  phase_ = Phase::open;
  core_->cancel(open_timer_);
  inbox_.opened(core_->now());
  arm_inbox_timer();
  if (!closing_ && handler_ != nullptr) {
    handler_->on_open(core_->now());
  }
  pump_later();
}

// ---- sending

std::size_t SimulatedStream::send(core::Octets octets) {
  if (closing_ || closed()) {
    return 0;
  }
  const std::size_t used = std::min(queued(), options_.send_limit_octets);
  const std::size_t accepted = std::min(options_.send_limit_octets - used, octets.size());
  pending_.append(octets.first(accepted));
  refused_ = refused_ || accepted < octets.size();
  pump_later();
  return accepted;
}

/// What is sent within one event leaves together, after it, as in the epoll loop.
void SimulatedStream::pump_later() {
  if (!closed() && !std::exchange(pump_wanted_, true)) {
    later(core_->now(), [](SimulatedStream& self) { self.pump(); });
  }
}

void SimulatedStream::pump() {
  pump_wanted_ = false;
  if (phase_ != Phase::open) {
    return;
  }
  const std::size_t most = core_->link(host_, *peer_host_).options.segment_octets;
  while (!pending_.empty()) {
    const std::size_t count = std::min(pending_.size(), most);
    under_way_ += count;
    push(Kind::data, pending_.view().first(count));
    pending_.take(count);
  }
  if (closing_ && !std::exchange(fin_sent_, true)) {
    push(Kind::fin);
  }
}

void SimulatedStream::push(Kind kind, core::Octets octets) {
  SimulatedLink& link = core_->link(host_, *peer_host_);
  const core::Duration transit = core_->segment_transit(link, bare_segment_octets + octets.size());
  last_arrival_ = std::max(last_arrival_, core_->now() + transit);
  outgoing_.push_back({kind, last_arrival_, {octets.begin(), octets.end()}});
  schedule_delivery();
}

void SimulatedStream::schedule_delivery() {
  if (outgoing_.empty() || std::exchange(delivery_scheduled_, true)) {
    return;
  }
  core_->at(outgoing_.front().arrives, [self = shared_from_this()] { self->deliver_front(); });
}

void SimulatedStream::deliver_front() {
  delivery_scheduled_ = false;
  if (outgoing_.empty()) {
    return;  // reset meanwhile
  }
  if (!core_->link(host_, *peer_host_).options.up) {
    outgoing_.front().arrives = core_->now() + retry;
    schedule_delivery();
    return;
  }
  const Segment segment = std::move(outgoing_.front());
  outgoing_.pop_front();
  schedule_delivery();
  if (segment.kind == Kind::connect) {
    arrive_at_listener();
    return;
  }
  if (segment.kind == Kind::data) {
    on_delivered(segment.octets.size());
  }
  if (const auto peer = peer_.lock(); peer && !peer->closed()) {
    peer->on_segment(segment);
  }
}

void SimulatedStream::on_delivered(std::size_t octets) {
  under_way_ -= octets;
  if (refused_ && !closing_ && !closed() && queued() <= options_.send_limit_octets / 2) {
    refused_ = false;
    later(core_->now(), [](SimulatedStream& self) {
      if (self.handler_ != nullptr && !self.closing_) {
        self.handler_->on_writable(self.core_->now());
      }
    });
  }
}

void SimulatedStream::arrive_at_listener() {
  SimulatedListener* const listener = find_bound(peer_host_->listeners, remote_);
  const core::Duration back = core_->link(*peer_host_, host_).options.delay;
  if (listener == nullptr) {
    outgoing_.clear();
    finish_later(back, IoError::reset, "Connection reset by peer");
  } else if (!listener->accept(shared_from_this())) {
    outgoing_.clear();
    finish_later(back, IoError::closed, "the peer closed the connection");
  }
}

// ---- receiving

void SimulatedStream::on_segment(const Segment& segment) {
  switch (segment.kind) {
    case Kind::connect:
      break;  // for the listener
    case Kind::hello:
      push(Kind::finished);
      opened();
      break;
    case Kind::finished:
      opened();
      break;
    case Kind::data:
      on_data(segment.octets);
      break;
    case Kind::fin:
      finish(IoError::closed, "the peer closed the connection");
      break;
  }
}

void SimulatedStream::on_data(core::Octets octets) {
  if (closing_ || handler_ == nullptr) {
    return;
  }
  const bool fits = inbox_.deliver(octets, core_->now(), [this](core::Octets all) {
    return handler_->on_octets(all, core_->now());
  });
  if (closed()) {
    return;
  }
  if (!fits) {
    finish(IoError::limit, "more was received than the limit for one message allows");
    return;
  }
  arm_inbox_timer();
}

void SimulatedStream::set_idle_timeout(core::Duration timeout) {
  inbox_.set_idle_timeout(timeout);
  if (phase_ == Phase::open) {
    arm_inbox_timer();
  }
}

void SimulatedStream::arm_inbox_timer() {
  const core::Time deadline = inbox_.deadline();
  if (deadline == core::time_never || (inbox_timer_.valid() && inbox_timer_at_ <= deadline)) {
    return;
  }
  core_->cancel(inbox_timer_);
  inbox_timer_at_ = deadline;
  inbox_timer_ = later(deadline, [](SimulatedStream& self) {
    self.inbox_timer_ = {};
    if (self.inbox_.deadline() <= self.core_->now()) {
      self.finish(IoError::timed_out, "nothing (complete) was received for too long");
    } else {
      self.arm_inbox_timer();
    }
  });
}

// ---- ends

void SimulatedStream::close() {
  if (closing_ || closed()) {
    return;
  }
  closing_ = true;
  close_timer_ = later(core_->now() + options_.close_timeout, [](SimulatedStream& self) {
    self.finish(IoError::closed, "closed; the peer did not close its end in time");
  });
  pump_later();
}

void SimulatedStream::abandon() {
  if (!closed()) {
    release(true);
  }
}

void SimulatedStream::reset() {
  if (const auto peer = peer_.lock(); peer && !peer->closed()) {
    peer->outgoing_.clear();
    peer->finish_later(core_->link(host_, *peer_host_).options.delay, IoError::reset,
                       "Connection reset by peer");
  }
  outgoing_.clear();
  finish_later({}, IoError::reset, "Connection reset by peer");
}

void SimulatedStream::finish_later(core::Duration delay, IoError error, std::string_view text) {
  later(core_->now() + delay, [error, text](SimulatedStream& self) { self.finish(error, text); });
}

void SimulatedStream::finish(IoError error, std::string_view text) {
  if (closed()) {
    return;
  }
  StreamHandler* const handler = handler_;
  release(error != IoError::reset && error != IoError::tls_failed);
  if (handler != nullptr) {
    handler->on_closed({error, 0, std::string(remote_.text().view()) + ": " + std::string(text)},
                       core_->now());
  }
}

void SimulatedStream::release(bool tell_peer) {
  const bool connected = phase_ == Phase::open || phase_ == Phase::handshaking;
  phase_ = Phase::closed;
  handler_ = nullptr;
  pending_ = {};
  if (connected && tell_peer && !std::exchange(fin_sent_, true)) {
    push(Kind::fin);
  }
  for (const TimerHandle timer : {open_timer_, inbox_timer_, close_timer_}) {
    core_->cancel(timer);
  }
  if (listener_) {
    --listener_->open;
    listener_.reset();
  }
}

}  // namespace strowger::io
