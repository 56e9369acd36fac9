/* How a line's signal reaches an application, and how the application's wish reaches the line.
 *
 * -DDIRECT   The usual design: the span thread holds its channel's lock, finds an event and calls
 *            the application back under it; the callback takes the application's lock. Another
 *            thread holds the application's lock and hangs up, which takes the channel's. The two
 *            wait for each other for ever: the model checker must find it.
 *
 * otherwise  Ours (ARCHITECTURE.md, 3): the span's engine returns actions, and whoever drives it
 *            delivers them afterwards, holding nothing. A callback may take the application's lock
 *            and may hang up at once: that is a command to the engine, whose own actions are
 *            delivered after all earlier ones. Another thread hangs up by message. Proved: nobody
 *            waits for ever, every event that came is delivered, every wish is carried out, and
 *            nothing is held while an application is called.
 */
#define EVENTS 2
#define WISHES 2

#define take(lock) atomic { !lock -> lock = true }
#define give(lock) lock = false

bool application_lock = false;
byte delivered = 0;
byte carried_out = 0;

#ifdef DIRECT

bool channel_lock = false;

active proctype span_thread() {
  byte i = 0;
  do
  :: i == EVENTS -> break
  :: else ->
     take(channel_lock);
     take(application_lock);      /* the callback */
     delivered++;
     give(application_lock);
     give(channel_lock);
     i++
  od
}

active proctype application() {
  byte i = 0;
  do
  :: i == WISHES -> break
  :: else ->
     take(application_lock);
     take(channel_lock);          /* hang up */
     carried_out++;
     give(channel_lock);
     give(application_lock);
     i++
  od
}

#else

chan commands = [WISHES] of { byte };   /* to the span's thread; its capacity is its bound */
byte actions = 0;                       /* of the engine, not yet delivered */
bool in_engine = false;                 /* the engine is being called */
byte answered = 0;                      /* hang-ups from within a callback */

/* The span's thread owns the engine: no lock guards it. */
active proctype span_thread() {
  byte i = 0;
  byte wish;
  do
  :: i < EVENTS ->                       /* input from the line */
     in_engine = true;
     actions++;
     in_engine = false;
     i++
  :: commands ? wish ->                  /* a wish of another thread */
     in_engine = true;
     carried_out++;
     in_engine = false
  :: actions > 0 ->                      /* delivery, in order */
     assert(!in_engine);
     take(application_lock);             /* the callback takes what it likes */
     actions--;
     delivered++;
     if
     :: answered < 1 ->                  /* and hangs up from within: takes effect at once */
        in_engine = true;
        answered++;
        in_engine = false
     :: true -> skip
     fi;
     give(application_lock)
  :: i == EVENTS && actions == 0 && carried_out == WISHES -> break
  od;
  assert(delivered == EVENTS)
}

active proctype application() {
  byte i = 0;
  do
  :: i == WISHES -> break
  :: else ->
     take(application_lock);
     commands ! i;                       /* never waits: as many as there are wishes fit */
     give(application_lock);
     i++
  od
}

#endif
