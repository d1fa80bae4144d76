#include "matmul_freivalds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"
#include "threads.h"

static const double UNIT = 0x1p-53;

/* Numbers of a vector that are summed over ranks together. */
enum { AT_ONCE = 1024 };

/* Integers are held modulo 2^64. */
typedef union {
  double real;
  int64_t integer;
} number;

/* Of one block all ranks hold the same sums, each having added what it knows. */
typedef struct {
  number *r;               /* own columns: the random vector */
  number *z, *z_abs;       /* own rows: A (B r) and |A| |B| 1, of own columns of A */
  number first[AT_ONCE];   /* B r; then A (B r) */
  number size[AT_ONCE];    /* |B| 1; then |A| |B| 1 */
  number product[AT_ONCE]; /* C r */
} vectors;

/* The random vector at j: odd (integer entries), or a sign. */
static number random_at(const matmul_state *s, int64_t j) {
  uint32_t word[4];
  const uint32_t counter[4] = {(uint32_t)j, (uint32_t)((uint64_t)j >> 32), 2, 0};
  const uint32_t key[2] = {(uint32_t)s->entries.seed, (uint32_t)(s->entries.seed >> 32)};
  sb_philox4x32_10(counter, key, word);
  const uint64_t bits = (uint64_t)word[1] << 32 | word[0];
  if (s->config.entries == MATMUL_INTEGER) return (number){.integer = (int64_t)(bits | 1)};
  return (number){.real = (bits & 1) != 0 ? 1.0 : -1.0};
}

bool matmul_is_sum(double x) { return x >= -0x1p53 && x <= 0x1p53 && x == floor(x); }

/* Entries of A and B in memory may be anything by now: what is no whole number counts as another
 * wrong one. */
static int64_t times(double x, number y) {
  if (!matmul_is_sum(x)) return INT64_C(0x5bd1e995);
  return (int64_t)((uint64_t)(int64_t)x * (uint64_t)y.integer);
}
static int64_t plus(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }

/* row . v, and with `sizes` |row| . sizes. */
static void dot(bool integer, const double *row, const number *v, const number *sizes, int64_t n,
                number *sum, number *size) {
  if (integer) {
    for (int64_t j = 0; j < n; j++) sum->integer = plus(sum->integer, times(row[j], v[j]));
    return;
  }
  double total = 0.0, absolute = 0.0;
  for (int64_t j = 0; j < n; j++) {
    total += row[j] * v[j].real;
    absolute += fabs(row[j]) * (sizes != NULL ? sizes[j].real : 1.0);
  }
  sum->real += total;
  size->real += absolute;
}

static bool is_integer(const matmul_state *s) { return s->config.entries == MATMUL_INTEGER; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static sb_range common(sb_range a, sb_range b) {
  return (sb_range){.lo = most(a.lo, b.lo), .hi = least(a.hi, b.hi)};
}

static void sum_over_ranks(const matmul_state *s, number *block, int64_t n) {
  if (is_integer(s)) {
    sb_comm_sum_i64(s->run->comm, &block->integer, (int)n);
  } else {
    sb_comm_sum_f64(s->run->comm, &block->real, (int)n);
  }
}

int64_t matmul_freivalds_bytes(const matmul_share *share) {
  const int64_t numbers = sb_count(share->columns) + 2 * sb_count(share->rows);
  return (int64_t)sizeof(vectors) + numbers * (int64_t)sizeof(number);
}

static sb_status create(const matmul_state *s, vectors **result) {
  const size_t rows = (size_t)sb_count(s->share.rows), n = (size_t)sb_count(s->share.columns);
  vectors *v = *result = calloc(1, sizeof *v);
  if (v != NULL) {
    v->r = calloc(n + 1, sizeof *v->r);
    v->z = calloc(rows + 1, sizeof *v->z);
    v->z_abs = calloc(rows + 1, sizeof *v->z_abs);
  }
  return v != NULL && v->r != NULL && v->z != NULL && v->z_abs != NULL
             ? SB_OK
             : sb_fail(SB_NO_MEMORY, "no memory for the check of %zu rows", rows);
}

static void destroy(vectors *v) {
  if (v == NULL) return;
  free(v->r);
  free(v->z);
  free(v->z_abs);
  free(v);
}

/* B r and |B| 1 in a block of k, from own rows of B. */
static void multiply_b(const matmul_state *s, vectors *v, sb_range block) {
  const matmul_share *w = &s->share;
  const int64_t n = sb_count(w->columns);
  const sb_range own = common(block, w->b_part);
  memset(v->first, 0, sizeof v->first);
  memset(v->size, 0, sizeof v->size);
#pragma omp parallel for schedule(static)
  for (int64_t i = own.lo; i < own.hi; i++) {
    dot(is_integer(s), s->b + (i - w->b_part.lo) * n, v->r, NULL, n, &v->first[i - block.lo],
        &v->size[i - block.lo]);
  }
  sum_over_ranks(s, v->first, sb_count(block));
  if (!is_integer(s)) sum_over_ranks(s, v->size, sb_count(block));
}

/* Adds A (B r) of a block of k, from own columns of A. Its panels lie one after the other. */
static void multiply_a(const matmul_state *s, vectors *v, sb_range block, const sb_range *panel,
                       int64_t panels) {
  const matmul_share *w = &s->share;
  const int64_t rows = sb_count(w->rows);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < rows; i++) {
    if (sb_thread() == 0) sb_progress();
    for (int64_t q = 0; q < panels; q++) {
      if (panel[q].lo < w->a_part.lo || panel[q].lo >= w->a_part.hi) continue;
      const sb_range k = common(block, panel[q]);
      if (k.lo >= k.hi) continue;
      const double *row =
          s->a + (panel[q].lo - w->a_part.lo) * rows + i * sb_count(panel[q]) + k.lo - panel[q].lo;
      dot(is_integer(s), row, v->first + k.lo - block.lo, v->size + k.lo - block.lo, sb_count(k),
          &v->z[i], &v->z_abs[i]);
    }
  }
}

