/*
 * The queues of src/tdm: users with a lock of their own, two spans back to back, and their stop.
 *
 *   spin -a tdm_commands_events.pml && cc -O2 -w -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m1000000
 *
 * A user thread takes its own lock, pushes a command (which never waits) and lets go. A span's thread
 * carries commands out, sends messages to its peer, keeps in its outbox what the peer has no room
 * for, takes no commands while the outbox holds anything, and delivers events with nothing of its
 * own held; in the event the user takes the same lock and calls the API again, of both spans. At any
 * moment somebody may ask a span to stop.
 *
 * Holds: nobody waits for ever (no invalid end state), and every request that was taken has exactly
 * one answer (the assertions). Each of these variants is found to fail, with -DNAME:
 *
 *   LOCKED_EVENTS  events delivered with the span's lock held, which the API takes: deadlock
 *   BLOCKING_PUSH  a push that waits for room: deadlock
 *   DEAF_OUTBOX    a span that takes no messages either while its outbox is full: deadlock
 *   NO_COUNT       a stop that does not wait for pushes under way: a request without an answer
 */

#define SPANS 2
#define USERS 2
#define ASKS 1       /* commands of each user */
#define FROM_EVENTS 1 /* commands that each span's events ask in turn */
#define REQUESTS 4   /* USERS * ASKS + SPANS * FROM_EVENTS */

chan commands[SPANS] = [1] of { byte };
chan messages[SPANS] = [1] of { byte }; /* 1 asks the peer for something, 2 is the reply */
bool user_lock;
bool accepting[SPANS] = true;
bool stop_asked[SPANS];
byte in_flight[SPANS];
bool taken[REQUESTS];
byte answers[REQUESTS];
byte done;

#ifdef LOCKED_EVENTS
bool span_lock[SPANS];
#define SPAN_OF(user) 0 /* both users ask the same span: it takes no more to fail */
#define LOCK_SPAN(s) atomic { !span_lock[s] -> span_lock[s] = true }
#define UNLOCK_SPAN(s) span_lock[s] = false
#else
#define SPAN_OF(user) user
#define LOCK_SPAN(s) skip
#define UNLOCK_SPAN(s) skip
#endif

/* Span::push from a thread that is not the span's own. */
inline push(s, r) {
  LOCK_SPAN(s);
#ifndef NO_COUNT
  in_flight[s]++;
#endif
  if
  :: accepting[s] ->
#ifdef BLOCKING_PUSH
     atomic { nfull(commands[s]) -> taken[r] = true; commands[s]!r }
#else
     atomic {
       if
       :: nfull(commands[s]) -> taken[r] = true; commands[s]!r
       :: full(commands[s]) -> skip /* queue_full: nothing was taken */
       fi
     }
#endif
  :: !accepting[s] -> skip /* span_stopped */
  fi;
#ifndef NO_COUNT
  in_flight[s]--;
#endif
  UNLOCK_SPAN(s)
}

/* An event reaches the user, who takes its lock and may call the API. */
inline event(r) {
#ifndef LOCKED_EVENTS
  UNLOCK_SPAN(self);
#endif
  atomic {
    !user_lock -> user_lock = true;
    answers[r]++;
    assert(answers[r] == 1)
  }
  if
  :: budget > 0 && accepting[self] ->
     atomic { budget--; own = USERS * ASKS + self; taken[own] = true } /* own_: no queue, no lock */
#ifndef LOCKED_EVENTS
  :: budget > 0 -> budget--; push(peer, USERS * ASKS + self)
#endif
  :: skip
  fi;
  user_lock = false
}

/* To the peer, or into the outbox behind what waits there. */
inline send(m) {
  atomic {
    if
    :: !accepting[peer] -> skip
    :: accepting[peer] && empty(outbox) && nfull(messages[peer]) -> messages[peer]!m
    :: accepting[peer] && (nempty(outbox) || full(messages[peer])) ->
       assert(nfull(outbox)); outbox!m
    fi
  }
}

proctype user(byte number) {
  byte i;
  do
  :: i < ASKS ->
     atomic { !user_lock -> user_lock = true }
     push(SPAN_OF(number), number * ASKS + i);
     atomic { user_lock = false; i++ }
  :: else -> break
  od;
  done++
}

proctype span(byte self) {
  chan outbox = [REQUESTS] of { byte };
  byte peer = 1 - self;
  byte budget = FROM_EVENTS;
  byte own = REQUESTS;
  byte r;
  byte m;
  do
  :: atomic { nempty(outbox) && accepting[peer] && nfull(messages[peer]) ->
              outbox?m; messages[peer]!m }
  :: atomic { nempty(outbox) && !accepting[peer] -> outbox?m }
#ifdef DEAF_OUTBOX
  :: empty(outbox) && nempty(messages[self]) ->
#else
  :: nempty(messages[self]) ->
#endif
     atomic {
       messages[self]?m;
       LOCK_SPAN(self);
       if
       :: m == 1 -> send(2)
       :: else -> skip
       fi;
       m = 0
     }
#ifdef LOCKED_EVENTS
     UNLOCK_SPAN(self)
#endif
  :: empty(outbox) && nempty(commands[self]) ->
     atomic {
       commands[self]?r;
       LOCK_SPAN(self);
       send(1)
     }
     event(r);
     r = 0;
#ifdef LOCKED_EVENTS
     UNLOCK_SPAN(self)
#endif
  :: empty(outbox) && own < REQUESTS ->
     atomic { r = own; own = REQUESTS; send(1) }
     event(r);
     r = 0
  :: stop_asked[self] -> break
  od;
  /* Span::Worker::finish */
  accepting[self] = false;
  in_flight[self] == 0;
  do
  :: nempty(commands[self]) -> commands[self]?r; event(r)
  :: own < REQUESTS -> r = own; own = REQUESTS; event(r)
  :: empty(commands[self]) && own == REQUESTS -> break
  od;
  done++
}

proctype stopper() {
#ifdef DEAF_OUTBOX
  /* A stop would end the deadlock: here it comes when all has been said. */
  empty(messages[0]) && empty(messages[1]) && empty(commands[0]) && empty(commands[1]);
#endif
  stop_asked[0] = true; /* at any time: the spans are alike */
  stop_asked[1] = true
}

init {
  byte i;
  atomic {
    run span(0); run span(1); run user(0); run user(1); run stopper()
  }
  done == USERS + SPANS;
  i = 0;
  do
  :: i < REQUESTS -> assert(answers[i] == taken[i]); i++
  :: else -> break
  od
}
