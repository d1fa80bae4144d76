/* probe_memory.c: memory bandwidth of all workers and of one core alone. */
#include "probe_memory.h"

#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "probe_pattern.h"
#include "probe_samples.h"
#include "simulation.h"
#include "threads.h"

enum { LINE = 8 };

static const double BYTES[] = {[PROBE_COPY] = 16.0, [PROBE_TRIAD] = 24.0};

/* The arrays of one sweep, and which elements of the whole problem they hold. */
typedef struct {
  double *a, *b, *c;
  int64_t first, n;
} arrays;

static arrays part_of(const probe_state *s, int threads, int thread) {
  const sb_range mine = sb_split(sb_count(s->share), LINE, threads, thread);
  return (arrays){.a = s->a + mine.lo,
                  .b = s->b + mine.lo,
                  .c = s->c + mine.lo,
                  .first = s->share.lo + mine.lo,
                  .n = sb_count(mine)};
}

static void fill(const probe_state *s, const arrays *x) {
  for (int64_t i = 0; i < x->n; i++) {
    x->a[i] = (double)NAN;
    x->b[i] = probe_b(s->seed, x->first + i);
    x->c[i] = probe_c(s->seed, x->first + i);
  }
}

static void sweep(const probe_state *s, const arrays *x, probe_sweep_kind kind, bool stream) {
  if (kind == PROBE_COPY) {
    s->vector.copy[stream](x->a, x->b, x->n);
  } else {
    s->vector.triad[stream](x->a, x->b, x->c, PROBE_SCALE, x->n);
  }
  sb_worked(kind == PROBE_TRIAD ? 2.0 * (double)x->n : 0.0, BYTES[kind] * (double)x->n);
}

/* A NaN is unequal to everything. */
static int64_t wrong(const probe_state *s, const arrays *x, probe_sweep_kind kind) {
  const double scale = kind == PROBE_TRIAD ? PROBE_SCALE : 0.0;
  int64_t count = 0;
  for (int64_t i = 0; i < x->n; i++) {
    const int64_t at = x->first + i;
    count += x->a[i] != probe_b(s->seed, at) + scale * probe_c(s->seed, at);
  }
  return count;
}

void probe_sweep(const probe_state *state, probe_sweep_kind kind, bool stream, double *seconds) {
#pragma omp parallel
  {
    const arrays mine = part_of(state, sb_thread_count(), sb_thread());
    const double start = seconds != NULL ? sb_now() : 0.0;
    sweep(state, &mine, kind, stream);
    if (seconds != NULL) seconds[sb_thread()] = sb_now() - start;
  }
}

int64_t probe_sweep_wrong(const probe_state *state, probe_sweep_kind kind) {
  int64_t count = 0;
#pragma omp parallel
  {
    const arrays mine = part_of(state, sb_thread_count(), sb_thread());
    const int64_t found = wrong(state, &mine, kind);
#pragma omp atomic
    count += found;
  }
  return count;
}

/* The better of three triads each, slowest rank; they take turns. */
static void choose_stores(probe_state *s) {
  enum { TRIALS = 3 };
  double best[2] = {(double)INFINITY, (double)INFINITY};
  for (int i = 0; i < 2 * TRIALS; i++) {
    sb_comm_barrier(s->run->comm);
    const double start = sb_now();
    probe_sweep(s, PROBE_TRIAD, i % 2 != 0, NULL);
    double elapsed = sb_now() - start;
    sb_comm_max_f64(s->run->comm, &elapsed, NULL, 1);
    best[i % 2] = fmin(best[i % 2], elapsed);
    sb_progress();
  }
  s->stream = best[1] < best[0];
}

sb_status probe_arrays_create(probe_state *state) {
  const int64_t n = sb_count(state->share);
  sb_status status = SB_OK;
  if (status == SB_OK) status = sb_doubles_create(n, &state->a);
  if (status == SB_OK) status = sb_doubles_create(n, &state->b);
  if (status == SB_OK) status = sb_doubles_create(n, &state->c);
  SB_TRY(sb_comm_agree(state->run->comm, status));
#pragma omp parallel
  {
    const arrays mine = part_of(state, sb_thread_count(), sb_thread());
    fill(state, &mine);
  }
  choose_stores(state);
cleanup:
  return status;
}

void probe_arrays_destroy(probe_state *state) {
  free(state->a);
  free(state->b);
  free(state->c);
}

bool probe_core_arrays_needed(const probe_config *config, int ranks, int threads) {
  const sb_range rank = sb_split(config->n, LINE, ranks, 0);
  return sb_count(sb_split(sb_count(rank), LINE, threads, 0)) < config->core_n;
}

/* Work for probe_time. */
typedef struct {
  const probe_state *state;
  probe_sweep_kind kind;
  bool stream;
  const arrays *core; /* of one core alone, NULL on ranks that wait for it */
  double *seconds;    /* of this rank's threads, of the last loop */
} job;