/* C r in a block of rows, from own entries of C. Returns how many can be no sum of integers. */
static int64_t multiply_c(const matmul_state *s, vectors *v, sb_range block) {
  const matmul_share *w = &s->share;
  const int64_t n = sb_count(w->columns);
  const sb_range own = common(block, w->c_part);
  const bool integer = is_integer(s);
  int64_t invalid = 0;
  memset(v->product, 0, sizeof v->product);
#pragma omp parallel for schedule(static) reduction(+ : invalid)
  for (int64_t i = own.lo; i < own.hi; i++) {
    const double *row = s->c + (i - w->c_part.lo) * n;
    int64_t odd = 0;
    for (int64_t j = 0; integer && j < n; j++) odd += !matmul_is_sum(row[j]);
    number unused = {.integer = 0};
    if (odd == 0) dot(integer, row, v->r, NULL, n, &v->product[i - block.lo], &unused);
    invalid += odd;
  }
  sum_over_ranks(s, v->product, sb_count(block));
  return invalid;
}

/* A (B r) in a block of rows, from what every rank has of it. */
static void sum_rows(const matmul_state *s, vectors *v, sb_range block) {
  const sb_range rows = s->share.rows, own = common(block, rows);
  memset(v->first, 0, sizeof v->first);
  memset(v->size, 0, sizeof v->size);
  for (int64_t i = own.lo; i < own.hi; i++) {
    v->first[i - block.lo] = v->z[i - rows.lo];
    v->size[i - block.lo] = v->z_abs[i - rows.lo];
  }
  sum_over_ranks(s, v->first, sb_count(block));
  if (!is_integer(s)) sum_over_ranks(s, v->size, sb_count(block));
}

/* The error of a row of the block over its bound: more than 1 is wrong. */
static double row_error(const matmul_state *s, const vectors *v, int64_t i) {
  if (is_integer(s)) return v->first[i].integer != v->product[i].integer ? 2.0 : 0.0;
  const double bound =
      8.0 * UNIT * (sqrt((double)s->config.k) + sqrt((double)s->config.n)) * v->size[i].real;
  const double error = fabs(v->product[i].real - v->first[i].real);
  if (error == 0.0) return 0.0;
  const double ratio = error / bound;
  return isfinite(ratio) ? ratio : (double)INFINITY;
}

static void judge(const matmul_state *s, const vectors *v, sb_range block, matmul_rows *found) {
  for (int64_t i = 0; i < sb_count(block); i++) {
    const double error = row_error(s, v, i);
    if (!(error <= 1.0)) {
      found->wrong++;
      if (found->first < 0) found->first = block.lo + i;
    }
    if (!(error <= found->worst)) found->worst = error;
  }
}

sb_status matmul_freivalds(const matmul_state *s, const sb_range *panel, int64_t panels,
                           matmul_rows *found) {
  const int64_t m = s->config.m, k = s->config.k;
  vectors *v = NULL;
  *found = (matmul_rows){.first = -1};
  sb_status status = sb_comm_agree(s->run->comm, create(s, &v));
  if (status != SB_OK) goto cleanup;
#pragma omp parallel for schedule(static)
  for (int64_t j = s->share.columns.lo; j < s->share.columns.hi; j++) {
    v->r[j - s->share.columns.lo] = random_at(s, j);
  }
  for (int64_t lo = 0; lo < k; lo += AT_ONCE) {
    const sb_range block = {.lo = lo, .hi = least(k, lo + AT_ONCE)};
    multiply_b(s, v, block);
    multiply_a(s, v, block, panel, panels);
  }
  for (int64_t lo = 0; lo < m; lo += AT_ONCE) {
    const sb_range block = {.lo = lo, .hi = least(m, lo + AT_ONCE)};
    sum_rows(s, v, block);
    found->invalid += multiply_c(s, v, block);
    judge(s, v, block, found);
  }
  /* Whatever rounding made of the sums elsewhere. */
  sb_comm_broadcast(s->run->comm, &found->first, sizeof found->first);
cleanup:
  destroy(v);
  return status;
}
