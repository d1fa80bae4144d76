#include "watchdog.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "simulation.h"

static _Atomic unsigned long steps; /* moved by all signs of life */
static _Atomic(const char *) phase = "start-up";

static bool started;
static pthread_t watcher;
static double patience; /* s */
static int own_rank;
static const char *own_host;

void sb_progress(void) { atomic_fetch_add_explicit(&steps, 1, memory_order_relaxed); }

void sb_watchdog_phase(const char *name) {
  atomic_store(&phase, name);
  sb_progress();
}

const char *sb_watchdog_now(void) { return atomic_load(&phase); }

static void nap(double seconds) {
  const struct timespec t = {.tv_sec = (time_t)seconds,
                             .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&t, NULL);
}

/* One write, so that lines of several ranks do not mix. The process may hang in MPI: no MPI call
 * can be trusted here, so it just leaves. */
static void give_up(double waited) {
  char line[256];
  const int length = snprintf(
      line, sizeof line, "ERROR watchdog: rank %d (%s) without progress for %g s %s %s\n", own_rank,
      own_host, waited, sb_comm_waiting() ? "waiting for others in" : "in", sb_watchdog_now());
  if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0) _exit(SB_FAILED);
  nap(0.2); /* launchers may drop what they have not read yet when a rank ends */
  _exit(SB_FAILED);
}

static void *watch(void *unused) {
  (void)unused;
  unsigned long seen = atomic_load(&steps);
  double since = sb_now();
  const double interval = patience / 10.0 < 0.1 ? patience / 10.0 : 0.1;
  for (;;) {
    nap(interval); /* where sb_watchdog_stop cancels */
    const unsigned long now = atomic_load(&steps);
    if (now != seen) {
      seen = now;
      since = sb_now();
      continue;
    }
    /* Who hangs by itself speaks first, before launchers end those who wait for it. */
    const double allowed = (sb_comm_waiting() ? 1.5 : 1.0) * patience;
    if (sb_now() - since >= allowed) give_up(allowed);
  }
  return NULL;
}

sb_status sb_watchdog_start(double seconds, int rank, const char *host) {
  /* A simulated clock stands still while ranks compute, and SimGrid itself finds ranks that wait
   * for each other. */
  if (!(seconds > 0.0) || sb_simulated_platform() != NULL) return SB_OK;
  patience = seconds;
  own_rank = rank;
  own_host = host;
  if (pthread_create(&watcher, NULL, watch, NULL) != 0) {
    return sb_fail(SB_INTERNAL, "the watchdog's thread could not be started");
  }
  started = true;
  return SB_OK;
}

void sb_watchdog_stop(void) {
  if (!started) return;
  pthread_cancel(watcher);
  pthread_join(watcher, NULL);
  started = false;
}
