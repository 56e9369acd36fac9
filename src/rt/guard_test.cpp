#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>
#include <semaphore>
#include <shared_mutex>
#include <streambuf>
#include <string>
#include <thread>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <netdb.h>
#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include "rt/record_fifo.hpp"
#include "rt/section.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/thread_watch.hpp"
#include "rt/wakeup.hpp"

// What _FORTIFY_SOURCE makes of snprintf and the others; no header declares them.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): glibc's names
int __snprintf_chk(char* to, std::size_t size, int flag, std::size_t room, const char* format, ...);
int __vsnprintf_chk(char* to, std::size_t size, int flag, std::size_t room, const char* format,
                    va_list list);
int __fprintf_chk(std::FILE* file, int flag, const char* format, ...);
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
}

namespace strowger::rt {
namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/// What a real-time section must not do, each under the name that the guard gives.
struct Banned {
  const char* name;
  std::function<void()> call;
};

/// What the calls need, made before the section begins.
struct Things {
  // Volatile, or an optimising compiler takes the pair of allocation and release away.
  void* volatile made = nullptr;
  void* volatile owned = std::malloc(8);
  std::mutex mutex;
  std::unique_lock<std::mutex> held{mutex, std::defer_lock};
  std::shared_mutex shared;
  std::timed_mutex timed;
  std::condition_variable condition;
  std::binary_semaphore semaphore{0};
  pthread_spinlock_t spin{};
  sem_t posix_semaphore{};
  std::atomic<int> number{0};
  timespec soon{};
  pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
  pthread_barrier_t barrier{};
  iovec piece{};
  std::array<char, 64> room{};
  std::FILE* file = std::tmpfile();
  int descriptor = fileno(file);
  void* pages = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::ostream stream{nullptr};
};

/// For what takes a list of arguments: a list of the number 1.
void with_list(void (*call)(Things&, va_list), Things* things, ...) {
  va_list list;
  va_start(list, things);
  call(*things, list);
  va_end(list);
}

std::vector<Banned> banned_memory(Things& t) {
  return {{"malloc", [&t] { t.made = std::malloc(1); }},
          {"malloc", [&t] { t.made = new int(1); }},
          {"calloc", [&t] { t.made = std::calloc(1, 1); }},
          {"realloc", [&t] { t.made = std::realloc(t.owned, 100); }},
          {"reallocarray", [&t] { t.made = reallocarray(t.owned, 10, 10); }},
          {"aligned_alloc", [&t] { t.made = std::aligned_alloc(64, 64); }},
          {"memalign", [&t] { t.made = memalign(64, 64); }},
          {"posix_memalign",
           [&t] {
             void* made = nullptr;
             (void)!posix_memalign(&made, 64, 64);
             t.made = made;
           }},
          {"valloc", [&t] { t.made = valloc(1); }},
          {"pvalloc", [&t] { t.made = pvalloc(1); }},
          {"free", [&t] { std::free(t.owned); }},
          {"mmap", [&t] { t.made = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, -1, 0); }},
          {"munmap", [&t] { munmap(t.pages, 4096); }},
          {"mprotect", [&t] { mprotect(t.pages, 4096, PROT_READ); }},
          {"madvise", [&t] { madvise(t.pages, 4096, MADV_DONTNEED); }},
          {"mmap64", [&t] { t.made = mmap64(nullptr, 4096, PROT_READ, MAP_PRIVATE, -1, 0); }},
          {"malloc", [] { const std::string text(100, 'x'); }}};
}

