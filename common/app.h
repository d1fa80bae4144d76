/* app.h: the hooks that make a kernel a mini-app, and the one main that all programs share.
 *
 * A fifth app is a folder under apps/ with one `const sb_app` and a main.c of one line. The driver
 * (driver.c) owns start-up, options, placement, repetitions, verdict, results and exit codes.
 */
#ifndef SCALEBAR_APP_H
#define SCALEBAR_APP_H

#include "comm.h"
#include "fields.h"
#include "figures.h"
#include "options.h"
#include "status.h"
#include "timing.h"
#include "verify.h"

/* What a hook may know of the run around it. */
typedef struct {
  sb_comm *comm;
  int threads; /* per rank */
  const sb_common *common;
  bool seed_given;
  int64_t memory_node; /* bytes of the smallest node's memory, 0: not known */
  int64_t memory_free; /* bytes free on the node with least, 0: not known */
  int64_t cache_bytes; /* third-level caches of this rank's node, all of them; 0: not known */
  char *warnings; /* of this run, one per line, for the results: SB_WARNINGS_SIZE bytes, or NULL */
} sb_run;

enum { SB_WARNINGS_SIZE = 2048 };

/* Prints "WARN text" on stderr from rank 0 and keeps the text for the results, as far as there is
 * room. All ranks call it; what rank 0 says counts. No message is exchanged. */
void sb_warn(const sb_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Work of one repetition and what it needs, by arithmetic alone: known before anything is
 * allocated, shown by --dry-run, stored in /workload. Whole problem unless `_rank`. */
typedef struct {
  double units;       /* of sb_app.unit: samples, cells */
  double units_rank;  /* those dealt to this rank */
  double flop;        /* operations counted by the app's README, 0 where none are floating point */
  double bytes;       /* moved between memory and processor */
  double comm_bytes;  /* sent between ranks */
  double memory_rank; /* bytes that this rank allocates; as shown, the rank with most */
  int idle_ranks, idle_threads; /* without any work */
  char decomposition[160];      /* "1000 samples over 3 ranks x 2 threads: 166 to 168 each" */
} sb_plan;

typedef struct {
  const char *name;                    /* "pi" */
  const char *title;                   /* one line */
  const char *unit;                    /* what is counted: "sample" */
  const char *rate_unit, *rate_udunit; /* "sample/s", "s-1" */
  const sb_option *options;
  size_t config_size;

  /* Weak scaling: makes the problem of one worker (node) that of `times`. Local; refuses overflow.
   */
  sb_status (*grow)(void *config, int64_t times);

  /* memory=: sets the keys whose options say by_memory, so that the run uses about `bytes` in all;
   * an app without arrays says what else it takes them for. Local. */
  sb_status (*fill)(void *config, double bytes);

  /* Rules between keys, whatever the sizes are; may replace "auto" values. The same on all ranks.
   * Collective. NULL: none. */
  sb_status (*check)(const sb_run *run, void *config);

  /* Rules of the problem that runs, once memory= and weak scaling have set its sizes. The same on
   * all ranks. Collective. NULL: none. */
  sb_status (*check_sized)(const sb_run *run, void *config);

  /* The work of this rank (of `ranks`, each with `threads`). Local, cheap, cannot fail. */
  void (*plan)(const void *config, int ranks, int threads, int rank, sb_plan *plan);

  /* The algorithm that will run, as results name it: "philox/avx512". Local. */
  void (*kernel_name)(const void *config, char *text, size_t bytes);

  /* Units a second of one worker, measured on this core in under 50 ms, for --dry-run. Local. */
  double (*probe_rate)(const void *config);

  /* Whether this configuration asks for one repetition without warm-up, whatever the keys of
   * repetitions say. Local. NULL: never. */
  bool (*single)(const void *config);

  /* Decomposes, allocates, touches first. May settle in `config` what only files can tell; `plan`
   * is asked again afterwards. Collective. */
  sb_status (*setup)(const sb_run *run, void *config, void **state);

  /* The BLAS and the FFT library that the app calls, as they name themselves. Local. NULL: none. */
  const char *(*blas_name)(void);
  const char *(*fft_name)(void);

  /* How ranks of a node hand over data: "none", "message", "shared". Local. NULL: they have none.
   */
  const char *(*exchange)(const void *state);

  /* Untimed: restores the input of a repetition. NULL when run() needs nothing restored, and only
   * then are short repetitions looped. Collective. */
  sb_status (*reset)(void *state);

  /* One repetition. Enters its phases on the clock, which stands in SB_COMPUTE at the call. A
   * failure that ranks have not agreed on (comm.h) ends all of them at once, for others may wait
   * for this one in a message. Collective. */
  sb_status (*run)(void *state, sb_clock *clock);

  /* What is measured once, after the repetitions and outside of their time. NULL: nothing. The app
   * tells the watchdog of progress. Failures are agreed on (comm.h). Collective. */
  sb_status (*measure)(void *state);

  /* Expects and records the checks of what the last repetition left. Collective. */
  sb_status (*verify)(void *state, sb_checks *checks);

  /* Figures of the app's own (rate and time are the driver's) and fields. Collective; fields point
   * into memory that lives until teardown. */
  sb_status (*output)(void *state, sb_figures *figures, sb_fields *fields);

  /* Writes what belongs beside the HDF5 file, once that is in place. Rank 0 alone. NULL: nothing.
   */
  sb_status (*sidecar)(const void *state, const char *output);

  /* Accepts *state NULL (setup failed) and sets it to NULL. Collective. */
  void (*teardown)(void **state);
} sb_app;

/* Runs the program and returns its exit code. */
int sb_main(const sb_app *app, int argc, char **argv);

/* Tells the watchdog that work goes on. Local, any thread, a few cycles. */
void sb_progress(void);

#endif
