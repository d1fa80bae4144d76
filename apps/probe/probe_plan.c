#include "probe_plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "probe_memory.h"

enum { LINE = 8, WORD = 8 };

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

int probe_alltoall_bytes(const probe_config *config, int ranks) {
  const int64_t share = least((INT64_C(16) << 20) / ranks, INT64_C(1) << 20);
  const int64_t bytes = least(share, config->message_max) / WORD * WORD;
  return bytes < WORD ? WORD : (int)bytes;
}

int probe_allreduce_doubles(const probe_config *config) {
  const int64_t doubles = least(config->message_max, INT64_C(1) << 20) / WORD;
  return doubles < 1 ? 1 : (int)doubles;
}

/* What the part with most needs beside the arrays: each gives back what it took. */
static double beside_arrays(const probe_config *c, int ranks, int threads, int rank) {
  static const double FILE_BLOCKS = 2.0 * (4 << 20);
  const double n = (double)c->gemm_n;
  double most = 0.0;
  if (c->parts[PROBE_MEMORY] && rank == 0 && probe_core_arrays_needed(c, ranks, threads)) {
    most = fmax(most, 24.0 * (double)c->core_n);
  }
  if (c->parts[PROBE_COMPUTE]) most = fmax(most, 8.0 * (3.0 * n + 1.0) * n * threads);
  if (c->parts[PROBE_LATENCY]) most = fmax(most, 2.0 * (double)c->message_max);
  if (c->parts[PROBE_ALLTOALL]) {
    most = fmax(most, 2.0 * (double)probe_alltoall_bytes(c, ranks) * ranks);
  }
  if (c->parts[PROBE_IO]) most = fmax(most, FILE_BLOCKS);
  return most;
}

void probe_plan(const void *config, int ranks, int threads, int rank, sb_plan *plan) {
  const probe_config *c = config;
  const int64_t lines = (c->n + LINE - 1) / LINE;
  const double mine = (double)sb_count(sb_split(c->n, LINE, ranks, rank));
  *plan = (sb_plan){
      .units = 24.0 * (double)c->n,
      .units_rank = 24.0 * mine,
      .flop = 2.0 * (double)c->n,
      .bytes = 24.0 * (double)c->n,
      .memory_rank = 24.0 * mine + beside_arrays(c, ranks, threads, rank),
      .idle_ranks = lines < ranks ? (int)(ranks - lines) : 0,
  };
  for (int r = 0; r < ranks && lines < (int64_t)ranks * threads; r++) {
    const int64_t own = (sb_count(sb_split(c->n, LINE, ranks, r)) + LINE - 1) / LINE;
    if (own < threads) plan->idle_threads += (int)(threads - own);
  }
  snprintf(plan->decomposition, sizeof plan->decomposition,
           "triad of 3 x %" PRId64 " doubles over %d ranks x %d threads, stores %s the caches",
           c->n, ranks, threads, c->stream ? "past" : "through");
}