std::vector<Banned> banned_waiting(Things& t) {
  using std::chrono::milliseconds;
  return {{"pthread_mutex_lock", [&t] { t.mutex.lock(); }},
          {"pthread_mutex_trylock", [&t] { (void)t.mutex.try_lock(); }},
          {"pthread_mutex_clocklock", [&t] { (void)t.timed.try_lock_for(milliseconds(1)); }},
          {"pthread_rwlock_wrlock", [&t] { t.shared.lock(); }},
          {"pthread_rwlock_rdlock", [&t] { t.shared.lock_shared(); }},
          {"pthread_rwlock_trywrlock", [&t] { (void)t.shared.try_lock(); }},
          {"pthread_rwlock_tryrdlock", [&t] { (void)t.shared.try_lock_shared(); }},
          {"pthread_spin_lock", [&t] { pthread_spin_lock(&t.spin); }},
          {"pthread_cond_wait", [&t] { t.condition.wait(t.held); }},
          {"pthread_cond_clockwait", [&t] { t.condition.wait_for(t.held, milliseconds(1)); }},
          {"pthread_cond_signal", [&t] { t.condition.notify_one(); }},
          {"pthread_cond_broadcast", [&t] { t.condition.notify_all(); }},
          {"sem_wait", [&t] { sem_wait(&t.posix_semaphore); }},
          {"futex", [&t] { t.number.wait(0); }},
          {"futex", [&t] { (void)t.semaphore.try_acquire_for(milliseconds(1)); }},
          {"pthread_mutex_timedlock",
           [&t] { pthread_mutex_timedlock(t.mutex.native_handle(), &t.soon); }},
          {"pthread_rwlock_timedrdlock", [&t] { pthread_rwlock_timedrdlock(&t.rwlock, &t.soon); }},
          {"pthread_rwlock_timedwrlock", [&t] { pthread_rwlock_timedwrlock(&t.rwlock, &t.soon); }},
          {"pthread_cond_timedwait",
           [&t] {
             pthread_cond_timedwait(t.condition.native_handle(), t.mutex.native_handle(), &t.soon);
           }},
          {"pthread_barrier_wait", [&t] { pthread_barrier_wait(&t.barrier); }},
          {"sem_timedwait", [&t] { sem_timedwait(&t.posix_semaphore, &t.soon); }},
          {"sem_clockwait", [&t] { sem_clockwait(&t.posix_semaphore, CLOCK_MONOTONIC, &t.soon); }},
          {"pthread_join", [] { pthread_join(pthread_self(), nullptr); }}};
}

std::vector<Banned> banned_files(Things& t) {
  return {{"open", [] { (void)open("/dev/null", O_RDONLY); }},
          {"openat", [] { (void)openat(AT_FDCWD, "/dev/null", O_RDONLY); }},
          {"creat", [] { (void)creat("/dev/null", 0600); }},
          {"fopen", [] { (void)std::fopen("/dev/null", "r"); }},
          {"fdopen", [&t] { (void)fdopen(t.descriptor, "r"); }},
          {"fclose", [&t] { (void)std::fclose(t.file); }},
          {"fflush", [&t] { (void)std::fflush(t.file); }},
          {"fread", [&t] { (void)!std::fread(t.room.data(), 1, 1, t.file); }},
          {"fwrite", [&t] { (void)!std::fwrite(t.room.data(), 1, 1, t.file); }},
          {"fputs", [&t] { (void)std::fputs(t.room.data(), t.file); }},
          {"puts", [&t] { (void)std::puts(t.room.data()); }},
          {"fgets", [&t] { (void)!std::fgets(t.room.data(), 8, t.file); }},
          {"opendir", [] { (void)opendir("/"); }},
          {"stat",
           [] {
             struct stat facts {};
             (void)stat("/", &facts);
           }},
          {"access", [] { (void)!access("/", R_OK); }},
          {"fsync", [&t] { (void)fsync(t.descriptor); }},
          {"fdatasync", [&t] { (void)fdatasync(t.descriptor); }},
          {"ftruncate", [&t] { (void)!ftruncate(t.descriptor, 0); }},
          {"rename", [] { (void)std::rename("a", "b"); }},
          {"unlink", [] { (void)unlink("/nowhere"); }},
          {"mkdir", [] { (void)mkdir("/", 0700); }},
          {"read", [&t] { (void)!read(t.descriptor, t.room.data(), 1); }},
          {"write", [&t] { (void)!write(t.descriptor, t.room.data(), 1); }},
          {"pread", [&t] { (void)!pread(t.descriptor, t.room.data(), 1, 0); }},
          {"pwrite", [&t] { (void)!pwrite(t.descriptor, t.room.data(), 1, 0); }},
          {"open64", [] { (void)open64("/dev/null", O_RDONLY); }},
          {"openat64", [] { (void)openat64(AT_FDCWD, "/dev/null", O_RDONLY); }},
          {"fopen64", [] { (void)fopen64("/dev/null", "r"); }},
          {"fputc", [&t] { (void)std::fputc('x', t.file); }},
          {"lstat",
           [] {
             struct stat facts {};
             (void)lstat("/", &facts);
           }},
          {"rmdir", [] { (void)rmdir("/nowhere"); }},
          {"readv", [&t] { (void)!readv(t.descriptor, &t.piece, 1); }},
          {"writev", [&t] { (void)!writev(t.descriptor, &t.piece, 1); }},
          {"fork", [] { (void)fork(); }},
          {"getaddrinfo", [] {
             addrinfo* found = nullptr;
             (void)getaddrinfo("localhost", nullptr, nullptr, &found);
           }}};
}

