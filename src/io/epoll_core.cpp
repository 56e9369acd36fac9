#include "io/epoll_core.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "io/datagram_batch.hpp"

namespace strowger::io {
namespace {

constexpr std::uint64_t wake_bits = UINT64_MAX;  // no handle: slots are counted from 0

Descriptor open_spare() {
  return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

EpollCore::EpollCore()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      spare_(open_spare()),
      ciphertext_scratch_(scratch_octets),
      plaintext_scratch_(scratch_octets) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = wake_bits;
  if (!epoll_.valid() || !wake_.valid() ||
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
    throw std::runtime_error("no epoll or event descriptor to be had; raise `ulimit -n`");
  }
  read_clock();
}

EpollCore::~EpollCore() = default;

DatagramBatch& EpollCore::datagram_batch() {
  if (!datagram_batch_) {
    datagram_batch_ = std::make_unique<DatagramBatch>();
  }
  return *datagram_batch_;
}

void EpollCore::read_clock() {
  timespec clock{};
  ::clock_gettime(CLOCK_MONOTONIC, &clock);
  now_ = core::Time{std::int64_t{clock.tv_sec} * 1'000'000'000 + clock.tv_nsec};
}

int EpollCore::add(int fd, std::uint32_t events, std::shared_ptr<EventHandler> handler,
                   WatchHandle& out) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  const WatchHandle handle{index, slots_[index].generation};
  epoll_event event{};
  event.events = events;
  event.data.u64 = handle.bits();
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return errno;
  }
  free_.pop_back();
  slots_[index].handler = std::move(handler);
  slots_[index].fd = fd;
  slots_[index].events = events;
  out = handle;
  return 0;
}

void EpollCore::modify(WatchHandle watch, std::uint32_t events) {
  if (watch.slot >= slots_.size() || slots_[watch.slot].generation != watch.generation ||
      slots_[watch.slot].events == events) {
    return;
  }
  Slot& slot = slots_[watch.slot];
  slot.events = events;
  epoll_event event{};
  event.events = events;
  event.data.u64 = watch.bits();
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, slot.fd, &event);
}

void EpollCore::remove(WatchHandle watch) {
  if (watch.slot >= slots_.size() || slots_[watch.slot].generation != watch.generation) {
    return;
  }
  Slot& slot = slots_[watch.slot];
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, slot.fd, nullptr);
  ++slot.generation;
  slot.fd = -1;
  free_.push_back(watch.slot);
  const std::shared_ptr<EventHandler> dropped = std::exchange(slot.handler, nullptr);
}

void EpollCore::post(std::function<void()> callback) {
  bool first = false;
  {
    const std::lock_guard lock(posted_mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(callback));
  }
  if (first) {
    ::eventfd_write(wake_.get(), 1);
  }
}

void EpollCore::stop() {
  stop_.store(true);
  ::eventfd_write(wake_.get(), 1);
}

void EpollCore::run() {
  do {
    turn(core::seconds(3600));
  } while (!stop_.load());
  stop_.store(false);
}

TimerHandle EpollCore::call_at(core::Time when, std::function<void()> callback) {
  // A deadline in the past counts as now: timers then fire in the order in which they were set.
  return ended_ ? TimerHandle{} : timers_.add(std::max(when, now_), std::move(callback));
}

int EpollCore::wait_ms(core::Duration longest) const {
  if (!deferred_.empty() || !dirty_.empty() || stop_.load()) {
    return 0;
  }
  const core::Duration until = std::min(longest, timers_.next() - now_);
  // Rounded up: waking before the deadline would only mean another turn.
  const std::int64_t ms = (until + core::nanoseconds(999'999)).milliseconds();
  return static_cast<int>(std::clamp<std::int64_t>(ms, 0, INT_MAX));
}

void EpollCore::turn(core::Duration longest) {
  read_clock();
  std::array<epoll_event, 256> events{};
  const int count =
      ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_ms(longest));
  read_clock();
  run_deferred();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    dispatch(event.data.u64, event.events);
  }
  run_timers();
  if (turn_end_) {
    turn_end_();
  }
  run_flushes();
}

void EpollCore::dispatch(std::uint64_t handle_bits, std::uint32_t events) {
  if (handle_bits == wake_bits) {
    eventfd_t drained = 0;
    ::eventfd_read(wake_.get(), &drained);
    run_posted();
    return;
  }
  const WatchHandle watch = WatchHandle::from_bits(handle_bits);
  if (slots_[watch.slot].generation != watch.generation) {
    return;  // removed by a handler earlier in this turn
  }
  const std::shared_ptr<EventHandler> handler = slots_[watch.slot].handler;
  handler->on_events(events);
}

void EpollCore::run_posted() {
  std::vector<std::function<void()>> posted;
  {
    const std::lock_guard lock(posted_mutex_);
    posted.swap(posted_);
  }
  for (std::function<void()>& callback : posted) {
    callback();
    callback = nullptr;
  }
}

void EpollCore::run_deferred() {
  std::vector<std::function<void()>> deferred;
  deferred.swap(deferred_);
  for (std::function<void()>& callback : deferred) {
    callback();
    callback = nullptr;
  }
}

void EpollCore::run_timers() {
  const std::uint64_t newest = timers_.newest();
  while (const TimerQueue::Callback callback = timers_.take_due(now_, newest)) {
    callback();
  }
}

void EpollCore::run_flushes() {
  flushing_.swap(dirty_);
  for (const std::shared_ptr<EventHandler>& handler : flushing_) {
    handler->on_flush();
  }
  flushing_.clear();
}

void EpollCore::defer(std::function<void()> callback) {
  if (!ended_) {
    deferred_.push_back(std::move(callback));
  }
}

void EpollCore::flush_later(std::shared_ptr<EventHandler> handler) {
  if (!ended_) {
    dirty_.push_back(std::move(handler));
  }
}

void EpollCore::end() {
  ended_ = true;
  std::vector<std::function<void()>> posted;
  {
    const std::lock_guard lock(posted_mutex_);
    posted.swap(posted_);
  }
  const std::vector<std::function<void()>> deferred = std::exchange(deferred_, {});
  const std::vector<std::shared_ptr<EventHandler>> dirty = std::exchange(dirty_, {});
  const TimerQueue timers = std::exchange(timers_, {});
  const std::function<void()> turn_end = std::exchange(turn_end_, nullptr);
}

bool EpollCore::turn_away(int listener) {
  if (!spare_.valid()) {
    spare_ = open_spare();
    return spare_.valid();
  }
  spare_.reset();
  Descriptor unwanted(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  unwanted.reset();
  spare_ = open_spare();
  return spare_.valid();
}

}  // namespace strowger::io
