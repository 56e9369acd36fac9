/* The FIFO with its wake-up: src/rt/spsc_fifo.hpp and sleep_flag.hpp.
 *
 * A producer pushes VALUES values into a ring of SLOTS, a consumer takes them and sleeps whenever it
 * finds nothing. Proved: values come out whole and in order (the assertions), and the consumer never
 * sleeps with work in the ring (no invalid end state: both processes reach their end).
 *
 * Each process has a store buffer for what it wrote and others do not see yet, of one entry, as on
 * x86: the producer's holds the tail, the consumer's the head. An exchange empties it. What weaker
 * machines may do besides is checked in src/rt/memory_model_test.cpp.
 *
 * Broken on purpose, each of which must be found:
 *   -DNO_LAST_LOOK    the consumer sleeps without looking again after it has raised the flag
 *   -DCACHED_LOOK     it looks at its copy of the tail
 *   -DPLAIN_FLAG      the flag is stored and loaded instead of exchanged
 *   -DEARLY_TAIL      the tail is shown before the slot is written
 */
#define SLOTS 2
#define VALUES 4

byte ring[SLOTS];
byte tail = 0;          /* as all see it */
byte head = 0;
bool asleep = false;
byte signal = 0;        /* the eventfd */

/* The producer's own: what it has stored, seen by others once the buffer is empty. */
byte tail_own = 0;
byte head_own = 0;
#ifdef PLAIN_FLAG
bool asleep_own = false;      /* the consumer's store of the flag, while buffered */
bool flag_buffered = false;
#endif

/* Stores leave the buffer at any time, in order. */
active proctype buffers() {
end:
  do
  :: tail != tail_own -> tail = tail_own
  :: head != head_own -> head = head_own
#ifdef PLAIN_FLAG
  :: flag_buffered -> atomic { asleep = asleep_own; flag_buffered = false }
#endif
  od
}

active proctype producer() {
  byte value = 0;
  byte head_seen = 0;
  bool found;
  do
  :: value == VALUES -> break
  :: else ->
     /* push: has_room looks at the head itself only when the copy says full */
     if
     :: tail_own - head_seen == SLOTS -> head_seen = head
     :: else -> skip
     fi;
     if
     :: tail_own - head_seen == SLOTS -> skip     /* refused; tried again */
     :: else ->
#ifdef EARLY_TAIL
        tail_own = tail_own + 1;
        ring[(tail_own - 1) % SLOTS] = value + 1;
#else
        ring[tail_own % SLOTS] = value + 1;
        tail_own = tail_own + 1;
#endif
        value = value + 1;
        /* notify */
#ifdef PLAIN_FLAG
        found = asleep;
        if
        :: found -> asleep = false
        :: else -> skip
        fi;
#else
        atomic { tail = tail_own; found = asleep; asleep = false };
#endif
        if
        :: found -> signal = 1
        :: else -> skip
        fi
     fi
  od
}

active proctype consumer() {
  byte taken = 0;
  byte tail_seen = 0;
  do
  :: taken == VALUES -> break
  :: else ->
     /* pop: looks at the tail itself only when the copy says empty */
     if
     :: tail_seen == head_own -> tail_seen = tail
     :: else -> skip
     fi;
     if
     :: tail_seen != head_own ->
        assert(ring[head_own % SLOTS] == taken + 1);
        ring[head_own % SLOTS] = 0;
        head_own = head_own + 1;
        taken = taken + 1
     :: else ->
        /* sleep_unless */
#ifdef PLAIN_FLAG
        atomic { asleep_own = true; flag_buffered = true };
#else
        atomic { head = head_own; asleep = true };
#endif
#if !defined(NO_LAST_LOOK) && !defined(CACHED_LOOK)
        tail_seen = tail;
#endif
        if
        :: tail_seen == head_own ->
           atomic { signal == 1 -> signal = 0 }   /* poll and drain */
        :: else -> skip
        fi;
#ifdef PLAIN_FLAG
        atomic { asleep_own = false; flag_buffered = true }
#else
        atomic { head = head_own; asleep = false }
#endif
     fi
  od
}
