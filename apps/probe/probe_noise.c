/* probe_noise.c: what the system takes from the workers, by fixed work quanta (M. Sottile,
 * R. Minnich, Analysis of microbenchmarks for performance tuning of clusters, CLUSTER 2004).
 *
 * Each worker does the same piece of work again and again, all at the same time. */
#include <math.h>
#include <stdlib.h>

#include "probe_chains.h"
#include "probe_quanta.h"
#include "probe_samples.h"
#include "threads.h"

/* s: long against a clock read, short against a tick of the system's timer */
static const double QUANTUM = 100e-6;

typedef struct {
  _Alignas(64) double end[PROBE_LANES_MOST];
  int lanes;
  int64_t changed; /* quanta that gave another answer than the first */
  probe_quanta times;
} worker;

/* Steps that take about QUANTUM on rank 0, for all. The shortest of some trials counts. */
static int64_t calibrate(const probe_state *s, const double *start) {
  enum { TRIALS = 50, STEPS = 4096 };
  double end[PROBE_LANES_MOST], least = (double)INFINITY;
  for (int i = 0; i < TRIALS; i++) {
    const double began = sb_now();
    s->vector.chains(STEPS, PROBE_FACTOR, PROBE_TERM, start, end);
    least = fmin(least, sb_now() - began);
  }
  int64_t steps = (int64_t)fmin(STEPS * QUANTUM / fmax(least, 1e-9), PROBE_STEPS_MOST);
  sb_comm_broadcast(s->run->comm, &steps, sizeof steps);
  return steps;
}

static void quanta(const probe_state *s, int64_t steps, const double *start, worker *w) {
  double again[PROBE_LANES_MOST];
  *w = (worker){.times = PROBE_NO_QUANTA};
  w->lanes = s->vector.chains(steps, PROBE_FACTOR, PROBE_TERM, start, w->end); /* wakes the core */
  for (int64_t q = 0; q < s->config.quanta; q++) {
    const double began = sb_now();
    s->vector.chains(steps, PROBE_FACTOR, PROBE_TERM, start, again);
    probe_quanta_add(&w->times, sb_now() - began);
    w->changed += probe_chains_wrong(w->lanes, w->end, again) != 0;
    sb_progress();
  }
}

/* The mean loss and the longest detour of all workers. */
static void add_figures(probe_state *s) {
  const double all = (double)sb_comm_size(s->run->comm) * s->run->threads;
  double loss = 0.0, detour = 0.0;
  for (int t = 0; t < s->run->threads; t++) {
    loss += s->workers.loss[t] / all;
    detour = fmax(detour, s->workers.detour[t]);
  }
  sb_comm_sum_f64(s->run->comm, &loss, 1);
  sb_comm_max_f64(s->run->comm, &detour, NULL, 1);
  sb_figure *share = sb_figures_add(
      &s->figures, "noise",
      "share of time lost to others: 1 - least/mean of a quantum, mean over the workers", "1", "1",
      loss);
  sb_figure *worst = sb_figures_add(&s->figures, "noise_worst",
                                    "longest detour of any work quantum", "s", "s", detour);
  if (share != NULL) share->n = (int)s->config.quanta;
  if (worst != NULL) worst->n = (int)s->config.quanta;
}

sb_status probe_noise(probe_state *state) {
  const int threads = state->run->threads;
  double start[PROBE_LANES_MOST], right[PROBE_LANES_MOST];
  worker *workers = aligned_alloc(64, (size_t)threads * sizeof *workers);
  sb_status status = SB_OK;
  if (workers == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for %d threads", threads);
  SB_TRY(sb_comm_agree(state->run->comm, status));
  probe_chains_start(state->seed, start);
  const int64_t steps = calibrate(state, start);
  sb_comm_barrier(state->run->comm);
#pragma omp parallel
  quanta(state, steps, start, &workers[sb_thread()]);
  probe_chains_plain(probe_chains_fused(&state->vector), steps, PROBE_FACTOR, PROBE_TERM,
                     PROBE_LANES_MOST, start, right);
  for (int t = 0; t < threads; t++) {
    const worker *w = &workers[t];
    const int wrong = probe_chains_wrong(w->lanes, right, w->end);
    probe_count_wrong(state, PROBE_CHECK_QUANTA, (double)(w->changed + wrong));
    state->workers.loss[t] = probe_quanta_loss(&w->times);
    state->workers.detour[t] = probe_quanta_detour(&w->times);
  }
  add_figures(state);
cleanup:
  free(workers);
  return status;
}
