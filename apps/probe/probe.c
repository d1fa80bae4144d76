/* probe.c: the mini-app probe. See README.md. */
#include "probe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blas.h"
#include "memory.h"
#include "probe_disturbed.h"
#include "probe_memory.h"
#include "probe_options.h"
#include "probe_plan.h"
#include "simulation.h"

static void kernel_name(const void *config, char *text, size_t bytes) {
  const probe_config *c = config;
  probe_kernels vector;
  const bool known = probe_kernels_choose(probe_simd_name(c), &vector) == SB_OK;
  snprintf(text, bytes, "%s/%s", c->stream ? "stream" : "store", known ? vector.name : "unknown");
}

/* Each part, the check that its errors count for, and where that bound comes from. */
typedef struct {
  sb_status (*measure)(probe_state *);
  const char *name;
} part;

static const part parts[PROBE_PARTS] = {
    [PROBE_MEMORY] = {probe_memory, "memory"},
    [PROBE_COMPUTE] = {probe_compute, "compute"},
    [PROBE_LATENCY] = {probe_latency, "latency"},
    [PROBE_PAIRS] = {probe_pairs, "pairs"},
    [PROBE_ALLTOALL] = {probe_alltoall, "alltoall"},
    [PROBE_ALLREDUCE] = {probe_allreduce, "allreduce"},
    [PROBE_NOISE] = {probe_noise, "noise"},
    [PROBE_IO] = {probe_io, "io"},
};

typedef struct {
  const char *name, *source;
  int part; /* that it belongs to; -1: every run */
} check;

static const check checks_of[PROBE_CHECKS] = {
    [PROBE_CHECK_TRIAD] = {"triad", "exact: small integers", -1},
    [PROBE_CHECK_SWEEPS] = {"sweeps", "exact: small integers", PROBE_MEMORY},
    [PROBE_CHECK_CHAINS] = {"chains", "exact: the same bits in plain C", PROBE_COMPUTE},
    [PROBE_CHECK_PRODUCTS] = {"products", "exact: small integers", PROBE_COMPUTE},
    [PROBE_CHECK_MESSAGES] = {"messages", "exact: every byte", PROBE_LATENCY},
    [PROBE_CHECK_PAIRS] = {"pairs", "exact: every byte", PROBE_PAIRS},
    [PROBE_CHECK_ALLTOALL] = {"alltoall", "exact: every byte", PROBE_ALLTOALL},
    [PROBE_CHECK_SUMS] = {"sums", "exact: small integers", PROBE_ALLREDUCE},
    [PROBE_CHECK_QUANTA] = {"quanta", "exact: the same bits in plain C", PROBE_NOISE},
    [PROBE_CHECK_FILE] = {"file", "exact: every byte", PROBE_IO},
};

void probe_count_wrong(probe_state *state, probe_check_kind kind, double wrong) {
  state->wrong[kind] += wrong;
  state->counted[kind] = true;
}

/* STREAM's rule: the arrays together are four times all caches, or it is these that are measured.
 */
static void warn_of_caches(const probe_state *s) {
  if (sb_simulated_platform() != NULL) return; /* there are none */
  const double arrays = 24.0 * (double)s->config.n / sb_comm_nodes(s->run->comm);
  const double caches = (double)s->run->cache_bytes;
  if (arrays < 4.0 * caches) {
    sb_warn(s->run, "memory: arrays of %.3g MB a node are less than 4 times its caches of %.3g MB",
            arrays / 1e6, caches / 1e6);
  }
}

/* Figures that are nonsense all the same are figures: a reader must know. */
static void warn_of_disturbance(const probe_state *s) {
  const sb_figure *figure = s->figures.figure;
  int core = 0;
  for (int i = -1; (i = probe_disturbed(&s->figures, i + 1, &core)) >= 0;) {
    sb_warn(s->run, "disturbed: %s, %.3g %s, is below %s, %.3g %s: others used this machine",
            figure[i].name, figure[i].value, figure[i].unit, figure[core].name, figure[core].value,
            figure[core].unit);
  }
}

static sb_status make_lists(probe_state *s) {
  const size_t threads = (size_t)s->run->threads;
  double **lists[] = {&s->workers.triad, &s->workers.chains, &s->workers.loss, &s->workers.detour};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    *lists[i] = calloc(threads, sizeof **lists[i]);
    if (*lists[i] == NULL) return sb_fail(SB_NO_MEMORY, "no memory for %zu threads", threads);
  }
  return SB_OK;
}

