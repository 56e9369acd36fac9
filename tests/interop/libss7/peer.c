/* A process with libss7 as the other end of a signalling link, in lock-step with the test that
 * started it. libss7 is under the GPL: it runs here, in a program of the tests alone.
 *
 * Descriptor 3 is the link: whole signal units and two octets in place of the check bits. Descriptor
 * 4 is for orders: one octet what, eight octets a number (least first); each is answered by the
 * events that libss7 had since, one octet each, after one octet that says how many.
 *   t  it is so many microseconds; take what has come on the link
 *   w  put one signal unit on the link
 *   s  start
 *   l  send an ISUP message that asks for nothing, for this circuit */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <libss7.h>

enum { link_fd = 3, order_fd = 4, own_point_code = 2, test_point_code = 1, order_size = 9 };

static int64_t virtual_us = 1000000;

/* libss7's clock is the test's. */
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  now->tv_sec = virtual_us / 1000000;
  now->tv_usec = virtual_us % 1000000;
  return 0;
}

static void be_quiet(struct ss7 *ss7, char *text) {
  (void)ss7;
  if (getenv("STROWGER_LIBSS7_TALK") != NULL) {
    fputs(text, stderr);
  }
}

static void no_circuit(struct ss7 *ss7, int cic, unsigned int dpc) {
  (void)ss7;
  (void)cic;
  (void)dpc;
}

static int no_hangup(struct ss7 *ss7, int cic, unsigned int dpc, int cause, int do_hangup) {
  (void)ss7;
  (void)cic;
  (void)dpc;
  (void)cause;
  (void)do_hangup;
  return 0;
}

static void no_call(struct ss7 *ss7, struct isup_call *call, int lock) {
  (void)ss7;
  (void)call;
  (void)lock;
}

static int waits(int fd) {
  struct pollfd ready = {fd, POLLIN, 0};
  return poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0;
}

static void obey(struct ss7 *ss7, char what, int64_t number) {
  switch (what) {
    case 't':
      virtual_us = number;
      ss7_schedule_run(ss7);
      while (waits(link_fd)) {
        ss7_read(ss7, link_fd);
      }
      break;
    case 'w':
      ss7_write(ss7, link_fd);
      break;
    case 's':
      ss7_start(ss7);
      break;
    case 'l':
      isup_lpa(ss7, (int)number, test_point_code);
      break;
    default:
      exit(2);
  }
}

static int answer(struct ss7 *ss7) {
  unsigned char events[64] = {0};
  const ss7_event *event = NULL;
  while ((event = ss7_check_event(ss7)) != NULL && events[0] < sizeof events - 1) {
    events[++events[0]] = (unsigned char)event->e;
  }
  return write(order_fd, events, events[0] + 1U) > 0;
}

int main(void) {
  struct ss7 *ss7 = ss7_new(SS7_ITU);
  if (ss7 == NULL) {
    return 1;
  }
  ss7_set_message(be_quiet);
  ss7_set_error(be_quiet);
  ss7_set_notinservice(no_circuit);
  ss7_set_hangup(no_hangup);
  ss7_set_call_null(no_call);
  if (getenv("STROWGER_LIBSS7_TALK") != NULL) {
    ss7_set_debug(ss7, SS7_DEBUG_MTP2 | SS7_DEBUG_MTP3);
  }
  ss7_set_network_ind(ss7, 2);
  ss7_set_pc(ss7, own_point_code);
  if (ss7_add_link(ss7, SS7_TRANSPORT_DAHDIDCHAN, link_fd, 0, test_point_code) != 0) {
    return 1;
  }
  unsigned char order[order_size];
  while (read(order_fd, order, sizeof order) == (ssize_t)sizeof order) {
    int64_t number = 0;
    for (int i = order_size - 1; i > 0; --i) {
      number = number << 8 | order[i];
    }
    obey(ss7, (char)order[0], number);
    if (!answer(ss7)) {
      return 1;
    }
  }
  return 0;
}
