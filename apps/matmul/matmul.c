/* matmul.c: the mini-app matmul. See README.md. */
#include "matmul.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matmul_checks.h"
#include "matmul_options.h"
#include "matmul_run.h"
#include "memory.h"
#include "threads.h"

static void kernel_name(const void *config, char *text, size_t bytes) {
  const matmul_config *c = config;
  static const char *const names[] = {"naive", "blocked", "blas"};
  matmul_kernels vector;
  if (c->kernel == MATMUL_BLOCKED && matmul_kernels_choose(matmul_simd_name(c), &vector) == SB_OK) {
    snprintf(text, bytes, "blocked/%s", vector.name);
  } else {
    snprintf(text, bytes, "%s", names[c->kernel]);
  }
}

static const char *exchange(const void *state) {
  return matmul_panels_way(((const matmul_state *)state)->panels);
}

/* Own parts of A and B; panels of A as they will be handed over. */
static sb_status fill(matmul_state *s) {
  const matmul_share *w = &s->share;
  const int64_t rows = sb_count(w->rows), columns = sb_count(w->columns);
  sb_range *panel = calloc((size_t)matmul_panels_most(&s->layout, w->layer), sizeof *panel);
  if (panel == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the list of panels");
  const int64_t panels = matmul_panels_cut(&s->layout, w->layer, panel);
  for (int64_t q = 0; q < panels; q++) {
    if (panel[q].lo < w->a_part.lo || panel[q].lo >= w->a_part.hi) continue;
    const int64_t width = sb_count(panel[q]);
    double *to = s->a + rows * (panel[q].lo - w->a_part.lo);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < rows; i++) {
      matmul_entries_row(&s->entries, MATMUL_A, w->rows.lo + i, s->config.k, panel[q].lo, width,
                         to + i * width);
    }
  }
#pragma omp parallel for schedule(static)
  for (int64_t i = w->b_part.lo; i < w->b_part.hi; i++) {
    matmul_entries_row(&s->entries, MATMUL_B, i, s->config.n, w->columns.lo, columns,
                       s->b + (i - w->b_part.lo) * columns);
  }
  free(panel);
  return SB_OK;
}

/* Zeros, by the threads that will write there. */
static void touch(const matmul_state *s) {
  const int64_t rows = sb_count(s->share.rows), columns = sb_count(s->share.columns);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows; i++) {
    memset(s->block + i * columns, 0, (size_t)columns * sizeof *s->block);
  }
}

static sb_status make_scratch(matmul_state *s) {
  sb_status status = SB_OK;
  if (s->config.kernel != MATMUL_BLOCKED) return SB_OK;
  const int threads = s->run->threads;
  s->scratch = calloc((size_t)threads, sizeof *s->scratch);
  if (s->scratch == NULL) return sb_fail(SB_NO_MEMORY, "no memory for %d threads", threads);
  for (int t = 0; t < threads; t++) {
    SB_TRY(sb_doubles_create(matmul_blocked_scratch(), &s->scratch[t]));
  }
cleanup:
  return status;
}

/* What a rank makes by itself. */
static sb_status make_local(matmul_state *s) {
  const int64_t kept = sb_count(s->share.c_part) * sb_count(s->share.columns);
  sb_status status = SB_OK;
  SB_TRY(matmul_kernels_choose(matmul_simd_name(&s->config), &s->vector));
  SB_TRY(make_scratch(s));
  s->a = matmul_panels_a(s->panels);
  s->b = matmul_panels_b(s->panels);
  s->block = s->c = matmul_panels_block(s->panels);
  if (s->layout.dist.grid[MATMUL_K] > 1) SB_TRY(sb_doubles_create(kept, &s->c));
  touch(s);
  SB_TRY(fill(s));
cleanup:
  return status;
}

static sb_status setup(const sb_run *run, void *config, void **state) {
  matmul_state *s = calloc(1, sizeof *s);
  sb_status status =
      s != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for %zu bytes", sizeof *s);
  *state = s;
  SB_TRY(sb_comm_agree(run->comm, status));
  s->run = run;
  s->config = *(const matmul_config *)config;
  s->entries =
      matmul_entries_make(s->config.entries == MATMUL_INTEGER, s->config.k, run->common->seed);
  SB_TRY(matmul_layout_make(&s->config, sb_comm_size(run->comm), &s->layout));
  s->share = matmul_share_of(&s->layout, sb_comm_rank(run->comm));
  SB_TRY(
      matmul_panels_create(run->comm, &s->layout, (sb_exchange)run->common->exchange, &s->panels));
  SB_TRY(sb_comm_agree(run->comm, make_local(s)));
  matmul_panels_ready(s->panels);
cleanup:
  return status;
}

static sb_status run(void *state, sb_clock *clock) {
  matmul_product(state, clock);
  return SB_OK;
}

static sb_status verify(void *state, sb_checks *checks) { return matmul_check(state, checks); }