static sb_status setup(const sb_run *run, void *config, void **state) {
  probe_config *c = config;
  probe_state *s = calloc(1, sizeof *s);
  sb_status status =
      s != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for %zu bytes", sizeof *s);
  *state = s;
  SB_TRY(sb_comm_agree(run->comm, status));
  s->run = run;
  s->config = *c;
  s->seed = (uint64_t)run->common->seed;
  s->share = sb_split(c->n, 8, sb_comm_size(run->comm), sb_comm_rank(run->comm));
  status = probe_kernels_choose(probe_simd_name(c), &s->vector);
  if (status == SB_OK) status = make_lists(s);
  SB_TRY(sb_comm_agree(run->comm, status));
  SB_TRY(probe_arrays_create(s));
  c->stream = s->config.stream = s->stream;
  warn_of_caches(s);
cleanup:
  return status;
}

static sb_status run(void *state, sb_clock *clock) {
  const probe_state *s = state;
  (void)clock;
  probe_sweep(s, PROBE_TRIAD, s->stream, NULL);
  return SB_OK;
}

static sb_status measure(void *state) {
  probe_state *s = state;
  sb_status status = SB_OK;
  probe_count_wrong(s, PROBE_CHECK_TRIAD, (double)probe_sweep_wrong(s, PROBE_TRIAD));
  if (s->config.left_out && sb_comm_rank(s->run->comm) == 0) {
    printf("# latency, pairs, alltoall, allreduce: left out, for there is one rank\n");
  }
  for (int p = 0; p < PROBE_PARTS; p++) {
    if (s->config.parts[p]) SB_TRY(parts[p].measure(s));
  }
  warn_of_disturbance(s);
cleanup:
  return status;
}

/* Whether this run has what the check is of: a build without BLAS has no products, and a tournament
 * may have too many players. The same on all ranks. */
static bool expected(const probe_state *s, int kind) {
  const int of = checks_of[kind].part;
  if (kind == PROBE_CHECK_PRODUCTS && !sb_blas_built()) return false;
  if (kind == PROBE_CHECK_PAIRS && s->players == 0) return false;
  return of < 0 || s->config.parts[of];
}

static sb_status verify(void *state, sb_checks *checks) {
  const probe_state *s = state;
  for (int kind = 0; kind < PROBE_CHECKS; kind++) {
    if (expected(s, kind)) sb_checks_expect(checks, checks_of[kind].name, checks_of[kind].source);
  }
  for (int kind = 0; kind < PROBE_CHECKS; kind++) {
    if (s->counted[kind]) sb_checks_record(checks, checks_of[kind].name, s->wrong[kind], 0.0);
  }
  return SB_OK;
}

static sb_status output(void *state, sb_figures *figures, sb_fields *fields) {
  probe_state *s = state;
  for (int i = 0; i < s->figures.count; i++) {
    const sb_figure *f = &s->figures.figure[i];
    sb_figure *to = sb_figures_add(figures, f->name, f->long_name, f->unit, f->udunit, f->value);
    if (to == NULL) return sb_fail(SB_INTERNAL, "too many figures");
    *to = *f;
  }
  return s->run->common->fields ? probe_add_fields(s, fields) : SB_OK;
}

static void teardown(void **state) {
  probe_state *s = *state;
  if (s == NULL) return;
  probe_arrays_destroy(s);
  for (int t = 0; t < PROBE_TABLES; t++) free(s->pairs[t]);
  free(s->workers.triad);
  free(s->workers.chains);
  free(s->workers.loss);
  free(s->workers.detour);
  free(s);
  *state = NULL;
}

/* Three short arrays would lie in a cache; these are 100 MB. */
static double probe_rate(const void *config) {
  const int64_t n = INT64_C(1) << 22;
  probe_kernels vector;
  double *memory = NULL, best = (double)NAN;
  if (probe_kernels_choose(probe_simd_name(config), &vector) == SB_OK &&
      sb_doubles_create(3 * n, &memory) == SB_OK) {
    memset(memory, 0, (size_t)(3 * n) * sizeof *memory);
    for (int i = 0; i < 4; i++) {
      const double start = sb_now();
      vector.triad[i % 2](memory, memory + n, memory + 2 * n, PROBE_SCALE, n);
      const double rate = 24.0 * (double)n / (sb_now() - start);
      if (!(rate < best)) best = rate;
    }
  }
  free(memory);
  return best;
}

const sb_app probe_app = {
    .name = "probe",
    .title = "Probe: what this machine can do at best, in memory, arithmetic, messages and files",
    .unit = "byte",
    .rate_unit = "byte/s",
    .rate_udunit = "byte s-1",
    .options = probe_options,
    .config_size = sizeof(probe_config),
    .grow = probe_grow,
    .fill = probe_fill,
    .check = probe_check_options,
    .plan = probe_plan,
    .kernel_name = kernel_name,
    .probe_rate = probe_rate,
    .setup = setup,
    .blas_name = sb_blas_name,
    .run = run,
    .measure = measure,
    .verify = verify,
    .output = output,
    .teardown = teardown,
};
