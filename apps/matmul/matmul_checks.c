#include "matmul_checks.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "matmul_freivalds.h"
#include "threads.h"

static const char derived[] = "Freivalds (1977), rounding as in Higham and Mary (2019)";
static const double UNIT = 0x1p-53;

static int64_t row_length(const matmul_state *s) { return sb_count(s->share.columns); }

/* The distance of C(i, j) from the entry computed again, in units of what rounding can make, which
 * is nothing for integers. */
static double entry_error(const matmul_state *s, const double *row_of_a, double *column, int64_t i,
                          int64_t j) {
  const int64_t k = s->config.k, n = row_length(s);
  const double found = s->c[(i - s->share.c_part.lo) * n + j - s->share.columns.lo];
  long double sum = 0.0L, size = 0.0L;
  for (int64_t l = 0; l < k; l++) {
    matmul_entries_row(&s->entries, MATMUL_B, l, s->config.n, j, 1, column);
    sum += (long double)row_of_a[l] * (long double)column[0];
    size += fabsl((long double)row_of_a[l] * (long double)column[0]);
  }
  if (s->config.entries == MATMUL_INTEGER) return found == (double)sum ? 0.0 : (double)INFINITY;
  const long double bound = 4.0L * (long double)UNIT * sqrtl((long double)k) * size;
  const double error = (double)fabsl((long double)found - sum);
  if (error == 0.0) return 0.0;
  const double ratio = error / (double)bound;
  return isfinite(ratio) ? ratio : (double)INFINITY;
}

typedef struct {
  double error;
  int64_t row, column;
} place;

/* The worst entry of this rank's part of a row. */
static sb_status search_row(const matmul_state *s, int64_t i, place *worst) {
  const matmul_share *w = &s->share;
  *worst = (place){.error = 0.0, .row = i};
  if (i < w->c_part.lo || i >= w->c_part.hi) return SB_OK;
  double *row = malloc((size_t)s->config.k * sizeof *row);
  if (row == NULL) return sb_fail(SB_NO_MEMORY, "no memory to look for a wrong entry");
  matmul_entries_row(&s->entries, MATMUL_A, i, s->config.k, 0, s->config.k, row);
#pragma omp parallel for schedule(dynamic, 16)
  for (int64_t j = w->columns.lo; j < w->columns.hi; j++) {
    double room;
    if (sb_thread() == 0) sb_progress();
    const double error = entry_error(s, row, &room, i, j);
#pragma omp critical
    if (error > worst->error) *worst = (place){.error = error, .row = i, .column = j};
  }
  free(row);
  return SB_OK;
}

/* Tells where the first wrong row is wrong; the rank that holds the entry records the error. */
static sb_status name_wrong_entry(const matmul_state *s, int64_t row, double error,
                                  sb_checks *checks, const char *check, double bound) {
  place worst;
  int rank = 0;
  sb_status status = sb_comm_agree(s->run->comm, search_row(s, row, &worst));
  if (status != SB_OK) return status;
  double most = worst.error;
  sb_comm_max_f64(s->run->comm, &most, &rank, 1);
  if (!(most > 1.0)) rank = 0; /* the sum of many small ones */
  sb_comm_broadcast_from(s->run->comm, rank, &worst, sizeof worst);
  if (sb_comm_rank(s->run->comm) == 0 && most > 1.0) {
    printf("# C(%" PRId64 ", %" PRId64 ") is wrong, on rank %d\n", worst.row, worst.column, rank);
  }
  sb_checks_record(checks, check, sb_comm_rank(s->run->comm) == rank ? error : 0.0, bound);
  return SB_OK;
}