std::vector<Banned> banned_formatting(Things& t) {
  const std::time_t when = 0;
  return {{"snprintf", [&t] { std::snprintf(t.room.data(), 8, "%d", t.number.load()); }},
          {"sprintf", [&t] { std::sprintf(t.room.data(), "%d", t.number.load()); }},
          {"fprintf", [&t] { std::fprintf(t.file, "%d", t.number.load()); }},
          {"printf", [&t] { std::printf("%d", t.number.load()); }},
          {"dprintf", [&t] { dprintf(t.descriptor, "%d", t.number.load()); }},
          {"asprintf",
           [&t] {
             char* made = nullptr;
             (void)!asprintf(&made, "%d", t.number.load());
             t.made = made;
           }},
          {"__snprintf_chk", [&t] { __snprintf_chk(t.room.data(), 8, 1, 64, "%d", 1); }},
          {"__fprintf_chk", [&t] { __fprintf_chk(t.file, 1, "%d", 1); }},
          {"localtime", [when] { (void)std::localtime(&when); }},
          {"strftime",
           [&t] {
             const std::tm tm{};
             std::strftime(t.room.data(), 8, "%Y", &tm);
           }},
          {"localtime_r",
           [when] {
             std::tm tm{};
             localtime_r(&when, &tm);
           }},
          {"syslog", [] { syslog(LOG_DEBUG, "%d", 1); }},
          {"fmt::format", [&t] { fmt::format_to_n(t.room.data(), 8, "{}", t.number.load()); }},
          {"fmt::format", [&t] { t.made = fmt::format("{}", t.number.load()).data(); }},
          {"std::ostream <<", [&t] { t.stream << t.number.load(); }},
          {"std::ostream <<", [&t] { t.stream << "text"; }},
          {"std::ostream <<", [&t] { t.stream << 1.5; }}};
}

std::vector<Banned> banned_lists(Things& t) {
  struct Call {
    const char* name;
    void (*call)(Things&, va_list);
  };
  // By pointer where a header has an inline version of its own.
  static constexpr std::array<Call, 8> calls{
      {{"vsnprintf", [](Things& u, va_list l) { std::vsnprintf(u.room.data(), 8, "%d", l); }},
       {"vsprintf", [](Things& u, va_list l) { std::vsprintf(u.room.data(), "%d", l); }},
       {"vfprintf", [](Things& u, va_list l) { std::vfprintf(u.file, "%d", l); }},
       {"vprintf",
        [](Things&, va_list l) {
          int (*volatile print)(const char*, va_list) = std::vprintf;
          print("%d", l);
        }},
       {"vdprintf", [](Things& u, va_list l) { vdprintf(u.descriptor, "%d", l); }},
       {"vasprintf",
        [](Things& u, va_list l) {
          char* made = nullptr;
          (void)!vasprintf(&made, "%d", l);
          u.made = made;
        }},
       {"vsyslog", [](Things&, va_list l) { vsyslog(LOG_DEBUG, "%d", l); }},
       {"__vsnprintf_chk",
        [](Things& u, va_list l) { __vsnprintf_chk(u.room.data(), 8, 1, 64, "%d", l); }}}};
  std::vector<Banned> banned{{"putchar", [] {
                                int (*volatile print)(int) = std::putchar;
                                print('x');
                              }}};
  for (const Call& call : calls) {
    banned.push_back({call.name, [&t, call] { with_list(call.call, &t, 1); }});
  }
  return banned;
}

