#include "media/shard.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>

#include "media/shard_keys.hpp"
#include "rt/section.hpp"

namespace strowger::media {
namespace {

/// Without a tick for so long the clock is asked though nothing called: a card that has fallen
/// silent makes no descriptor readable, and only the clock can find that out and take another
/// source.
constexpr core::Duration silence = core::milliseconds(50);
constexpr int longest_sleep_ms = 50;

/// Hold music is played by this clock of 8,000 Hz: ports that change shards hear it go on.
std::uint64_t music_clock(core::Time now) {
  return static_cast<std::uint64_t>(now.ns / 125'000);
}

/// A port that has just come may have had this frame on its old shard. (A clock that was set back
/// by more than it would make up for must not silence its ports.)
bool is_due(const Port& port, core::Time at) {
  return port.due < at + tick_length || port.due > at + core::seconds(1);
}

}  // namespace

Shard::Shard(const ShardConfig& config, MediaClock& clock, Outbox& outbox, ShardTally& tally,
             ShardHealth& health, const std::vector<Shard*>& peers)
    : config_(config),
      clock_(clock),
      outbox_(outbox),
      tally_(tally),
      health_(health),
      peers_(peers),
      commands_(command_room, wakeup_),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      ports_(config.max_ports, nullptr),
      slot_of_(config.max_ports),
      conferences_(config.max_ports, nullptr),
      last_tick_at_(clock.now()) {
  if (!epoll_.valid()) {
    throw std::system_error(errno, std::generic_category(),
                            "epoll: raise the limit of open files (ulimit -n)");
  }
  for (auto& slot : slots_) {
    slot.reserve(config.max_ports);
  }
  for (std::uint32_t i = 0; i < config.shards; ++i) {
    const std::size_t room = i == config.index ? 0 : std::bit_ceil(config.max_ports);
    inboxes_.push_back(std::make_unique<Inbox>(room));
  }
  watch(wakeup_.descriptor(), shard_keys::wakeup, EPOLLIN);
  for (const int descriptor : clock_.descriptors()) {
    watch(descriptor, shard_keys::clock, EPOLLIN | EPOLLPRI);  // DAHDI's device has EPOLLPRI alone
  }
}

void Shard::watch(int descriptor, std::uint64_t key, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

Room Shard::room(core::Time now) {
  return {now,
          clock_.wall(),
          next_tick_ / slots_of_a_frame,
          music_clock(now),
          config_.learn_window,
          config_.cname,
          outbox_,
          tally_};
}

void Shard::request_stop() {
  stop_.store(true, std::memory_order_release);
  wakeup_.notify();
}

bool Shard::idle() {
  bool none = commands_.consumer_side().empty() && !stop_.load(std::memory_order_acquire);
  for (const auto& inbox : inboxes_) {
    none = inbox->fifo.empty() && none;
  }
  return none;
}

void Shard::run() {
  const rt::RealTimeSection section;
  while (!stop_.load(std::memory_order_acquire)) {
    wakeup_.announce_sleep();
    turn(idle() ? longest_sleep_ms : 0);
    wakeup_.wake_done();
  }
}

void Shard::turn(int timeout_ms) {
  std::array<epoll_event, events_a_turn> events;
  const int count = epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms);
  const auto ready = std::span(events).first(static_cast<std::size_t>(std::max(count, 0)));
  carry_out_commands();
  bool due = false;
  for (const epoll_event& event : ready) {
    if (event.data.u64 == shard_keys::wakeup) {
      wakeup_.drain();
    }
    due = due || event.data.u64 == shard_keys::clock;
  }
  core::Time now = clock_.now();
  if (due || now - last_tick_at_ > silence) {
    catch_up();
    now = clock_.now();
  }
  const Room packets = room(now);
  for (const epoll_event& event : ready) {
    if (event.data.u64 < shard_keys::clock) {
      receive(event.data.u64, packets);
    }
  }
}

void Shard::receive(std::uint64_t key, const Room& room) {
  Port* const port = ports_[shard_keys::slot_of(key)];
  if (port == nullptr) {
    return;  // closed by a command of this turn, or gone to another shard
  }
  const bool rtcp = shard_keys::is_rtcp(key);
  const std::size_t count = batch_.receive(rtcp ? port->rtcp_descriptor() : port->rtp_descriptor());
  for (std::size_t i = 0; i < count; ++i) {
    if (rtcp) {
      port->receive_rtcp(batch_.datagram(i), batch_.from(i), room);
    } else {
      port->receive_rtp(batch_.datagram(i), batch_.from(i), room);
    }
  }
}

/// Each tick that was missed is made up for at its own time, so that media time never slips; what
/// the clock has given up is left out, its numbers, too.
void Shard::catch_up() {
  const timing::Due due = clock_.take();
  if (due.count == 0) {
    return;
  }
  ShardTally::add(tally_.ticks_missed, due.count - 1 + due.skipped);
  ShardTally::add(tally_.ticks_skipped, due.skipped);
  next_tick_ += due.skipped;
  for (std::uint64_t i = 0; i < due.count; ++i) {
    tick(due.first_at + tick_length * static_cast<std::int64_t>(i));
  }
}

void Shard::tick(core::Time at) {
  ShardTally::add(tally_.ticks);
  last_tick_at_ = at;
  const auto& slot = slots_[next_tick_ % slots_of_a_frame];
  if (!slot.empty()) {
    const Room lent = room(at);
    for (Port* const port : slot) {
      if (is_due(*port, at)) {
        port->listen(lent);
      }
    }
    for (Port* const port : slot) {
      if (is_due(*port, at)) {
        port->speak(lent);
        port->due = at + frame_length;
      }
    }
  }
  outbox_.flush();
  health_.tick(at, tally_);
  ++next_tick_;
}

void Shard::frame(core::Time now) {
  for (std::uint32_t i = 0; i < slots_of_a_frame; ++i) {
    tick(now);
  }
}

void Shard::carry_out_commands() {
  take_in();
  auto& fifo = commands_.consumer_side();
  for (auto ready = fifo.front(64); !ready.empty(); ready = fifo.front(64)) {
    for (const Command& command : ready) {
      std::visit([this](const auto& one) { carry_out(one); }, command);
    }
    fifo.release(ready.size());
  }
}

void Shard::close_all() {
  for (Port* const port : ports_) {
    if (port != nullptr) {
      carry_out(ClosePort{port->id()});
    }
  }
  for (Conference* const conference : conferences_) {
    if (conference != nullptr) {
      carry_out(CloseConference{conference->id()});
    }
  }
}

}  // namespace strowger::media
