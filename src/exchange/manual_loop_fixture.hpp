// A loop for tests of calls: timers and posts on a clock that the test moves. No sockets.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "io/loop.hpp"

namespace strowger::exchange {

class ManualLoop final : public io::Loop {
 public:
  [[nodiscard]] core::Time now() const override { return now_; }
  [[nodiscard]] core::WallTime wall() const override {
    return {1'700'000'000'000'000'000 + now_.ns};
  }

  io::Result<std::unique_ptr<io::UdpSocket>> open_udp(const core::Address&, io::UdpHandler&,
                                                      const io::UdpOptions&) override {
    return core::fail(io::Failure{io::IoError::other, 0, "no sockets here"});
  }
  io::Result<std::unique_ptr<io::Listener>> listen(const core::Address&, io::AcceptHandler&,
                                                   const io::StreamOptions&) override {
    return core::fail(io::Failure{io::IoError::other, 0, "no sockets here"});
  }
  std::unique_ptr<io::Stream> connect(const core::Address&, io::StreamHandler&,
                                      const io::StreamOptions&) override {
    return nullptr;
  }
  void resolve(const io::ResolveRequest&, io::ResolveCallback) override {}

  io::TimerHandle call_at(core::Time when, std::function<void()> callback) override {
    const io::TimerHandle handle{++last_timer_, 1};
    timers_.emplace(std::pair(when, handle.slot), std::move(callback));
    whens_.emplace(handle.slot, when);
    return handle;
  }
  void cancel(io::TimerHandle timer) override {
    if (const auto found = whens_.find(timer.slot); found != whens_.end()) {
      timers_.erase({found->second, timer.slot});
      whens_.erase(found);
    }
  }
  void post(std::function<void()> callback) override { posts_.push_back(std::move(callback)); }
  void stop() override {}
  void run() override { run_until(core::time_never); }

  /// Runs what is due now, until nothing is; time stands still.
  void settle() { run_until(now_); }
  void run_for(core::Duration length) {
    const core::Time end = now_ + length;
    run_until(end);
    now_ = end;
  }
  /// Until nothing is posted and no timer is left up to `end`.
  void run_until(core::Time end) {
    for (;;) {
      if (!posts_.empty()) {
        run_posts();
      } else if (!timers_.empty() && timers_.begin()->first.first <= end) {
        run_timer();
      } else {
        return;
      }
    }
  }
  /// All that is posted, then the first timer that is due now.
  void turn() {
    run_posts();
    if (!timers_.empty() && timers_.begin()->first.first <= now_) {
      run_timer();
    }
  }
  [[nodiscard]] std::size_t timers() const { return timers_.size(); }

 private:
  void run_posts() {
    while (!posts_.empty()) {
      const std::function<void()> next = std::move(posts_.front());
      posts_.pop_front();
      next();
    }
  }
  void run_timer() {
    auto node = timers_.extract(timers_.begin());
    now_ = std::max(now_, node.key().first);
    whens_.erase(node.key().second);
    node.mapped()();
  }

  core::Time now_{1'000'000'000};
  std::uint32_t last_timer_ = 0;
  std::deque<std::function<void()>> posts_;
  std::map<std::pair<core::Time, std::uint32_t>, std::function<void()>> timers_;
  std::map<std::uint32_t, core::Time> whens_;
};

}  // namespace strowger::exchange