void expect_all_guarded(const std::vector<Banned>& calls) {
  for (const auto& [name, call] : calls) {
    EXPECT_DEATH(
        {
          const RealTimeSection section;
          call();
        },
        std::string("broken by a call of ") + name + "\n")
        << name;
  }
}

class RealTimeGuardDeathTest : public testing::Test {
 protected:
  Things things_;
};

TEST_F(RealTimeGuardDeathTest, ends_the_process_on_memory) {
  expect_all_guarded(banned_memory(things_));
}
TEST_F(RealTimeGuardDeathTest, ends_the_process_on_locks_and_conditions) {
  expect_all_guarded(banned_waiting(things_));
}
TEST_F(RealTimeGuardDeathTest, ends_the_process_on_file_systems) {
  expect_all_guarded(banned_files(things_));
}
TEST_F(RealTimeGuardDeathTest, ends_the_process_on_formatting) {
  expect_all_guarded(banned_formatting(things_));
  expect_all_guarded(banned_lists(things_));
}

TEST(RealTimeGuard, outside_a_section_all_of_it_works) {
  Things t;
  // Who waits by one function is woken by another. The other thread can't signal before this one
  // waits.
  std::unique_lock lock(t.mutex);
  std::thread other([&] {
    const std::lock_guard inner(t.mutex);
    t.number = 1;
    t.condition.notify_all();
  });
  auto woken = std::cv_status::no_timeout;
  while (t.number == 0 && woken == std::cv_status::no_timeout) {
    woken = t.condition.wait_for(lock, std::chrono::seconds(30));
  }
  EXPECT_EQ(woken, std::cv_status::no_timeout);
  lock.unlock();
  other.join();
  EXPECT_EQ(fmt::format("{} {}", 1, "two"), "1 two");
  EXPECT_EQ(std::snprintf(t.room.data(), t.room.size(), "%d %s", 12, "ab"), 5);
  EXPECT_STREQ(t.room.data(), "12 ab");
  EXPECT_EQ(write(t.descriptor, "text", 4), 4);
  EXPECT_EQ(pread(t.descriptor, t.room.data(), 4, 0), 4);
  EXPECT_EQ(std::string(t.room.data(), 4), "text");
  volatile std::size_t beyond = SIZE_MAX;
  EXPECT_EQ(reallocarray(nullptr, beyond, 2), nullptr);
  EXPECT_EQ(std::fclose(t.file), 0);
  std::free(t.owned);
}

#endif

TEST(RealTimeGuard, lets_a_section_use_fifos_wakeups_sockets_and_clocks) {
  std::array<int, 4> slots{};
  SpscFifo<int> fifo(slots);
  std::array<RecordFifo::Word, 8> words{};
  RecordFifo records(words);
  Wakeup wakeup;
  ThreadWatch watch;
  std::array<int, 2> sockets{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets.data()), 0);
  std::array<char, 4> octets{};
  {
    const RealTimeSection section;
    wakeup.announce_sleep();
    fifo.push(1);
    records.push(1, {});
    wakeup.notify();
    wakeup.drain();
    watch.begin();
    watch.sample();
    EXPECT_EQ(write(sockets[0], octets.data(), 4), 4);
    EXPECT_EQ(read(sockets[1], octets.data(), 4), 4);
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &now, nullptr);
  }
  EXPECT_EQ(section_depth(), 0);
  close(sockets[0]);
  close(sockets[1]);
}

}  // namespace
}  // namespace strowger::rt
