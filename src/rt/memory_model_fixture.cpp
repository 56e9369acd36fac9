#include "rt/memory_model_fixture.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include <ucontext.h>

#include "rt/memory_model_choices_fixture.hpp"

namespace strowger::rt::model {
namespace {

void join(Clock& into, const Clock& other) {
  for (std::size_t i = 0; i < most_threads; ++i) {
    into[i] = std::max(into[i], other[i]);
  }
}

bool acquires(std::memory_order order) {
  return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}
bool releases(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

/// One value in a variable's modification order.
struct Entry {
  std::uint64_t value = 0;
  std::size_t writer = 0;
  std::uint32_t step = 0;  // the writer's; 0: before all threads
  Clock released{};        // what an acquiring reader learns
};

struct Variable {
  std::vector<Entry> order;
  std::array<std::size_t, most_threads> seen{};  // nobody reads older than he has seen
  bool is_private = false;
  std::size_t owner = most_threads;
};

struct Fiber {
  static constexpr std::size_t stack_octets = 64U << 10U;

  std::unique_ptr<char[]> stack = std::make_unique<char[]>(stack_octets);
  ucontext_t context{};
  std::function<void()> body;
  Clock clock{};
  std::function<bool()> blocked_until;  // empty: ready
  bool done = false;
};

}  // namespace

/// One execution: the variables, the fibers and who runs.
class Execution {
 public:
  Execution(const Scenario& scenario, Choices& choices, std::span<Fiber> fibers)
      : scenario_(scenario), choices_(choices), fibers_(fibers) {}

  /// What failed; empty when nothing did.
  std::string run();

  // ---- called on fibers
  void fail(const std::string& what) {
    failure_ = what;
    leave();
  }
  std::size_t new_variable(std::uint64_t value);
  std::uint64_t load(std::size_t index, std::memory_order order);
  void store(std::size_t index, std::uint64_t value, std::memory_order order);
  std::uint64_t exchange(std::size_t index, std::uint64_t value, std::memory_order order);
  void block(std::function<bool()> until) {
    fibers_[running_].blocked_until = std::move(until);
    reschedule();
  }
  void step() {
    if (is_running_) {
      reschedule();
    }
  }
  [[nodiscard]] std::size_t running() const { return running_; }
  Clock& clock() { return fibers_[running_].clock; }
  [[nodiscard]] bool is_running() const { return is_running_; }

 private:
  static void enter();
  void run_fibers();
  void reschedule();
  void leave();
  [[nodiscard]] std::vector<std::size_t> ready() const;
  std::size_t choose_next();
  void add(Variable& variable, std::uint64_t value, const Clock* released);
  bool is_mutated(std::size_t index, Mutation::Kind kind) const {
    return scenario_.mutation.kind == kind && scenario_.mutation.variable == index;
  }
  Variable& use(std::size_t index);

