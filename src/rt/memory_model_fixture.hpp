// A small checker of lock-free code against the memory model of the language, in the manner of
// Relacy: the code under test is compiled with simulated atomics and run again and again on fibers
// of one thread. At each atomic operation another fiber may be chosen, and each load may return any
// value that the model allows: not only the newest, but every older one that nothing which happened
// before rules out. So a missing acquire or release is found on a machine that would never show it.
//
// What is modelled: happens-before by vector clocks, coherence of one variable, release sequences
// continued by exchanges, exchanges that read the newest value. Sequentially consistent operations
// count as acquire and release, and are ordered as they were run. Fences are not modelled; stores
// of several threads to one variable are ordered as they were run.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace strowger::rt::model {

inline constexpr std::size_t most_threads = 4;
/// How many steps of each thread happened before.
using Clock = std::array<std::uint32_t, most_threads>;

/// A weakening of one variable, numbered in the order of construction: what must be caught.
struct Mutation {
  enum class Kind : std::uint8_t {
    none,
    relaxed_stores,
    relaxed_loads,
    relaxed_exchanges,
    torn_exchanges,  // a load and a store instead
  };
  Kind kind = Kind::none;
  std::size_t variable = 0;
};

/// One thing to be checked. `begin` makes the state and returns what each thread does; `end` is
/// called when all have ended, and sees all that they did.
struct Scenario {
  std::function<std::vector<std::function<void()>>()> begin;
  std::function<void()> end;
  Mutation mutation{};
  /// Variables that only one thread uses (counters): no other thread is chosen at their operations.
  std::vector<std::size_t> private_variables{};
};

struct Verdict {
  std::string failure;  // empty: nothing found
  std::uint64_t executions = 0;
  bool complete = false;  // every schedule within the bounds was run
};

/// All schedules that take a running thread from the processor at most `preemptions` times.
[[nodiscard]] Verdict exhaust(const Scenario& scenario, unsigned preemptions,
                              std::uint64_t most_executions);
/// That many schedules drawn from the seed.
[[nodiscard]] Verdict sample(const Scenario& scenario, std::uint64_t seed,
                             std::uint64_t executions);

// ---- what a scenario's threads may call

/// Ends the execution as failed.
void fail(const std::string& what);
inline void check(bool holds, const char* what) {
  if (!holds) {
    fail(what);
  }
}

/// What an eventfd is to a sleeper; gives no order of memory, less than the real one.
class Signal {
 public:
  void give();
  /// Blocks until one has been given; where that can never be, the execution has failed.
  void await();

 private:
  bool given_ = false;
};

// ---- the simulated atomics

std::size_t new_variable(std::uint64_t value);
std::uint64_t load(std::size_t variable, std::memory_order order);
void store(std::size_t variable, std::uint64_t value, std::memory_order order);
std::uint64_t exchange(std::size_t variable, std::uint64_t value, std::memory_order order);

template <class T>
class Atomic {
 public:
  Atomic(T value) : variable_(new_variable(static_cast<std::uint64_t>(value))) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  [[nodiscard]] T load(std::memory_order order = std::memory_order_seq_cst) const {
    return static_cast<T>(model::load(variable_, order));
  }
  void store(T value, std::memory_order order = std::memory_order_seq_cst) {
    model::store(variable_, static_cast<std::uint64_t>(value), order);
  }
  T exchange(T value, std::memory_order order = std::memory_order_seq_cst) {
    return static_cast<T>(model::exchange(variable_, static_cast<std::uint64_t>(value), order));
  }

 private:
  std::size_t variable_;
};

/// Who used an ordinary variable last. Two uses of which one writes, and neither of which happened
/// before the other, are a race.
class RaceDetector {
 public:
  void reads() const;
  void writes();

 private:
  std::size_t writer_ = 0;
  std::uint32_t written_ = 0;  // the writer's step; 0: never
  mutable Clock read_{};
};

/// An ordinary variable.
template <class T>
class Plain {
 public:
  Plain(T value = T{}) : value_(value) {}
  Plain(const Plain& other) : value_(other.get()) {}
  Plain& operator=(const Plain& other) {
    const T value = other.get();
    detector_.writes();
    value_ = value;
    return *this;
  }
  [[nodiscard]] T get() const {
    detector_.reads();
    return value_;
  }

 private:
  T value_;
  RaceDetector detector_;
};

/// In place of StandardAtomics.
struct ModelAtomics {
  template <class T>
  using Atomic = model::Atomic<T>;
  template <class T>
  static constexpr bool crosses_threads = true;
};

}  // namespace strowger::rt::model