static sb_status judge_rows(const matmul_state *s, const matmul_rows *rows, sb_checks *checks) {
  const bool integer = s->config.entries == MATMUL_INTEGER;
  const char *check = integer ? "rows" : "freivalds";
  const double bound = integer ? 0.0 : 1.0;
  const double error = integer ? (double)rows->wrong : rows->worst;
  if (rows->first >= 0) return name_wrong_entry(s, rows->first, error, checks, check, bound);
  sb_checks_record(checks, check, error, bound);
  return SB_OK;
}

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* Whether `count` entries made again are those in memory. */
static int64_t differing(const matmul_state *s, matmul_operand operand, int64_t row,
                         int64_t columns, int64_t first, int64_t count, const double *there) {
  enum { AT_ONCE = 256 };
  double made[AT_ONCE];
  int64_t found = 0;
  if (sb_thread() == 0) sb_progress();
  for (int64_t at = 0; at < count; at += AT_ONCE) {
    const int64_t some = count - at < AT_ONCE ? count - at : AT_ONCE;
    matmul_entries_row(&s->entries, operand, row, columns, first + at, some, made);
    for (int64_t i = 0; i < some; i++) found += bits_of(made[i]) != bits_of(there[at + i]);
  }
  return found;
}

/* Own entries of A and B that are no longer what they were made as. */
static int64_t count_changed(const matmul_state *s, const sb_range *panel, int64_t panels) {
  const matmul_share *w = &s->share;
  const int64_t rows = sb_count(w->rows), n = row_length(s);
  int64_t found = 0;
#pragma omp parallel reduction(+ : found)
  {
    for (int64_t q = 0; q < panels; q++) {
      if (panel[q].lo < w->a_part.lo || panel[q].lo >= w->a_part.hi) continue;
      const int64_t width = sb_count(panel[q]);
      const double *there = s->a + (panel[q].lo - w->a_part.lo) * rows;
#pragma omp for schedule(static) nowait
      for (int64_t i = 0; i < rows; i++) {
        found += differing(s, MATMUL_A, w->rows.lo + i, s->config.k, panel[q].lo, width,
                           there + i * width);
      }
    }
#pragma omp for schedule(static) nowait
    for (int64_t i = w->b_part.lo; i < w->b_part.hi; i++) {
      found +=
          differing(s, MATMUL_B, i, s->config.n, w->columns.lo, n, s->b + (i - w->b_part.lo) * n);
    }
  }
  return found;
}

sb_status matmul_check(matmul_state *s, sb_checks *checks) {
  const bool integer = s->config.entries == MATMUL_INTEGER;
  matmul_rows rows;
  sb_range *panel = calloc((size_t)matmul_panels_most(&s->layout, s->share.layer), sizeof *panel);
  int64_t panels = 0;
  sb_status status = panel != NULL ? SB_OK : sb_fail(SB_NO_MEMORY, "no memory for a check");
  sb_checks_expect(checks, integer ? "rows" : "freivalds", integer ? "exact modulo 2^64" : derived);
  sb_checks_expect(checks, "operands", "entries made again");
  if (integer) sb_checks_expect(checks, "integers", "exact sums");
  SB_TRY(sb_comm_agree(s->run->comm, status));
  panels = matmul_panels_cut(&s->layout, s->share.layer, panel);
  SB_TRY(matmul_freivalds(s, panel, panels, &rows));
  SB_TRY(judge_rows(s, &rows, checks));
  sb_checks_record(checks, "operands", (double)count_changed(s, panel, panels), 0.0);
  if (integer) sb_checks_record(checks, "integers", (double)rows.invalid, 0.0);
cleanup:
  free(panel);
  return status;
}

uint64_t matmul_digest(const matmul_state *s) {
  const matmul_share *w = &s->share;
  const int64_t n = row_length(s);
  uint64_t digest = 0;
#pragma omp parallel for schedule(static) reduction(+ : digest)
  for (int64_t i = w->c_part.lo; i < w->c_part.hi; i++) {
    digest += sb_digest_row(s->c + (i - w->c_part.lo) * n, n,
                            (uint64_t)(i * s->config.n + w->columns.lo), 1);
  }
  return digest;
}

void matmul_unpack_a(const matmul_state *s, const sb_range *panel, int64_t panels, double *out) {
  const matmul_share *w = &s->share;
  const int64_t rows = sb_count(w->rows), wide = sb_count(w->a_part);
  for (int64_t q = 0; q < panels; q++) {
    const int64_t at = panel[q].lo - w->a_part.lo, width = sb_count(panel[q]);
    if (at < 0 || at >= wide) continue;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < rows; i++) {
      memcpy(out + i * wide + at, s->a + at * rows + i * width, (size_t)width * sizeof *out);
    }
  }
}