  const Scenario& scenario_;
  Choices& choices_;
  std::span<Fiber> fibers_;
  std::size_t count_ = 0;
  std::vector<Variable> variables_;
  ucontext_t outside_{};
  std::size_t running_ = 0;
  unsigned preemptions_ = 0;
  bool is_running_ = false;
  std::string failure_;
};

namespace {

Execution*& current() {
  // tidy: mutable-global because atomics are constructed deep inside the code under test
  static thread_local Execution* execution = nullptr;
  return execution;
}

}  // namespace

std::string Execution::run() {
  current() = this;
  auto bodies = scenario_.begin();
  count_ = bodies.size();
  for (std::size_t i = 0; i < count_; ++i) {
    fibers_[i].body = std::move(bodies[i]);
    fibers_[i].clock = {};
    fibers_[i].clock[i] = 1;
    fibers_[i].blocked_until = {};
    fibers_[i].done = false;
  }
  run_fibers();
  if (failure_.empty()) {
    for (std::size_t i = 1; i < count_; ++i) {
      join(fibers_[0].clock, fibers_[i].clock);
    }
    running_ = 0;
    scenario_.end();
  }
  current() = nullptr;
  return failure_;
}

void Execution::run_fibers() {
  for (std::size_t i = 0; i < count_; ++i) {
    getcontext(&fibers_[i].context);
    fibers_[i].context.uc_stack.ss_sp = fibers_[i].stack.get();
    fibers_[i].context.uc_stack.ss_size = Fiber::stack_octets;
    fibers_[i].context.uc_link = &outside_;
    makecontext(&fibers_[i].context, &Execution::enter, 0);
  }
  is_running_ = true;
  running_ = choices_.choose(count_);
  swapcontext(&outside_, &fibers_[running_].context);
  is_running_ = false;
}

void Execution::enter() {
  Execution& self = *current();
  Fiber& fiber = self.fibers_[self.running_];
  fiber.body();
  fiber.done = true;
  self.reschedule();
}

void Execution::leave() {
  if (is_running_) {
    // Never comes back: what stands on the fibers' stacks is forgotten.
    setcontext(&outside_);
  }
}

std::vector<std::size_t> Execution::ready() const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < count_; ++i) {
    const Fiber& fiber = fibers_[i];
    if (!fiber.done && (!fiber.blocked_until || fiber.blocked_until())) {
      found.push_back(i);
    }
  }
  return found;
}

std::size_t Execution::choose_next() {
  auto candidates = ready();
  if (candidates.empty()) {
    const bool all_done =
        std::all_of(fibers_.begin(), fibers_.begin() + static_cast<std::ptrdiff_t>(count_),
                    [](const Fiber& fiber) { return fiber.done; });
    if (!all_done) {
      failure_ = "a thread sleeps for ever";
    }
    return most_threads;
  }
  const auto self = std::find(candidates.begin(), candidates.end(), running_);
  if (self == candidates.end()) {
    return candidates[choices_.choose(candidates.size())];
  }
  if (candidates.size() == 1 || !choices_.may_preempt(preemptions_)) {
    return running_;
  }
  std::iter_swap(candidates.begin(), self);
  const std::size_t next = candidates[choices_.choose(candidates.size())];
  preemptions_ += next != running_ ? 1U : 0U;
  return next;
}

void Execution::reschedule() {
  const std::size_t next = choose_next();
  if (next == most_threads) {
    leave();
    return;
  }
  const std::size_t before = running_;
  running_ = next;
  fibers_[next].blocked_until = {};
  if (before != next) {
    swapcontext(&fibers_[before].context, &fibers_[next].context);
  }
}

std::size_t Execution::new_variable(std::uint64_t value) {
  Variable& variable = variables_.emplace_back();
  variable.order.push_back({value, 0, 0, {}});
  const auto& list = scenario_.private_variables;
  variable.is_private = std::find(list.begin(), list.end(), variables_.size() - 1) != list.end();
  return variables_.size() - 1;
}

/// A point where another thread may be chosen.
Variable& Execution::use(std::size_t index) {
  if (!variables_[index].is_private) {
    step();
  } else if (is_running_) {
    std::size_t& owner = variables_[index].owner;
    if (owner != most_threads && owner != running_) {
      fail("a variable called private is shared");
    }
    owner = running_;
  }
  return variables_[index];
}

std::uint64_t Execution::load(std::size_t index, std::memory_order order) {
  Variable& variable = use(index);
  // The oldest value that may still be read: what this thread has seen, or what happened before.
  std::size_t oldest = variable.seen[running_];
  for (std::size_t i = variable.order.size(); i-- > oldest;) {
    if (variable.order[i].step <= clock()[variable.order[i].writer]) {
      oldest = i;
      break;
    }
  }
  // The newest first, so that the first executions are those of a strong machine.
  const std::size_t back =
      is_running_ ? choices_.choose(variable.order.size() - oldest) : std::size_t{0};
  const std::size_t chosen = variable.order.size() - 1 - back;
  variable.seen[running_] = chosen;
  if (acquires(order) && !is_mutated(index, Mutation::Kind::relaxed_loads)) {
    join(clock(), variable.order[chosen].released);
  }
  return variable.order[chosen].value;
}

