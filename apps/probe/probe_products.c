/* probe_products.c: square products by BLAS, each worker its own, of one core and of all workers.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "blas.h"
#include "memory.h"
#include "probe_pattern.h"
#include "probe_samples.h"
#include "simulation.h"
#include "threads.h"

typedef struct {
  double *a, *b, *c; /* n x n, of this thread */
  double *sums;      /* n */
  double *memory;    /* all of them */
  int64_t wrong;
  sb_status status;
} worker;

typedef struct {
  const probe_state *state;
  worker *workers;
  int n;
  bool core; /* one core alone: the first thread of rank 0 */
} job;

/* Integers in -8 .. 8, so that every sum is exact in any order. */
static void fill(const job *j, worker *w, int thread) {
  const uint64_t from = ((uint64_t)sb_comm_rank(j->state->run->comm) << 32) + (uint64_t)thread;
  const int64_t entries = (int64_t)j->n * j->n;
  for (int64_t i = 0; i < entries; i++) {
    const uint64_t bits = probe_mix(j->state->seed + from, (uint64_t)i);
    w->a[i] = (double)(int64_t)(bits % 17) - 8.0;
    w->b[i] = (double)(int64_t)((bits >> 32) % 17) - 8.0;
  }
}

static void spoil(const job *j, const worker *w) {
  for (int64_t i = 0; i < (int64_t)j->n * j->n; i++) w->c[i] = (double)NAN;
}

static void create(const job *j, worker *w, int thread) {
  const int64_t entries = ((int64_t)j->n * j->n + 7) / 8 * 8;
  w->status = sb_doubles_create(3 * entries + j->n, &w->memory);
  if (w->status != SB_OK) return;
  w->a = w->memory;
  w->b = w->a + entries;
  w->c = w->b + entries;
  w->sums = w->c + entries;
  fill(j, w, thread);
}

/* Rows of C with an entry that is no whole number, or for which C v is not A (B v). All sums are
 * whole and exact, and v holds 1 .. n: any wrong entry, and any two that changed places in a row,
 * are seen. */
static int64_t rows_wrong(const job *j, const worker *w) {
  const int64_t n = j->n;
  int64_t wrong = 0;
  for (int64_t i = 0; i < n; i++) {
    w->sums[i] = 0.0;
    for (int64_t p = 0; p < n; p++) w->sums[i] += w->b[i * n + p] * (double)(p + 1);
  }
  for (int64_t i = 0; i < n; i++) {
    double right = 0.0, seen = 0.0;
    bool whole = true;
    for (int64_t p = 0; p < n; p++) {
      const double entry = w->c[i * n + p];
      right += w->a[i * n + p] * w->sums[p];
      seen += entry * (double)(p + 1);
      whole = whole && entry == rint(entry);
    }
    wrong += !whole || !(right == seen); /* a NaN counts */
  }
  return wrong;
}

static void work_one(const job *j, const worker *w, int64_t loops) {
  for (int64_t i = 0; i < loops; i++) {
    sb_blas_multiply(j->n, j->n, j->n, w->a, j->n, w->b, j->n, false, w->c, j->n);
    sb_worked(2.0 * pow(j->n, 3.0), 24.0 * pow(j->n, 2.0));
  }
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

/* Each thread looks at its own; of one core alone, the first. */
static void check(probe_state *s, const job *j) {
  const int works = j->core ? 1 : s->run->threads;
#pragma omp parallel
  {
    worker *mine = &j->workers[sb_thread()];
    mine->wrong = sb_thread() < works ? rows_wrong(j, mine) : 0;
  }
  for (int t = 0; t < works; t++) {
    probe_count_wrong(s, PROBE_CHECK_PRODUCTS, (double)j->workers[t].wrong);
  }
  sb_progress();
}

static sb_status create_all(const job *j) {
  sb_status status = SB_OK;
#pragma omp parallel
  create(j, &j->workers[sb_thread()], sb_thread());
  for (int t = 0; t < j->state->run->threads && status == SB_OK; t++) status = j->workers[t].status;
  return status;
}

sb_status probe_products(probe_state *state) {
  static const probe_name names[2] = {
      {"dgemm_all", "square products by BLAS, one for each worker at the same time"},
      {"dgemm_core", "square products by BLAS, one core alone"}};
  const int threads = state->run->threads, n = (int)state->config.gemm_n;
  const int rank = sb_comm_rank(state->run->comm), ranks = sb_comm_size(state->run->comm);
  sb_status status = SB_OK;
  if (!sb_blas_built()) {
    if (rank == 0) printf("# compute: no products, for this build has no BLAS\n");
    return SB_OK;
  }
  job j = {.state = state, .n = n, .workers = calloc((size_t)threads, sizeof *j.workers)};
  if (j.workers == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for %d threads", threads);
  if (status == SB_OK) status = create_all(&j);
  SB_TRY(sb_comm_agree(state->run->comm, status));
  probe_count_wrong(state, PROBE_CHECK_PRODUCTS, 0.0);
  for (int core = 0; core < 2; core++) {
    j.core = core != 0;
    for (int t = 0; t < threads; t++) spoil(&j, &j.workers[t]);
    sb_summary time;
    SB_TRY(probe_time(state, work, &j, 1.0, &time));
    const double workers = j.core ? 1.0 : (double)ranks * threads;
    probe_add_rate(state, names[core], "flop/s", 2.0 * pow((double)n, 3.0) * workers, &time);
    if (!j.core || rank == 0) check(state, &j);
  }
cleanup:
  for (int t = 0; j.workers != NULL && t < threads; t++) free(j.workers[t].memory);
  free(j.workers);
  return status;
}