static void work_all(void *context, int64_t loops) {
  const job *j = context;
  for (int64_t i = 0; i < loops; i++) probe_sweep(j->state, j->kind, j->stream, j->seconds);
}

static void work_core(void *context, int64_t loops) {
  const job *j = context;
  if (j->core == NULL) return;
  for (int64_t i = 0; i < loops; i++) sweep(j->state, j->core, j->kind, j->stream);
}

/* [kind][stream][whether one core alone] */
static const probe_name names[2][2][2] = {
    [PROBE_COPY] = {{{"copy_all", "copy bandwidth of all workers, stores through the caches"},
                     {"copy_core", "copy bandwidth of one core, stores through the caches"}},
                    {{"copy_stream_all", "copy bandwidth of all workers, stores past the caches"},
                     {"copy_stream_core", "copy bandwidth of one core, stores past the caches"}}},
    [PROBE_TRIAD] = {
        {{"triad_all", "triad bandwidth of all workers, stores through the caches"},
         {"triad_core", "triad bandwidth of one core, stores through the caches"}},
        {{"triad_stream_all", "triad bandwidth of all workers, stores past the caches"},
         {"triad_stream_core", "triad bandwidth of one core, stores past the caches"}}}};

/* What each worker moved in a second in the last sweep of all. */
static void keep_workers(probe_state *s, const double *seconds) {
  for (int t = 0; t < s->run->threads; t++) {
    const double bytes = BYTES[PROBE_TRIAD] * (double)part_of(s, s->run->threads, t).n;
    s->workers.triad[t] = bytes / seconds[t];
  }
}

/* Copy and triad take turns: each leaves another number in every element of a, so that an element
 * that a sweep passes over is seen. */
static sb_status sweep_all(probe_state *s) {
  double *seconds = calloc((size_t)s->run->threads, sizeof *seconds);
  sb_status status = SB_OK;
  if (seconds == NULL) status = sb_fail(SB_NO_MEMORY, "no memory for %d threads", s->run->threads);
  SB_TRY(sb_comm_agree(s->run->comm, status));
  for (int i = 0; i < 4; i++) {
    job j = {.state = s, .kind = i % 2 == 0 ? PROBE_COPY : PROBE_TRIAD, .stream = i / 2 != 0};
    j.seconds = seconds;
    sb_summary time;
    SB_TRY(probe_time(s, work_all, &j, 1.0, &time));
    probe_add_rate(s, names[j.kind][j.stream][0], "byte/s", BYTES[j.kind] * (double)s->config.n,
                   &time);
    probe_count_wrong(s, PROBE_CHECK_SWEEPS, (double)probe_sweep_wrong(s, j.kind));
    if (j.kind == PROBE_TRIAD && j.stream == s->stream) keep_workers(s, seconds);
  }
cleanup:
  free(seconds);
  return status;
}

/* Rank 0's first thread sweeps, all others wait. */
static sb_status core_arrays(const probe_state *s, double **memory, arrays *x) {
  sb_status status = SB_OK;
  const int64_t n = s->config.core_n, room = (n + LINE - 1) / LINE * LINE;
  if (!probe_core_arrays_needed(&s->config, sb_comm_size(s->run->comm), s->run->threads)) {
    *x = (arrays){.a = s->a, .b = s->b, .c = s->c, .n = n};
    return SB_OK;
  }
  for (int i = 0; i < 3; i++) SB_TRY(sb_doubles_create(room, &memory[i]));
  *x = (arrays){.a = memory[0], .b = memory[1], .c = memory[2], .n = n};
  fill(s, x);
cleanup:
  return status;
}

static sb_status sweep_core(probe_state *s) {
  double *memory[3] = {NULL, NULL, NULL};
  arrays core = {.n = 0};
  const bool first = sb_comm_rank(s->run->comm) == 0;
  sb_status status = SB_OK;
  SB_TRY(sb_comm_agree(s->run->comm, first ? core_arrays(s, memory, &core) : SB_OK));
  for (int i = 0; i < 4; i++) {
    job j = {.state = s, .kind = i % 2 == 0 ? PROBE_COPY : PROBE_TRIAD, .stream = i / 2 != 0};
    j.core = first ? &core : NULL;
    sb_summary time;
    SB_TRY(probe_time(s, work_core, &j, 1.0, &time));
    probe_add_rate(s, names[j.kind][j.stream][1], "byte/s",
                   BYTES[j.kind] * (double)s->config.core_n, &time);
    if (first) probe_count_wrong(s, PROBE_CHECK_SWEEPS, (double)wrong(s, &core, j.kind));
  }
cleanup:
  for (int i = 0; i < 3; i++) free(memory[i]);
  return status;
}

sb_status probe_memory(probe_state *state) {
  sb_status status = SB_OK;
  SB_TRY(sweep_all(state));
  probe_count_wrong(state, PROBE_CHECK_SWEEPS, 0.0);
  SB_TRY(sweep_core(state));
cleanup:
  return status;
}
