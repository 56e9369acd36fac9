/* libss7's MTP2 by itself: nanoseconds of CPU a fill-in unit and a message heard, printed on one
 * line. A program of its own, since libss7 is under the GPL; bench/mtp2_bench.cpp asks it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <libss7.h>

/* The library has it, its header does not tell it. */
int mtp2_receive(struct mtp2 *link, unsigned char *buffer, int length);

enum { units = 300000, message_octets = 40, check_octets = 2 };

static int64_t virtual_us = 1000000;

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  now->tv_sec = virtual_us / 1000000;
  now->tv_usec = virtual_us % 1000000;
  return 0;
}

static void be_quiet(struct ss7 *ss7, char *text) {
  (void)ss7;
  (void)text;
}

static double cpu_ns(void) {
  struct timespec spent;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return (double)spent.tv_sec * 1e9 + (double)spent.tv_nsec;
}

static void give(struct ss7 *ss7, int fd, int peer, const unsigned char *unit, size_t size) {
  if (send(peer, unit, size + check_octets, 0) > 0) {
    ss7_read(ss7, fd);
  }
}

/* In service, and the link that says so; null where it does not come. */
static struct mtp2 *align(struct ss7 *ss7, int fd, int peer) {
  const unsigned char sio[8] = {0xFF, 0xFF, 1, 0};
  const unsigned char sie[8] = {0xFF, 0xFF, 1, 2};
  const unsigned char fisu[8] = {0xFF, 0xFF, 0};
  ss7_start(ss7);
  give(ss7, fd, peer, sio, 4);
  give(ss7, fd, peer, sie, 4);
  virtual_us += 20000000;
  ss7_schedule_run(ss7);
  give(ss7, fd, peer, fisu, 3);
  const ss7_event *event = NULL;
  struct mtp2 *link = NULL;
  while ((event = ss7_check_event(ss7)) != NULL) {
    if (event->e == MTP2_LINK_UP) {
      link = event->link.link;
    }
  }
  return link;
}

static double fill_ins(struct mtp2 *link) {
  const double begin = cpu_ns();
  for (int i = 0; i < units; ++i) {
    unsigned char fisu[8] = {0xFF, 0xFF, 0};
    mtp2_receive(link, fisu, 3 + check_octets);
  }
  return (cpu_ns() - begin) / units;
}

/* Of a service that nobody serves, so that level 2 is most of what is measured. */
static double messages(struct mtp2 *link) {
  const double begin = cpu_ns();
  for (int i = 0; i < units; ++i) {
    unsigned char message[3 + message_octets + check_octets] = {0xFF};
    message[1] = (unsigned char)(0x80 | (i & 0x7F));
    message[2] = message_octets;
    message[3] = 0x8F;
    mtp2_receive(link, message, sizeof message);
  }
  return (cpu_ns() - begin) / units;
}

int main(void) {
  int pair[2];
  struct ss7 *ss7 = ss7_new(SS7_ITU);
  if (ss7 == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0) {
    return 1;
  }
  ss7_set_message(be_quiet);
  ss7_set_error(be_quiet);
  ss7_set_network_ind(ss7, 2);
  ss7_set_pc(ss7, 2);
  ss7_add_link(ss7, SS7_TRANSPORT_DAHDIDCHAN, pair[0], 0, 1);
  struct mtp2 *link = align(ss7, pair[0], pair[1]);
  if (link == NULL) {
    return 1;
  }
  const double fill_in = fill_ins(link);
  printf("%.1f %.1f\n", fill_in, messages(link));
  return 0;
}