/* A matrix whose rows and columns carry the names of their axes. */
static void describe(sb_field *field, const char *name, const char *long_name, const char *down,
                     int64_t rows, const char *across, int64_t columns, sb_range lo_hi_rows,
                     sb_range lo_hi_columns, const double *data) {
  *field = (sb_field){.name = name, .long_name = long_name, .units = "1", .dims = 2, .data = data};
  field->axis[0] = (sb_axis){
      .name = down, .long_name = "row", .units = "1", .n = rows, .first = 0.0, .step = 1.0};
  field->axis[1] = (sb_axis){
      .name = across, .long_name = "column", .units = "1", .n = columns, .first = 0.0, .step = 1.0};
  field->lo[0] = lo_hi_rows.lo;
  field->hi[0] = lo_hi_rows.hi;
  field->lo[1] = lo_hi_columns.lo;
  field->hi[1] = lo_hi_columns.hi;
}

static sb_status add_fields(matmul_state *s, sb_fields *fields) {
  const matmul_share *w = &s->share;
  const matmul_config *c = &s->config;
  sb_status status = SB_OK;
  sb_range *panel = calloc((size_t)matmul_panels_most(&s->layout, w->layer), sizeof *panel);
  if (panel == NULL) return sb_fail(SB_NO_MEMORY, "no memory for the list of panels");
  SB_TRY(sb_doubles_create(sb_count(w->rows) * sb_count(w->a_part), &s->packed));
  matmul_unpack_a(s, panel, matmul_panels_cut(&s->layout, w->layer, panel), s->packed);
  sb_field *a = sb_fields_add(fields), *b = sb_fields_add(fields), *product = sb_fields_add(fields);
  if (product == NULL) {
    status = sb_fail(SB_INTERNAL, "too many fields");
    goto cleanup;
  }
  describe(a, "A", "left operand", "i", c->m, "l", c->k, w->rows, w->a_part, s->packed);
  describe(b, "B", "right operand", "l", c->k, "j", c->n, w->b_part, w->columns, s->b);
  describe(product, "C", "product", "i", c->m, "j", c->n, w->c_part, w->columns, s->c);
cleanup:
  free(panel);
  return status;
}

static sb_status output(void *state, sb_figures *figures, sb_fields *fields) {
  matmul_state *s = state;
  int64_t digest = (int64_t)matmul_digest(s);
  sb_comm_sum_i64(s->run->comm, &digest, 1);
  sb_figures_add_count(figures, "digest", "digest of C, a 64-bit sum: the same for equal bits",
                       digest);
  sb_figures_add(figures, "work_per_worker", "operations of a product for each rank and thread",
                 "flop", "1",
                 2.0 * (double)s->config.m * (double)s->config.n * (double)s->config.k /
                     (double)(sb_comm_size(s->run->comm) * s->run->threads));
  return s->run->common->fields ? add_fields(s, fields) : SB_OK;
}

static void teardown(void **state) {
  matmul_state *s = *state;
  if (s == NULL) return;
  if (s->c != s->block) free(s->c);
  matmul_panels_destroy(&s->panels);
  for (int t = 0; s->scratch != NULL && t < s->run->threads; t++) free(s->scratch[t]);
  free(s->scratch);
  free(s->packed);
  free(s);
  *state = NULL;
}

/* A panel's worth of a block that no cache holds. */
static double probe_rate(const void *config) {
  matmul_state s = {.config = *(const matmul_config *)config};
  const int64_t n = s.config.kernel == MATMUL_NAIVE ? 128 : 512, k = 256;
  double *memory = NULL, *scratch = NULL, best = (double)NAN;
  s.scratch = &scratch;
  if (sb_doubles_create(2 * n * k + n * n, &memory) == SB_OK &&
      sb_doubles_create(matmul_blocked_scratch(), &scratch) == SB_OK &&
      matmul_kernels_choose(matmul_simd_name(&s.config), &s.vector) == SB_OK) {
    memset(memory, 0, (size_t)(2 * n * k + n * n) * sizeof *memory);
    const matmul_block block = {.m = n,
                                .n = n,
                                .k = k,
                                .a = memory,
                                .b = memory + n * k,
                                .c = memory + 2 * n * k,
                                .lda = k,
                                .ldb = n,
                                .ldc = n};
    for (int i = 0; i < 3; i++) {
      const double start = sb_now();
      matmul_multiply(&s, &block);
      const double rate = 2.0 * (double)n * (double)n * (double)k / (sb_now() - start);
      if (i > 0 && !(rate < best)) best = rate;
    }
  }
  free(memory);
  free(scratch);
  return best;
}

const sb_app matmul_app = {
    .name = "matmul",
    .title = "Matrix multiply: C = A B, dense, in double precision",
    .unit = "flop",
    .rate_unit = "flop/s",
    .rate_udunit = "s-1",
    .options = matmul_options,
    .config_size = sizeof(matmul_config),
    .grow = matmul_grow,
    .fill = matmul_fill,
    .check = matmul_check_options,
    .check_sized = matmul_check_sized,
    .plan = matmul_plan,
    .kernel_name = kernel_name,
    .probe_rate = probe_rate,
    .blas_name = matmul_blas_name,
    .exchange = exchange,
    .setup = setup,
    .run = run,
    .verify = verify,
    .output = output,
    .teardown = teardown,
};
