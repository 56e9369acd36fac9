#include "media/shard.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>

#include "rt/section.hpp"

namespace strowger::media {
namespace {

// What an epoll event is about: a slot with its socket, or one of these.
constexpr std::uint64_t key_wakeup = UINT64_MAX;
constexpr std::uint64_t key_clock = UINT64_MAX - 1;

std::uint64_t key_of(std::uint32_t slot, bool rtcp) {
  return std::uint64_t{slot} << 1U | (rtcp ? 1U : 0U);
}

}  // namespace

Shard::Shard(const ShardConfig& config, MediaClock& clock, Outbox& outbox, ShardTally& tally)
    : config_(config),
      clock_(clock),
      outbox_(outbox),
      tally_(tally),
      commands_(command_room, wakeup_),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      ports_(config.max_ports, nullptr) {
  if (!epoll_.valid()) {
    throw std::system_error(errno, std::generic_category(),
                            "epoll: raise the limit of open files (ulimit -n)");
  }
  active_.reserve(config.max_ports);
  watch(wakeup_.descriptor(), key_wakeup);
  if (clock_.descriptor() >= 0) {
    watch(clock_.descriptor(), key_clock);
  }
}

void Shard::watch(int descriptor, std::uint64_t key) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

Room Shard::room(core::Time now) {
  return {now, clock_.wall(), music_clock_, config_.learn_window, config_.cname, outbox_, tally_};
}

Port* Shard::find(PortId id) {
  Port* const port = id.slot < ports_.size() ? ports_[id.slot] : nullptr;
  return port != nullptr && port->id() == id ? port : nullptr;
}

void Shard::request_stop() {
  stop_.store(true, std::memory_order_release);
  wakeup_.notify();
}

void Shard::run() {
  const rt::RealTimeSection section;
  while (!stop_.load(std::memory_order_acquire)) {
    wakeup_.announce_sleep();
    const bool idle = commands_.consumer_side().empty() && !stop_.load(std::memory_order_acquire);
    turn(idle ? -1 : 0);
    wakeup_.wake_done();
  }
}

void Shard::turn(int timeout_ms) {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms);
  carry_out_commands();
  const Room packets = room(clock_.now());
  bool due = false;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
    if (key == key_wakeup) {
      wakeup_.drain();
    } else if (key == key_clock) {
      due = true;
    } else {
      receive(key, packets);
    }
  }
  if (due) {
    catch_up();
  }
}

void Shard::receive(std::uint64_t key, const Room& room) {
  Port* const port = ports_[key >> 1U];
  if (port == nullptr) {
    return;  // closed by a command of this turn
  }
  const bool rtcp = (key & 1U) != 0;
  const std::size_t count = batch_.receive(rtcp ? port->rtcp_descriptor() : port->rtp_descriptor());
  for (std::size_t i = 0; i < count; ++i) {
    if (rtcp) {
      port->receive_rtcp(batch_.datagram(i), batch_.from(i), room);
    } else {
      port->receive_rtp(batch_.datagram(i), batch_.from(i), room);
    }
  }
}

/// Each tick that was missed is made up for at its own time, so that media time never slips.
void Shard::catch_up() {
  const std::uint64_t due = clock_.take_ticks();
  const std::uint64_t done = std::min(due, most_catch_up);
  if (due > 1) {
    ShardTally::add(tally_.ticks_missed, due - 1);
    ShardTally::add(tally_.ticks_skipped, due - done);
  }
  const core::Time now = clock_.now();
  for (std::uint64_t i = done; i > 0; --i) {
    tick(now - tick_length * static_cast<std::int64_t>(i - 1));
  }
}

void Shard::tick(core::Time now) {
  ShardTally::add(tally_.ticks);
  const Room lent = room(now);
  for (Port* const port : active_) {
    port->listen(lent);
  }
  for (Port* const port : active_) {
    port->speak(lent);
  }
  outbox_.flush();
  music_clock_ += tick_samples;
}

void Shard::carry_out_commands() {
  auto& fifo = commands_.consumer_side();
  for (auto ready = fifo.front(64); !ready.empty(); ready = fifo.front(64)) {
    for (const Command& command : ready) {
      std::visit([this](const auto& one) { carry_out(one); }, command);
    }
    fifo.release(ready.size());
  }
}

void Shard::close_all() {
  while (!active_.empty()) {
    carry_out(ClosePort{active_.back()->id()});
  }
}

void Shard::carry_out(const AddPort& command) {
  Port& port = *command.port;
  const std::uint32_t slot = port.id().slot;
  ports_[slot] = &port;
  active_.push_back(&port);
  watch(port.rtp_descriptor(), key_of(slot, false));
  watch(port.rtcp_descriptor(), key_of(slot, true));
}

void Shard::carry_out(const ClosePort& command) {
  Port* const port = find(command.port);
  if (port == nullptr) {
    return;
  }
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, port->rtp_descriptor(), nullptr);
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, port->rtcp_descriptor(), nullptr);
  ports_[command.port.slot] = nullptr;
  const auto at = std::find(active_.begin(), active_.end(), port);
  *at = active_.back();
  active_.pop_back();
  port->close(room(clock_.now()));
}

void Shard::carry_out(const SetRemote& command) {
  if (Port* const port = find(command.port)) {
    port->set_remote(command.remote, room(clock_.now()));
  }
}

void Shard::carry_out(const BridgePorts& command) {
  Port* const a = find(command.a);
  Port* const b = find(command.b);
  if (a != nullptr && b != nullptr) {
    Port::bridge(*a, *b);
  }
}

void Shard::carry_out(const UnbridgePort& command) {
  if (Port* const port = find(command.port)) {
    port->unbridge();
  }
}

void Shard::carry_out(const EchoPort& command) {
  if (Port* const port = find(command.port)) {
    port->set_echo(command.on);
  }
}

void Shard::carry_out(const PlaySounds& command) {
  if (Port* const port = find(command.job->port)) {
    port->play(*command.job, room(clock_.now()));
  } else {
    outbox_.give_back(*command.job);
  }
}

void Shard::carry_out(const StopPlaying& command) {
  if (Port* const port = find(command.port)) {
    port->stop_playing(room(clock_.now()));
  }
}

void Shard::carry_out(const SendDtmf& command) {
  if (Port* const port = find(command.job->port)) {
    port->send_dtmf(*command.job);
  } else {
    outbox_.give_back(*command.job);
  }
}

void Shard::carry_out(const DetectDtmf& command) {
  if (Port* const port = find(command.port)) {
    port->detect_dtmf(command.on);
  }
}

}  // namespace strowger::media
