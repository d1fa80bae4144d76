/* probe_allreduce.c: sums over all ranks, short and long, and barriers. */
#include <math.h>
#include <stdlib.h>

#include "comm_raw.h"
#include "memory.h"
#include "probe_pattern.h"
#include "probe_plan.h"
#include "probe_samples.h"

typedef struct {
  sb_comm *comm;
  const double *values;
  double *sums;
  int n;
} job;

/* Of rank r: a number of the place, and r times 1, 2 or 3: the sum over all ranks is known. */
static double factor(int i) { return (double)(1 + i % 3); }

static void fill(const probe_state *s, double *values, double *sums, int n) {
  const double rank = sb_comm_rank(s->run->comm);
  for (int i = 0; i < n; i++) {
    values[i] = probe_b(s->seed, i) + rank * factor(i);
    sums[i] = (double)NAN;
  }
}

static int64_t wrong_sums(const probe_state *s, const job *j) {
  const double ranks = sb_comm_size(s->run->comm);
  int64_t wrong = 0;
  for (int i = 0; i < j->n; i++) {
    const double right = ranks * probe_b(s->seed, i) + factor(i) * 0.5 * ranks * (ranks - 1.0);
    wrong += !(j->sums[i] == right); /* a NaN counts */
  }
  return wrong;
}

static void work_sum(void *context, int64_t loops) {
  const job *j = context;
  for (int64_t i = 0; i < loops; i++) sb_raw_sum(j->comm, j->values, j->sums, j->n);
}

static void work_barrier(void *context, int64_t loops) {
  const job *j = context;
  for (int64_t i = 0; i < loops; i++) sb_comm_barrier(j->comm);
}

sb_status probe_allreduce(probe_state *state) {
  static const probe_name names[2] = {
      {"allreduce", "sum of one double over all ranks"},
      {"allreduce_large", "sum of an array over all ranks, number by number"}};
  const int most = probe_allreduce_doubles(&state->config), lengths[2] = {1, most};
  double *values = NULL, *sums = NULL;
  sb_status status = SB_OK;
  if (status == SB_OK) status = sb_doubles_create(most, &values);
  if (status == SB_OK) status = sb_doubles_create(most, &sums);
  SB_TRY(sb_comm_agree(state->run->comm, status));
  for (int i = 0; i < 2; i++) {
    job j = {.comm = state->run->comm, .values = values, .sums = sums, .n = lengths[i]};
    fill(state, values, sums, j.n);
    sb_summary time;
    SB_TRY(probe_time(state, work_sum, &j, 1.0, &time));
    probe_count_wrong(state, PROBE_CHECK_SUMS, (double)wrong_sums(state, &j));
    probe_add_time(state, names[i], 1.0, &time);
  }
  sb_figures_add(&state->figures, "allreduce_large_bytes", "length of that array", "byte", "byte",
                 8.0 * most);
  job j = {.comm = state->run->comm};
  sb_summary time;
  SB_TRY(probe_time(state, work_barrier, &j, 1.0, &time));
  probe_add_time(state, (probe_name){"barrier", "barrier of all ranks"}, 1.0, &time);
cleanup:
  free(sums);
  free(values);
  return status;
}
