// Figures that can be believed on a shared machine: every contender runs in every round, the rounds
// are interleaved, the time is the thread's own CPU time, and the median is told together with the
// spread. The first contender is ours; the others are peers, and ratios are ours over theirs.
//
// Used from one thread. `print` writes a table for people to stdout and, where the environment
// names a file in STROWGER_BENCH_RESULTS, appends one JSON line a contender: scripts/bench.py
// gathers these into docs/benchmarks.md.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace strowger::bench {

/// `run(items)` does that many items of work, and nothing else.
struct Contender {
  std::string name;
  std::function<void(std::uint64_t items)> run;
};

/// What is measured. `goal` is in items a second, for the first contender.
struct Subject {
  std::string bench;
  std::string title;
  std::string item;
  std::optional<double> goal{};
};

/// `round_ms` is CPU time; five rounds or more, an odd number, give an honest median.
struct Rounds {
  int count = 7;
  int round_ms = 200;
};

/// Items a CPU second.
struct Figure {
  std::string name;
  double median = 0;
  double worst = 0;
  double best = 0;
};

/// Keeps the compiler from seeing that a result is unused.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

/// CPU seconds that this thread has used.
inline double thread_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

inline double seconds_for(const Contender& contender, std::uint64_t items) {
  const double begin = thread_seconds();
  contender.run(items);
  return std::max(thread_seconds() - begin, 1e-9);
}

/// How many items fill a round; the trial runs warm the caches as well.
inline std::uint64_t items_a_round(const Contender& contender, int round_ms) {
  std::uint64_t items = 16;
  const double wanted = round_ms * 1e-3;
  double spent = seconds_for(contender, items);
  while (spent < wanted / 4) {
    items *= 2;
    spent = seconds_for(contender, items);
  }
  return std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(static_cast<double>(items) * wanted / spent));
}

inline std::vector<Figure> measure(const std::vector<Contender>& contenders, Rounds rounds = {}) {
  std::vector<std::uint64_t> items;
  for (const Contender& contender : contenders) {
    items.push_back(items_a_round(contender, rounds.round_ms));
  }
  std::vector<std::vector<double>> rates(contenders.size());
  for (int round = 0; round < rounds.count; ++round) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      rates[i].push_back(static_cast<double>(items[i]) / seconds_for(contenders[i], items[i]));
    }
  }
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    std::sort(rates[i].begin(), rates[i].end());
    figures.push_back(
        {contenders[i].name, rates[i][rates[i].size() / 2], rates[i].front(), rates[i].back()});
  }
  return figures;
}

/// Text made safe inside a JSON string: names and titles are ours, so quotes suffice.
inline std::string json_text(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '"';
}

/// One JSON line for scripts/bench.py; nothing where the environment names no file.
inline void record(const std::string& line) {
  const char* path = std::getenv("STROWGER_BENCH_RESULTS");
  if (path == nullptr) {
    return;
  }
  if (std::FILE* file = std::fopen(path, "a"); file != nullptr) {
    std::fprintf(file, "%s\n", line.c_str());
    std::fclose(file);
  }
}

/// A figure that is no rate, such as octets or microseconds; `goal` is what it should not exceed.
inline void print_value(const Subject& subject, double value, const std::string& unit,
                        std::optional<double> at_most = std::nullopt) {
  std::printf("%-52s %12.2f %s\n", subject.title.c_str(), value, unit.c_str());
  std::string line =
      "{\"bench\":" + json_text(subject.bench) + ",\"title\":" + json_text(subject.title) +
      ",\"name\":\"strowger\",\"unit\":" + json_text(unit) + ",\"value\":" + std::to_string(value);
  if (at_most) {
    line += ",\"at_most\":" + std::to_string(*at_most);
  }
  record(line + "}");
}

inline void print(const Subject& subject, const std::vector<Figure>& figures) {
  std::printf("%s, in %s a CPU second (median, worst to best of the rounds)\n",
              subject.title.c_str(), subject.item.c_str());
  for (const Figure& figure : figures) {
    const bool first = &figure == &figures.front();
    const double ratio = figures.front().median / figure.median;
    std::printf("  %-24s %12.0f  %12.0f to %-12.0f", figure.name.c_str(), figure.median,
                figure.worst, figure.best);
    std::string line =
        "{\"bench\":" + json_text(subject.bench) + ",\"title\":" + json_text(subject.title) +
        ",\"name\":" + json_text(figure.name) + ",\"unit\":" + json_text(subject.item + "/s") +
        ",\"value\":" + std::to_string(figure.median) +
        ",\"worst\":" + std::to_string(figure.worst) + ",\"best\":" + std::to_string(figure.best);
    if (!first) {
      std::printf(" ours is %.2f times as fast", ratio);
      line += ",\"ratio\":" + std::to_string(ratio);
    } else if (subject.goal) {
      std::printf(" goal %.0f", *subject.goal);
      line += ",\"at_least\":" + std::to_string(*subject.goal);
    }
    std::printf("\n");
    record(line + "}");
  }
}

}  // namespace strowger::bench
