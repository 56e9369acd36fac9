// The guard of real-time sections: locks, conditions and whatever else waits for a thread.
#include <cstdarg>
#include <ctime>

#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rt/guard/refuse.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

using Mutex = pthread_mutex_t;
using RwLock = pthread_rwlock_t;
using Condition = pthread_cond_t;
using When = timespec;

// NOLINTBEGIN: names and parameters are the C library's
extern "C" {

STROWGER_GUARD(int, pthread_mutex_lock, (Mutex * mutex), (mutex))
// To try is to share a lock all the same: its release may have to wake a waiter.
STROWGER_GUARD(int, pthread_mutex_trylock, (Mutex * mutex), (mutex))
STROWGER_GUARD(int, pthread_mutex_timedlock, (Mutex * mutex, const When* until), (mutex, until))
STROWGER_GUARD(int, pthread_mutex_clocklock, (Mutex * mutex, clockid_t clock, const When* until),
               (mutex, clock, until))
STROWGER_GUARD(int, pthread_rwlock_rdlock, (RwLock * lock), (lock))
STROWGER_GUARD(int, pthread_rwlock_wrlock, (RwLock * lock), (lock))
STROWGER_GUARD(int, pthread_rwlock_tryrdlock, (RwLock * lock), (lock))
STROWGER_GUARD(int, pthread_rwlock_trywrlock, (RwLock * lock), (lock))
STROWGER_GUARD(int, pthread_rwlock_timedrdlock, (RwLock * lock, const When* until), (lock, until))
STROWGER_GUARD(int, pthread_rwlock_timedwrlock, (RwLock * lock, const When* until), (lock, until))
STROWGER_GUARD(int, pthread_spin_lock, (pthread_spinlock_t * lock), (lock))
STROWGER_GUARD(int, pthread_cond_wait, (Condition * condition, Mutex* mutex), (condition, mutex))
STROWGER_GUARD(int, pthread_cond_timedwait,
               (Condition * condition, Mutex* mutex, const When* until), (condition, mutex, until))
STROWGER_GUARD(int, pthread_cond_clockwait,
               (Condition * condition, Mutex* mutex, clockid_t clock, const When* until),
               (condition, mutex, clock, until))
STROWGER_GUARD(int, pthread_cond_signal, (Condition * condition), (condition))
STROWGER_GUARD(int, pthread_cond_broadcast, (Condition * condition), (condition))
STROWGER_GUARD(int, pthread_barrier_wait, (pthread_barrier_t * barrier), (barrier))
STROWGER_GUARD(int, pthread_join, (pthread_t thread, void** result), (thread, result))
STROWGER_GUARD(int, sem_wait, (sem_t * semaphore), (semaphore))
STROWGER_GUARD(int, sem_timedwait, (sem_t * semaphore, const When* until), (semaphore, until))
STROWGER_GUARD(int, sem_clockwait, (sem_t * semaphore, clockid_t clock, const When* until),
               (semaphore, clock, until))

/// std::atomic's wait and notify, and std::binary_semaphore, come here.
long syscall(long number, ...) {
  if (number == SYS_futex) {
    strowger::rt::guard::refuse("futex");
  }
  static const auto real = strowger::rt::guard::next<long(long, ...)>("syscall");
  va_list list;
  va_start(list, number);
  const long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  const long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  return real(number, a, b, c, d, e, f);
}

}  // extern "C"
// NOLINTEND

#endif
