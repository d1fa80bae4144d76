/* probe.h: the mini-app probe, and the state that its parts share. See README.md. */
#ifndef SCALEBAR_PROBE_H
#define SCALEBAR_PROBE_H

#include "app.h"
#include "decomp.h"
#include "probe_kernel.h"

extern const sb_app probe_app;

/* What can be asked for with the key `what`, in the order in which it is measured. */
typedef enum {
  PROBE_MEMORY,
  PROBE_COMPUTE,
  PROBE_LATENCY,
  PROBE_PAIRS,
  PROBE_ALLTOALL,
  PROBE_ALLREDUCE,
  PROBE_NOISE,
  PROBE_IO,
  PROBE_PARTS
} probe_part;

typedef struct {
  int64_t n;           /* doubles of each of three arrays, over all workers */
  int64_t core_n;      /* the same for the sweeps of one core alone */
  int64_t gemm_n;      /* rows of the square product of each worker */
  int64_t message_max; /* bytes of the longest message */
  int64_t quanta;      /* work quanta of each worker */
  int64_t io_bytes;    /* of the file of each rank */
  int64_t samples;     /* of each figure, at most */
  double figure_time;  /* s, about, for all samples of a figure */
  double slow_pair;    /* a pair below this share of the median is warned of */
  int simd;            /* index in the choices of the key `simd` */
  char what[SB_TEXT_SIZE], folder[SB_TEXT_SIZE];
  /* Settled by probe_check_options and setup: */
  int parts[PROBE_PARTS]; /* whether to measure each */
  int left_out;           /* the parts between ranks, for there is one */
  int stream;             /* the triad of the repetitions stores past the caches */
} probe_config;

/* What verify reports: errors that the parts counted. */
typedef enum {
  PROBE_CHECK_TRIAD,
  PROBE_CHECK_SWEEPS,
  PROBE_CHECK_CHAINS,
  PROBE_CHECK_PRODUCTS,
  PROBE_CHECK_MESSAGES,
  PROBE_CHECK_PAIRS,
  PROBE_CHECK_ALLTOALL,
  PROBE_CHECK_SUMS,
  PROBE_CHECK_QUANTA,
  PROBE_CHECK_FILE,
  PROBE_CHECKS
} probe_check_kind;

/* Message lengths 1, 2, 4 ... bytes: at most 2^30. */
enum { PROBE_LENGTHS_MOST = 31 };

/* Where the two ends of a message are. */
typedef enum { PROBE_NODE, PROBE_NETWORK, PROBE_PLACES } probe_place;

/* Of messages of one length: NaN where it was not measured. On rank 0. */
typedef struct {
  double bytes[PROBE_LENGTHS_MOST];
  double latency[PROBE_PLACES][PROBE_LENGTHS_MOST];        /* s, half a round trip */
  double bandwidth[PROBE_PLACES][PROBE_LENGTHS_MOST];      /* byte/s, one way */
  double bandwidth_both[PROBE_PLACES][PROBE_LENGTHS_MOST]; /* byte/s, both ways together */
  int lengths;
} probe_curves;

/* What the tournament measured of each pair: median and best of its samples. */
typedef enum {
  PROBE_LATENCY_TYPICAL, /* s, half a round trip */
  PROBE_LATENCY_BEST,
  PROBE_BANDWIDTH_TYPICAL, /* byte/s, both ways together */
  PROBE_BANDWIDTH_BEST,
  PROBE_TABLES
} probe_table_kind;

/* What each worker (rank, thread) came to; NULL before it was measured. `own` of this rank's
 * threads. */
typedef struct {
  double *triad;  /* byte/s while all work */
  double *chains; /* flop/s while all work */
  double *loss;   /* share of time lost to noise */
  double *detour; /* s, the longest */
} probe_workers;

typedef struct {
  const sb_run *run;
  probe_config config;
  probe_kernels vector;
  uint64_t seed;
  sb_range share;     /* of [0, n): this rank's elements */
  double *a, *b, *c;  /* them, in three arrays */
  bool stream;        /* the triad of the repetitions stores past the caches */
  sb_figures figures; /* so far, for output */
  double wrong[PROBE_CHECKS];
  bool counted[PROBE_CHECKS];
  probe_curves curves;
  int players;                 /* of the tournament of pairs, 0: there was none */
  double *pairs[PROBE_TABLES]; /* players x players, on rank 0 alone */
  probe_workers workers;
} probe_state;

/* What triad scales c by: with b and c of probe_pattern.h every result is exact. */
#define PROBE_SCALE 3.0

/* Adds to what a check counts. Local. */
void probe_count_wrong(probe_state *state, probe_check_kind check, double wrong);

/* Measure one part each. Collective; failures are agreed on. */
sb_status probe_memory(probe_state *state);
sb_status probe_compute(probe_state *state);
sb_status probe_latency(probe_state *state);
sb_status probe_pairs(probe_state *state);
sb_status probe_alltoall(probe_state *state);
sb_status probe_allreduce(probe_state *state);
sb_status probe_noise(probe_state *state);
sb_status probe_io(probe_state *state);

/* Products by BLAS, a part of `compute`; left out with a word where the build has none. */
sb_status probe_products(probe_state *state);

/* Curves, pairs and workers as fields of the results. Collective. */
sb_status probe_add_fields(probe_state *state, sb_fields *fields);

#endif
