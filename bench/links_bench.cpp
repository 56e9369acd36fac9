// 496 links of 64 kbit/s (16 E1 trunks) on one live mtp thread, with HDLC, MTP2, the FIFOs and the
// desk above them: its share of a core, and the ticks that it did not do in their own millisecond,
// idle and full of messages, with the other processors busy. cyclictest runs beside it meanwhile:
// its wake-ups that came over a millisecond late are what this machine does to anybody.
//
//   bench_links [SECONDS]     of each round, 10 unless told
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/harness.hpp"
#include "rt/thread_list.hpp"
#include "ss7_trunk/link_bank.hpp"
#include "ss7_trunk/link_desk.hpp"
#include "ss7_trunk/mtp_thread.hpp"
#include "ss7_trunk/test_user.hpp"
#include "tdm_transports/loop_line.hpp"

namespace strowger::bench {
namespace {

constexpr std::size_t spans = 16;
constexpr std::size_t links_a_span = 31;
constexpr std::size_t links = spans * links_a_span;
/// The goal: less than half of one core.
constexpr double most_percent = 50;
/// Messages of 40 octets take 47 on the line: 170 fill it.
constexpr std::uint64_t full_rate = 165;

core::Time now() {
  return {std::chrono::steady_clock::now().time_since_epoch().count()};
}

/// Keeps one processor busy at ordinary priority.
class Busy {
 public:
  Busy()
      : thread_([this] {
          for (std::uint64_t i = 0; !stop_.load(std::memory_order_relaxed); ++i) {
            keep(i);
          }
        }) {}
  ~Busy() {
    stop_.store(true);
    thread_.join();
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

class Exchange {
 public:
  Exchange() {
    for (std::size_t i = 0; i < spans; i += 2) {
      auto pair = tdm_transports::LoopLine::make_pair({});
      add(std::move(pair.a));
      add(std::move(pair.b));
    }
    desk_ = std::make_unique<ss7_trunk::LinkDesk>(bank_, user_);
    user_.attach(*desk_);
    thread_ = std::make_unique<ss7_trunk::MtpThread>(bank_, ss7_trunk::MtpThreadConfig{});
    desk_thread_ = std::thread([this] {
      while (!stop_.load(std::memory_order_relaxed)) {
        desk_->turn(now());
        user_.turn(now());
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });
    for (std::size_t i = 0; i < links; ++i) {
      desk_->up(ss7_trunk::link_at(i), true);
    }
    for (std::size_t i = 0; i < links; ++i) {
      while (!user_.in_service(ss7_trunk::link_at(i))) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
  }
  ~Exchange() {
    stop_.store(true);
    desk_thread_.join();
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void fill() {
    for (std::size_t i = 0; i < links; ++i) {
      user_.send(ss7_trunk::link_at(i), full_rate);
    }
  }
  /// Messages heard, and those that were not as they should be.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> heard() const {
    std::pair<std::uint64_t, std::uint64_t> sum;
    for (std::size_t i = 0; i < links; ++i) {
      const auto figures = user_.figures(ss7_trunk::link_at(i));
      sum.first += figures.received;
      sum.second += figures.missing + figures.repeated + figures.damaged;
    }
    return sum;
  }
  [[nodiscard]] const ss7_trunk::MtpThread& thread() const { return *thread_; }

 private:
  void add(std::unique_ptr<tdm_transports::LoopLine> line) {
    const std::size_t at = bank_.add_line(*line, 0x54);
    for (std::size_t timeslot = 1; timeslot <= links_a_span; ++timeslot) {
      bank_.add_link(at, timeslot, ss7::mtp2::config_64_kbit());
    }
    lines_.push_back(std::move(line));
  }

  std::vector<std::unique_ptr<tdm_transports::LoopLine>> lines_;
  ss7_trunk::LinkBank bank_;
  ss7_trunk::TestUser user_{links};
  std::unique_ptr<ss7_trunk::LinkDesk> desk_;
  std::unique_ptr<ss7_trunk::MtpThread> thread_;
  std::atomic<bool> stop_{false};
  std::thread desk_thread_;
};

double mtp_seconds() {
  for (const rt::ThreadFacts& thread : rt::list_threads()) {
    if (thread.name == "mtp") {
      return thread.cpu_seconds;
    }
  }
  return 0;
}

/// Wake-ups of cyclictest over a millisecond late, in as many seconds, at a priority above ours so
/// that we are no excuse for them.
long cyclictest_misses(int seconds) {
  const std::string command =
      "cyclictest -q -m -t1 -p 80 -i 1000 -h 1000 -D " + std::to_string(seconds) + " 2>/dev/null";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  char line[256];
  long misses = -1;
  while (pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr) {
    std::sscanf(line, "# Histogram Overflows: %ld", &misses);
  }
  if (pipe == nullptr || ::pclose(pipe) != 0 || misses < 0) {
    std::fprintf(stderr, "cyclictest failed (it needs root)\n");
    std::exit(1);
  }
  return misses;
}

void round(const Exchange& exchange, const std::string& title, int seconds) {
  const auto before = exchange.thread().ticks();
  const auto heard_before = exchange.heard();
  const double begin = mtp_seconds();
  const double begin_time = static_cast<double>(now().ns);
  const long beside = cyclictest_misses(seconds);
  const double share =
      (mtp_seconds() - begin) / (static_cast<double>(now().ns) - begin_time) * 1e9 * 100;
  const auto after = exchange.thread().ticks();
  const auto heard = exchange.heard();
  print_value({"links", "496 links on the mtp thread, " + title, "share"}, share, "% of a core",
              most_percent);
  print_value({"links", "ticks late by a millisecond, " + title, "ticks"},
              static_cast<double>(after.missed - before.missed), "ticks");
  print_value({"links", "cyclictest beside it, " + title, "wake-ups"}, static_cast<double>(beside),
              "wake-ups over 1 ms late");
  std::printf("  of %llu ticks %llu were given up; %llu messages heard, %llu not as sent\n",
              static_cast<unsigned long long>(after.ticks - before.ticks),
              static_cast<unsigned long long>(after.skipped - before.skipped),
              static_cast<unsigned long long>(heard.first - heard_before.first),
              static_cast<unsigned long long>(heard.second - heard_before.second));
}

}  // namespace
}  // namespace strowger::bench

int main(int count, char** arguments) {
  using namespace strowger::bench;
  const int seconds = count > 1 ? std::max(1, std::atoi(arguments[1])) : 10;
  Exchange exchange;
  std::vector<std::unique_ptr<Busy>> others;
  for (unsigned i = 1; i < std::max(2U, std::thread::hardware_concurrency()); ++i) {
    others.push_back(std::make_unique<Busy>());
  }
  if (!exchange.thread().privileges().remedy.empty()) {
    std::printf("without real-time privileges: %s\n",
                exchange.thread().privileges().remedy.c_str());
  }
  round(exchange, "idle", seconds);
  exchange.fill();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  round(exchange, "full of messages", seconds);
  return 0;
}
