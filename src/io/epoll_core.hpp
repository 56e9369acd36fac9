// What the parts of the epoll loop share: descriptors and who handles them, timers, work put off to
// the next turn, what is to be flushed at the end of a turn, and scratch memory. For the .cpp files
// of this library. One thread, except `post` and `stop`.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/strong.hpp"
#include "core/time.hpp"
#include "io/descriptor.hpp"
#include "io/timer_queue.hpp"

namespace strowger::io {

/// Handles a descriptor's events. Kept alive by the core while it is called, so that users may
/// destroy what stands before it from within.
class EventHandler {
 public:
  EventHandler() = default;
  EventHandler(const EventHandler&) = delete;
  EventHandler& operator=(const EventHandler&) = delete;
  virtual ~EventHandler() = default;
  /// `events`: EPOLLIN and so on.
  virtual void on_events(std::uint32_t events) = 0;
  /// The end of a turn in which `flush_later` was called for it.
  virtual void on_flush() {}
};

using WatchHandle = core::Handle<struct EpollWatchTag>;

class EpollCore {
 public:
  EpollCore();

  /// 0, or the errno of epoll_ctl.
  int add(int fd, std::uint32_t events, std::shared_ptr<EventHandler> handler, WatchHandle& out);
  void modify(WatchHandle watch, std::uint32_t events);
  /// Before the descriptor is closed. No event comes for it any more, not even of this turn.
  void remove(WatchHandle watch);

  /// Called from the loop at the next turn, in order.
  void defer(std::function<void()> callback);
  /// Calls on_flush at the end of this turn; once, however often it is asked for.
  void flush_later(std::shared_ptr<EventHandler> handler);

  void at_turn_end(std::function<void()> callback) { turn_end_ = std::move(callback); }

  void post(std::function<void()> callback);
  void stop();
  void run();
  void turn(core::Duration longest);

  [[nodiscard]] core::Time now() const { return now_; }
  TimerQueue& timers() { return timers_; }
  TimerHandle call_at(core::Time when, std::function<void()> callback);

  /// Accepts the next connection of a listener only to close it, when there are no descriptors
  /// left: a spare one is given up for it and taken back. False where it could not be taken back:
  /// there is no sense in trying again at once.
  bool turn_away(int listener);

  /// Memory for one read, valid until the next read of anybody on this loop.
  static constexpr std::size_t scratch_octets = 64U << 10U;
  std::vector<std::uint8_t>& ciphertext_scratch() { return ciphertext_scratch_; }
  std::vector<std::uint8_t>& plaintext_scratch() { return plaintext_scratch_; }
  class DatagramBatch& datagram_batch();

  /// The end of the loop: forgets everything that was to be called, and takes nothing more. What
  /// the loop made may still be destroyed after this.
  void end();
  ~EpollCore();

 private:
  struct Slot {
    std::shared_ptr<EventHandler> handler;
    int fd = -1;
    std::uint32_t events = 0;
    std::uint32_t generation = 0;
  };

  void read_clock();
  int wait_ms(core::Duration longest) const;
  void dispatch(std::uint64_t handle_bits, std::uint32_t events);
  void run_posted();
  void run_deferred();
  void run_timers();
  void run_flushes();

  Descriptor epoll_;
  Descriptor wake_;
  Descriptor spare_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  TimerQueue timers_;
  core::Time now_;
  bool ended_ = false;
  std::function<void()> turn_end_;
  std::vector<std::function<void()>> deferred_;
  std::vector<std::shared_ptr<EventHandler>> dirty_;
  std::vector<std::shared_ptr<EventHandler>> flushing_;
  std::vector<std::uint8_t> ciphertext_scratch_;
  std::vector<std::uint8_t> plaintext_scratch_;
  std::unique_ptr<DatagramBatch> datagram_batch_;

  std::atomic<bool> stop_{false};
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;  // under posted_mutex_
};

}  // namespace strowger::io
