/* probe_compute.c: multiply-adds a second, of one core and of all workers; then products. */
#include <stdlib.h>
#include <string.h>

#include "probe_chains.h"
#include "probe_samples.h"
#include "simulation.h"
#include "threads.h"

/* Of one call: some 50 us, so that a call and its loads and stores are nothing beside it. */
enum { STEPS = 16384 };

/* Each thread's own, in lines of its own: a rank's threads leave their numbers here. */
typedef struct {
  _Alignas(64) double end[PROBE_LANES_MOST];
  double seconds;
  int lanes;
} worker;

typedef struct {
  const probe_state *state;
  double start[PROBE_LANES_MOST];
  worker *workers;
  bool core; /* one core alone: the first thread of rank 0 */
} job;

static double flop_of(int lanes) { return 2.0 * STEPS * (double)lanes; }

static void work_one(const job *j, worker *w, int64_t loops) {
  const double start = sb_now();
  for (int64_t i = 0; i < loops; i++) {
    w->lanes = j->state->vector.chains(STEPS, PROBE_FACTOR, PROBE_TERM, j->start, w->end);
    sb_worked(flop_of(w->lanes), 0.0);
  }
  w->seconds = (sb_now() - start) / (double)loops;
}

static void work(void *context, int64_t loops) {
  const job *j = context;
  if (!j->core) {
#pragma omp parallel
    work_one(j, &j->workers[sb_thread()], loops);
  } else if (sb_comm_rank(j->state->run->comm) == 0) {
    work_one(j, j->workers, loops);
  }
}

static sb_status chains(probe_state *s) {
  static const probe_name names[2] = {
      {"fma_all", "multiply-adds of all workers, two operations each, from registers"},
      {"fma_core", "multiply-adds of one core, two operations each, from registers"}};
  const int threads = s->run->threads, ranks = sb_comm_size(s->run->comm);
  double right[PROBE_LANES_MOST];
  job j = {.state = s, .workers = aligned_alloc(64, (size_t)threads * sizeof *j.workers)};
  sb_status status = SB_OK;
  if (j.workers == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for %d threads", threads);
  SB_TRY(sb_comm_agree(s->run->comm, status));
  probe_chains_start(s->seed, j.start);
  probe_chains_plain(probe_chains_fused(&s->vector), STEPS, PROBE_FACTOR, PROBE_TERM,
                     PROBE_LANES_MOST, j.start, right);
  for (int core = 0; core < 2; core++) {
    memset(j.workers, 0, (size_t)threads * sizeof *j.workers);
    j.core = core != 0;
    sb_summary time;
    SB_TRY(probe_time(s, work, &j, 1.0, &time));
    int64_t lanes = 0;
    for (int t = 0; t < threads; t++) {
      const worker *w = &j.workers[t];
      if (w->lanes == 0) continue; /* it waits for one core alone */
      lanes = w->lanes;
      probe_count_wrong(s, PROBE_CHECK_CHAINS, probe_chains_wrong(w->lanes, right, w->end));
      if (!j.core) s->workers.chains[t] = flop_of(w->lanes) / w->seconds;
    }
    sb_comm_max_i64(s->run->comm, &lanes, 1);
    const double workers = j.core ? 1.0 : (double)ranks * threads;
    probe_add_rate(s, names[core], "flop/s", flop_of((int)lanes) * workers, &time);
  }
cleanup:
  free(j.workers);
  return status;
}

sb_status probe_compute(probe_state *state) {
  sb_status status = SB_OK;
  SB_TRY(chains(state));
  SB_TRY(probe_products(state));
cleanup:
  return status;
}
