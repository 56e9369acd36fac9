// Coroutines of the dialplan: Task<T> is one function of a call that may wait. Lazy, single owner,
// single thread (the call's worker). A task is started by awaiting it, or by `start` at the root;
// destroying it destroys what it waits for, innermost first, with every destructor run: that is how
// hang-up ends an application.
//
// The first parameter of every coroutine that makes a Task must have `FrameMeter& frames()`: the
// frame is counted there, so that a leak or a fat frame shows. Nothing else is allocated.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace strowger::exchange {

/// What the coroutine frames of one owner take.
struct FrameMeter {
  std::size_t frames = 0;
  std::size_t octets = 0;
  std::size_t peak_octets = 0;
};

template <class Owner>
concept FrameOwner = requires(Owner& owner) {
  { owner.frames() } -> std::same_as<FrameMeter&>;
};

namespace detail {

// Stands before each frame; as long as the strictest alignment, so that the frame keeps it.
struct alignas(std::max_align_t) FrameHeader {
  FrameMeter* meter = nullptr;
  std::size_t octets = 0;
};

void* allocate_frame(std::size_t octets, FrameMeter& meter);
void release_frame(void* frame) noexcept;

struct PromiseBase {
  std::coroutine_handle<> waiter;  // null while the parent has not suspended yet, and at the root

  struct FinalAwaiter {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      const std::coroutine_handle<> next = self.promise().waiter;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] FinalAwaiter final_suspend() const noexcept { return {}; }
  // Exceptions end at the start of the program; one that gets here is a defect.
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

  template <FrameOwner Owner, class... Rest>
  static void* operator new(std::size_t octets, Owner& owner, Rest&...) {
    return allocate_frame(octets, owner.frames());
  }
  static void operator delete(void* frame) noexcept { release_frame(frame); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  struct promise_type : detail::Promise<T> {
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
  };
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    Task old = std::move(*this);
    handle_ = std::exchange(other.handle_, {});
    return *this;
  }
  ~Task() {
    if (handle_) {
      handle_.destroy();
    }
  }

  /// At the root: runs until the first wait. Once.
  void start() { handle_.resume(); }
  /// There is a task, and it has run to its end.
  [[nodiscard]] bool done() const { return handle_ && handle_.done(); }
  [[nodiscard]] bool empty() const { return !handle_; }

  // A child that never waits returns to its parent without a suspension, so that a long loop of
  // such children needs no deeper stack, with or without the compiler's tail calls.
  struct Awaiter {
    Handle child;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) const {
      child.resume();
      if (child.done()) {
        return false;
      }
      child.promise().waiter = parent;
      return true;
    }
    T await_resume() const { return child.promise().take(); }
  };
  Awaiter operator co_await() const& noexcept { return Awaiter{handle_}; }
  Awaiter operator co_await() const&& noexcept { return Awaiter{handle_}; }

 private:
  Handle handle_;
};

}  // namespace strowger::exchange
