// The call API of tdm: how many calls of the API 8 user threads make a second (placed, answered,
// hung up, with refusals counted as well), and how long an answer takes. By the wall clock, since
// the threads of users and spans are what is measured; a loaded machine shows.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "bench/harness.hpp"
#include "tdm/trunks.hpp"

namespace strowger::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned users = 8;
constexpr auto load_time = std::chrono::seconds(3);
constexpr int latency_samples = 20'000;

tdm::TdmConfig two_spans() {
  tdm::TdmConfig config;
  for (const bool first : {true, false}) {
    tdm::SpanConfig span;
    span.name = first ? "a" : "b";
    span.signalling = "loopback";
    span.signalling_peer = first ? "b" : "a";
    span.channels.resize(31);
    config.spans.push_back(span);
  }
  return config;
}

/// Answers what comes in, hangs up what is answered or over.
class Calls final : public tdm::EventListener {
 public:
  void on_event(const tdm::Event& event) override {
    switch (event.kind) {
      case tdm::EventKind::start:
        count(trunks->answer(event.call).has_value());
        break;
      case tdm::EventKind::up:
      case tdm::EventKind::stop:
        count(trunks->hang_up(event.call).has_value());
        break;
      case tdm::EventKind::released:
        released += event.span == tdm::SpanId(1) ? 1U : 0U;
        break;
      case tdm::EventKind::signalling_status_changed:
        if (event.span == tdm::SpanId(1) && event.status == tdm::SignallingStatus::up) {
          up.set_value();
        }
        break;
      default:
        break;
    }
  }
  void count(bool taken) { (taken ? accepted : full) += 1; }

  tdm::Trunks* trunks = nullptr;
  std::promise<void> up;
  std::atomic<std::uint64_t> accepted{0}, full{0}, released{0};
};

void load() {
  Calls calls;
  tdm::Trunks trunks(two_spans(), calls);
  calls.trunks = &trunks;
  (void)trunks.start_all();
  calls.up.get_future().wait();
  std::atomic<bool> stop{false};
  const Clock::time_point begin = Clock::now();
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < users; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        const bool taken =
            trunks.place(tdm::Hunt::on_span(tdm::SpanId(1)), tdm::CallerData()).has_value();
        calls.count(taken);
        if (!taken) {
          std::this_thread::yield();
        }
      }
    });
  }
  std::this_thread::sleep_for(load_time);
  stop = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  print_value({"tdm", "API calls taken, 8 user threads", "call"},
              static_cast<double>(calls.accepted) / seconds, "/s");
  print_value({"tdm", "calls placed, answered and released", "call"},
              static_cast<double>(calls.released) / seconds, "/s");
  trunks.stop_all();
}

/// From the call of the API to the event that answers it, one request at a time.
class Answers final : public tdm::EventListener {
 public:
  void on_event(const tdm::Event& event) override {
    if (event.kind == tdm::EventKind::refused) {
      heard.store(Clock::now().time_since_epoch().count(), std::memory_order_release);
    }
  }
  std::atomic<Clock::rep> heard{0};
};

void latency() {
  Answers answers;
  tdm::Trunks trunks(two_spans(), answers);
  (void)trunks.start_all();
  std::vector<double> microseconds;
  for (int i = 0; i < latency_samples; ++i) {
    answers.heard = 0;
    const Clock::rep asked = Clock::now().time_since_epoch().count();
    (void)trunks.answer(tdm::make_call_id(tdm::SpanId(1), 0, UINT32_MAX));
    Clock::rep heard = 0;
    while ((heard = answers.heard.load(std::memory_order_acquire)) == 0) {
      std::this_thread::yield();
    }
    microseconds.push_back(static_cast<double>(heard - asked) / 1000.0);
  }
  std::sort(microseconds.begin(), microseconds.end());
  const std::size_t count = microseconds.size();
  print_value({"tdm", "from a request to its event, median", "us"}, microseconds[count / 2], "us");
  print_value({"tdm", "from a request to its event, p99", "us"}, microseconds[count * 99 / 100],
              "us");
  trunks.stop_all();
}

}  // namespace
}  // namespace strowger::bench

int main() {
  strowger::bench::load();
  strowger::bench::latency();
  return 0;
}
