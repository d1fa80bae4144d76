/* repeat.h: repeats an app's run until its time is known well enough. */
#ifndef SCALEBAR_REPEAT_H
#define SCALEBAR_REPEAT_H

#include "app.h"
#include "stats.h"

/* Why the repetitions ended. */
typedef enum { SB_STOP_CI, SB_STOP_MAX_REPS, SB_STOP_TIME_LIMIT } sb_stop;
const char *sb_stop_text(sb_stop stop); /* "interval", "max_reps", "time_limit" */

/* Samples of one run. A sample is the time of `loops` back-to-back repetitions divided by `loops`:
 * short repetitions are looped until a sample is long against clock and barrier. Row-major. */
typedef struct {
  int reps;        /* samples taken */
  int64_t loops;   /* repetitions in each sample */
  double *elapsed; /* [rep] maximum over ranks, s; the same on all ranks */
  double *local;   /* [rep] this rank's own, s */
  double *phase;   /* [rep * SB_PHASES + phase] this rank's own, s */
  double *warmup;  /* [warmups] maximum over ranks, s */
  int warmups;
  sb_summary time; /* of elapsed */
  sb_stop stop;
  bool wide;           /* the interval stayed wider than asked */
  double timer_cost;   /* one clock read, s, maximum over ranks */
  double barrier_cost; /* one barrier, s, maximum over ranks */
  double comm_bytes;   /* sent by this rank in one repetition, counted by the exchange layer */
} sb_measurement;

/* Warm-up, choice of loops, repetitions. All ranks take the same decisions. Collective. A failure
 * of the app's reset on any rank comes back on all; one of its run comes back where there is one
 * rank, and otherwise ends the run with exit code 1, since the other ranks may wait for the one
 * that failed. */
sb_status sb_measure(const sb_run *run, const sb_app *app, void *state, sb_measurement **result);

void sb_measurement_destroy(sb_measurement **measurement);

#endif
