/* pi.h: the mini-app pi, and the state that its two files (pi.c, pi_checks.c) share. */
#ifndef SCALEBAR_PI_H
#define SCALEBAR_PI_H

#include "app.h"
#include "decomp.h"
#include "pi_kernel.h"

extern const sb_app pi_app;

typedef enum { PI_PHILOX, PI_NAS } pi_rng;

typedef struct {
  int64_t samples; /* global */
  int rng;         /* pi_rng */
  int kernel;      /* index in the choices of the key `kernel` */
} pi_config;

/* Samples are counted in up to PI_BATCHES equal batches, so that their spread can be judged. */
enum { PI_BATCHES = 64, PI_BATCH_MIN = 1024 };

typedef struct {
  const sb_run *run;
  pi_config config;
  pi_counter counter; /* the kernel that this run uses */
  uint64_t seed;
  int batches;
  int64_t local[PI_BATCHES]; /* hits of this rank in the last repetition */
  int64_t first[PI_BATCHES]; /* and in the first one */
  int64_t total[PI_BATCHES]; /* hits of all ranks in the last repetition */
  double estimate[PI_BATCHES];
  int64_t repetitions;
  double most_changed; /* largest |local - first| of any repetition and batch */
} pi_state;

/* Samples of `worker` of `workers` threads of rank `rank` of `ranks`. Local. */
sb_range pi_share(const pi_config *config, int ranks, int rank, int workers, int worker);

/* Samples of one batch. Local. */
sb_range pi_batch(const pi_state *state, int batch);

/* Hits among the samples lo <= s < hi, by the kernel that this run uses. Local. */
int64_t pi_count(const pi_state *state, int64_t lo, int64_t hi);

/* Hits of the last repetition, over all batches. Local. */
int64_t pi_total_hits(const pi_state *state);

/* Expects and records all checks; see README.md for what each one is sure to find. Local. */
void pi_check(const pi_state *state, sb_checks *checks);

#endif
