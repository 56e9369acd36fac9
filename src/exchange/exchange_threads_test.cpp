// Several workers and a driver, each on its own thread and a real loop: for ThreadSanitizer, and
// that no message is lost on the way.
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include "base/conf.hpp"
#include "exchange/applications/application.hpp"
#include "exchange/dialplan/load.hpp"
#include "exchange/dialplan/time_zone.hpp"
#include "exchange/exchange.hpp"
#include "exchange/fake_media_fixture.hpp"
#include "exchange/records/record.hpp"
#include "io/epoll_loop.hpp"

namespace strowger::exchange {
namespace {

// Wakes the test once so many records have been written.
class CountedRecords final : public records::RecordSink {
 public:
  void write(const records::CallRecord& record) override {
    const std::lock_guard lock(mutex_);
    answered_ += record.answer ? 1U : 0U;
    ++written_;
    changed_.notify_all();
  }
  std::size_t wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return written_ >= count; });
    return answered_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t written_ = 0;
  std::size_t answered_ = 0;
};

// Everything happens on the driver's own loop, as the contract has it: legs that are placed answer
// at once, incoming legs hang up when they are answered.
class PostingDriver final : public Driver {
 public:
  explicit PostingDriver(io::Loop& loop) : loop_(loop) {}
  void use(LegEvents& events) { events_ = &events; }

  [[nodiscard]] std::string_view technology() const override { return "SIP"; }
  void place(LegId leg, PlaceRequest) override {
    loop_.post([this, leg] {
      open_[leg.number] = leg;
      events_->deliver(leg, LegCreated{"SIP/called-" + std::to_string(leg.number), "", {}});
      events_->deliver(leg, LegAnswered{});
    });
  }
  void proceed(LegId) override {}
  void ring(LegId) override {}
  void progress(LegId) override {}
  void answer(LegId leg) override {
    loop_.post([this, leg] { end(leg, true); });
  }
  void hangup(LegId leg, Cause) override {
    loop_.post([this, leg] { end(leg, false); });
  }
  void hold(LegId, bool) override {}
  void send_digit(LegId, char, core::Duration) override {}

  void call_in() {
    loop_.post([this] {
      const LegId leg = events_->new_leg();
      open_[leg.number] = leg;
      LegIncoming incoming;
      incoming.name = "SIP/caller-" + std::to_string(leg.number);
      incoming.context = "default";
      incoming.extension = "1";
      events_->deliver(leg, std::move(incoming));
      events_->ladder(leg, "caller", "Strowger", "INVITE");
    });
  }

 private:
  void end(LegId leg, bool by_peer) {
    if (open_.erase(leg.number) > 0) {
      events_->deliver(leg, LegEnded{Cause::normal_clearing, by_peer, 0});
    }
  }

  io::Loop& loop_;
  LegEvents* events_ = nullptr;
  std::unordered_map<std::uint64_t, LegId> open_;
};

std::shared_ptr<const dialplan::Dialplan> dial_plan() {
  const auto file = base::read_conf("extensions.conf", [](const std::string&) {
    return std::optional<std::string>("[default]\nexten => 1,1,Dial(SIP/called)\n");
  });
  return dialplan::load_dialplan(*file, {application_names()}).dialplan;
}

TEST(ExchangeThreads, two_workers_and_a_driver_on_three_threads_lose_no_call) {
  constexpr std::size_t count = 2'000;
  io::EpollLoop driver_loop;
  io::EpollLoop first_loop;
  io::EpollLoop second_loop;
  FakeMedia media(driver_loop);  // no leg here has media
  CountedRecords records;
  dialplan::TimeZones zones;
  PostingDriver driver(driver_loop);
  Exchange exchange(Config{}, Services{media, records, nullptr, zones, {}},
                    {&first_loop, &second_loop});
  driver.use(exchange);
  exchange.add_driver(driver);
  exchange.set_dialplan(dial_plan());
  std::vector<std::thread> threads;
  for (io::EpollLoop* loop : {&driver_loop, &first_loop, &second_loop}) {
    threads.emplace_back([loop] { loop->run(); });
  }
  for (std::size_t i = 0; i < count; ++i) {
    driver.call_in();
    if (i % 100 == 0) {
      exchange.set_dialplan(dial_plan());
      exchange.list_calls([](const std::vector<CallInfo>&) {});
    }
  }
  EXPECT_EQ(records.wait_for(count), count);
  std::mutex mutex;
  std::condition_variable changed;
  bool stopped = false;
  exchange.stop(StopMode::graceful, [&] {
    const std::lock_guard lock(mutex);
    stopped = true;
    changed.notify_all();
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return stopped; });
  }
  EXPECT_EQ(exchange.counters().calls, 0U);
  EXPECT_EQ(exchange.counters().legs, 0U);
  EXPECT_EQ(exchange.counters().calls_started, count);
  for (io::EpollLoop* loop : {&driver_loop, &first_loop, &second_loop}) {
    loop->stop();
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  exchange.clear();
}

}  // namespace
}  // namespace strowger::exchange