void Execution::add(Variable& variable, std::uint64_t value, const Clock* released) {
  variable.order.push_back(
      {value, running_, clock()[running_], released != nullptr ? *released : Clock{}});
  variable.seen[running_] = variable.order.size() - 1;
  // What comes after this store did not happen before it.
  ++clock()[running_];
}

void Execution::store(std::size_t index, std::uint64_t value, std::memory_order order) {
  Variable& variable = use(index);
  const bool released = releases(order) && !is_mutated(index, Mutation::Kind::relaxed_stores);
  const Clock own = clock();
  add(variable, value, released ? &own : nullptr);
}

std::uint64_t Execution::exchange(std::size_t index, std::uint64_t value, std::memory_order order) {
  if (is_mutated(index, Mutation::Kind::torn_exchanges)) {
    const std::uint64_t old = load(index, std::memory_order_acquire);
    store(index, value, std::memory_order_release);
    return old;
  }
  Variable& variable = use(index);
  const bool relaxed = is_mutated(index, Mutation::Kind::relaxed_exchanges);
  const Entry old = variable.order.back();
  if (acquires(order) && !relaxed) {
    join(clock(), old.released);
  }
  // An exchange continues the release sequence of what it replaces.
  Clock released = old.released;
  if (releases(order) && !relaxed) {
    join(released, clock());
  }
  add(variable, value, &released);
  return old.value;
}

// ---- what the code under test calls

void fail(const std::string& what) {
  current()->fail(what);
}

void Signal::give() {
  current()->step();
  given_ = true;
}

void Signal::await() {
  current()->block([this] { return given_; });
  given_ = false;
}

std::size_t new_variable(std::uint64_t value) {
  return current()->new_variable(value);
}
std::uint64_t load(std::size_t variable, std::memory_order order) {
  return current()->load(variable, order);
}
void store(std::size_t variable, std::uint64_t value, std::memory_order order) {
  current()->store(variable, value, order);
}
std::uint64_t exchange(std::size_t variable, std::uint64_t value, std::memory_order order) {
  return current()->exchange(variable, value, order);
}

void RaceDetector::reads() const {
  Execution* const execution = current();
  if (execution == nullptr) {
    return;
  }
  if (written_ > execution->clock()[writer_]) {
    execution->fail("a race: read while another thread writes");
  }
  read_[execution->running()] = execution->clock()[execution->running()];
}

void RaceDetector::writes() {
  Execution* const execution = current();
  if (execution == nullptr || !execution->is_running()) {
    return;
  }
  const Clock& clock = execution->clock();
  if (written_ > clock[writer_]) {
    execution->fail("a race: two threads write");
  }
  for (std::size_t i = 0; i < most_threads; ++i) {
    if (read_[i] > clock[i]) {
      execution->fail("a race: written while another thread reads");
    }
  }
  writer_ = execution->running();
  written_ = clock[writer_];
}

Verdict exhaust(const Scenario& scenario, unsigned preemptions, std::uint64_t most_executions) {
  std::vector<Fiber> fibers(most_threads);
  AllChoices choices(preemptions);
  Verdict verdict;
  while (verdict.executions < most_executions) {
    ++verdict.executions;
    verdict.failure = Execution(scenario, choices, fibers).run();
    if (!verdict.failure.empty()) {
      return verdict;
    }
    if (!choices.next()) {
      verdict.complete = true;
      return verdict;
    }
  }
  return verdict;
}

Verdict sample(const Scenario& scenario, std::uint64_t seed, std::uint64_t executions) {
  std::vector<Fiber> fibers(most_threads);
  RandomChoices choices(seed);
  Verdict verdict;
  while (verdict.executions < executions && verdict.failure.empty()) {
    ++verdict.executions;
    verdict.failure = Execution(scenario, choices, fibers).run();
  }
  return verdict;
}

}  // namespace strowger::rt::model
