/* Every kernel gives the exact product of integers, a close one of reals, for any shape, and
 * neither reads nor writes beside the blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "matmul_kernel.h"

enum { MARGIN = 3, BEHIND_SCRATCH = 64 }; /* rows and columns around a matrix; doubles */

static const double UNTOUCHED = -777.0;

/* rows x columns in the middle of an array. */
typedef struct {
  int64_t rows, columns, stride;
  size_t doubles;
  double *memory, *first;
} matrix;

typedef struct {
  const char *name;
  void (*multiply)(const matmul_block *, double *);
} kernel;

/* All kernels that run here, and the scratch of the blocked ones. */
static kernel kernels[SB_ISA_LEVELS + 1];
static int kernel_count;
static double *scratch;

static void naive(const matmul_block *block, double *unused) {
  (void)unused;
  matmul_naive(block);
}

static void spoil(double *x, size_t n, double value) {
  for (size_t i = 0; i < n; i++) x[i] = value;
}

static int find_kernels(void **state) {
  (void)state;
  kernels[kernel_count++] = (kernel){"naive", naive};
  for (int isa = 0; isa < SB_ISA_LEVELS; isa++) {
    if (!sb_isa_built((sb_isa)isa) || !sb_isa_runs((sb_isa)isa)) continue;
    matmul_kernels found;
    if (matmul_kernels_choose(sb_isa_name((sb_isa)isa), &found) != SB_OK) return 1;
    kernels[kernel_count++] = (kernel){found.name, found.blocked};
  }
  const size_t doubles = (size_t)matmul_blocked_scratch() + BEHIND_SCRATCH;
  scratch = aligned_alloc(64, doubles * sizeof *scratch);
  if (!scratch) return 1;
  spoil(scratch, doubles, NAN);
  spoil(scratch + matmul_blocked_scratch(), BEHIND_SCRATCH, UNTOUCHED);
  return 0;
}

static int check_scratch(void **state) {
  (void)state;
  for (int i = 0; i < BEHIND_SCRATCH; i++) {
    if (scratch[matmul_blocked_scratch() + i] != UNTOUCHED) return 1;
  }
  free(scratch);
  return 0;
}

static matrix matrix_make(int64_t rows, int64_t columns, int64_t stride, double around) {
  matrix x = {.rows = rows, .columns = columns, .stride = stride};
  x.doubles = (size_t)((rows + 2 * MARGIN) * stride + 2 * MARGIN);
  x.memory = malloc(x.doubles * sizeof *x.memory);
  assert_non_null(x.memory);
  x.first = x.memory + MARGIN * stride + MARGIN;
  spoil(x.memory, x.doubles, around);
  return x;
}

static double *at(const matrix *x, int64_t i, int64_t j) { return x->first + i * x->stride + j; }

/* Integers below 2^20 in magnitude: sums of a thousand products are exact; or reals on [-1, 1). */
static void fill(const matrix *x, uint64_t seed, bool integers) {
  uint64_t state = seed;
  for (int64_t i = 0; i < x->rows; i++) {
    for (int64_t j = 0; j < x->columns; j++) {
      state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      *at(x, i, j) = integers ? (double)((int64_t)(state >> 43) - (INT64_C(1) << 20))
                              : (double)(state >> 11) * 0x1p-52 - 1.0;
    }
  }
}

/* The product, plus `before` when there is one, in 64-bit integers. */
static void exact_product(const matrix *a, const matrix *b, const matrix *before,
                          const matrix *product) {
  for (int64_t i = 0; i < a->rows; i++) {
    for (int64_t j = 0; j < b->columns; j++) {
      int64_t sum = before ? (int64_t)*at(before, i, j) : 0;
      for (int64_t p = 0; p < a->columns; p++) {
        sum += (int64_t)*at(a, i, p) * (int64_t)*at(b, p, j);
      }
      *at(product, i, j) = (double)sum;
    }
  }
}

static void check_kernels(const matrix *a, const matrix *b, const matrix *before,
                          const matrix *expected) {
  matrix c = matrix_make(expected->rows, expected->columns, expected->stride, UNTOUCHED);
  const matmul_block block = {.m = a->rows,
                              .n = b->columns,
                              .k = a->columns,
                              .a = a->first,
                              .b = b->first,
                              .c = c.first,
                              .lda = a->stride,
                              .ldb = b->stride,
                              .ldc = c.stride,
                              .add = before};
  for (int which = 0; which < kernel_count; which++) {
    for (int64_t i = 0; i < c.rows; i++) { /* what is not added to is not read either */
      for (int64_t j = 0; j < c.columns; j++) *at(&c, i, j) = before ? *at(before, i, j) : NAN;
    }
    kernels[which].multiply(&block, scratch);
    if (memcmp(c.memory, expected->memory, c.doubles * sizeof *c.memory) != 0) {
      fail_msg("%s, %lld x %lld x %lld", kernels[which].name, (long long)block.m,
               (long long)block.n, (long long)block.k);
    }
  }
  free(c.memory);
}

/* NaN around a and b would show in c; what is around c is compared with it. */
static void check_shape(int64_t m, int64_t n, int64_t k) {
  const matrix a = matrix_make(m, k, k + 2 * MARGIN, NAN);
  const matrix b = matrix_make(k, n, n + MARGIN + 1, NAN);
  const matrix before = matrix_make(m, n, n + 1, 0.0);
  const matrix expected = matrix_make(m, n, n + MARGIN, UNTOUCHED);
  fill(&a, 1, true);
  fill(&b, 2, true);
  fill(&before, 3, true);
  exact_product(&a, &b, NULL, &expected);
  check_kernels(&a, &b, NULL, &expected);
  exact_product(&a, &b, &before, &expected);
  check_kernels(&a, &b, &before, &expected);
  free(a.memory);
  free(b.memory);
  free(before.memory);
  free(expected.memory);
}

/* Two tiles and a bit each way, whatever the instruction set: every tail there is. */
static void tails_of_tiles(void **state) {
  (void)state;
  static const int64_t lengths[] = {0, 1, 2, 3, 17};
  for (int64_t m = 1; m <= 26; m++) {
    for (int64_t n = 1; n <= 34; n++) check_shape(m, n, lengths[(m + n) % 5]);
  }
}

static void lengths_of_sums(void **state) {
  (void)state;
  for (int64_t k = 0; k <= 40; k++) {
    check_shape(1, 1, k);
    check_shape(13, 19, k);
  }
}

/* Around the ends of what is packed at a time, and beyond. */
static void more_than_one_panel(void **state) {
  (void)state;
  enum { M = MATMUL_PACKED_M, N = MATMUL_PACKED_N, K = MATMUL_PACKED_K };
  for (int d = -1; d <= 1; d++) {
    check_shape(M + d, 17, 5);
    check_shape(7, N + d, 3);
    check_shape(9, 11, K + d);
    check_shape(2 * M + d, 33, 2 * K + d);
  }
  check_shape(13, N + 65, K + 3);
  check_shape(301, 203, 307);
}

static void nothing_to_do(void **state) {
  (void)state;
  for (int which = 0; which < kernel_count; which++) {
    const matmul_block flat = {.m = 0, .n = 5, .k = 5, .lda = 5, .ldb = 5, .ldc = 5};
    const matmul_block thin = {.m = 5, .n = 0, .k = 5, .lda = 5};
    kernels[which].multiply(&flat, scratch);
    kernels[which].multiply(&thin, scratch);
  }
}

/* Doubles between two pages that nobody may touch, next to the second one or to the first. */
typedef struct {
  char *memory;
  size_t bytes;
  double *first;
} fenced;

static fenced fenced_make(int64_t doubles, bool at_end) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), used = (size_t)doubles * sizeof(double);
  const size_t room = (used + page - 1) / page * page;
  fenced f = {.bytes = room + 2 * page};
  f.memory = mmap(NULL, f.bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_true(f.memory != MAP_FAILED);
  assert_int_equal(mprotect(f.memory + page, room, PROT_READ | PROT_WRITE), 0);
  f.first = (double *)(void *)(f.memory + page + (at_end ? room - used : 0));
  spoil(f.first, (size_t)doubles, 1.0);
  return f;
}

static void multiply_fenced(int64_t m, int64_t n, int64_t k, bool at_end) {
  const fenced a = fenced_make(m * k, at_end), b = fenced_make(k * n, at_end);
  const fenced c = fenced_make(m * n, at_end);
  const matmul_block block = {.m = m,
                              .n = n,
                              .k = k,
                              .a = a.first,
                              .b = b.first,
                              .c = c.first,
                              .lda = k,
                              .ldb = n,
                              .ldc = n};
  for (int which = 0; which < kernel_count; which++) {
    kernels[which].multiply(&block, scratch);
    for (int64_t i = 0; i < m * n; i++) assert_true(c.first[i] == (double)k);
  }
  munmap(a.memory, a.bytes);
  munmap(b.memory, b.bytes);
  munmap(c.memory, c.bytes);
}

/* What is read and thrown away does not show in c: here it ends the test. */
static void nothing_else_is_read(void **state) {
  (void)state;
  for (int64_t m = 1; m <= 25; m++) {
    for (int64_t n = m % 3 + 1; n <= 34; n += 3) {
      multiply_fenced(m, n, 1 + (m + n) % 9, true);
      multiply_fenced(m, n, 1 + (m + n) % 9, false);
    }
  }
}

/* Sums in any order are off by at most k 2^-53 / (1 - k 2^-53) times the sum of magnitudes (Higham,
 * Accuracy and Stability of Numerical Algorithms, 3.1), here and in the reference, where long
 * double is double. */
static void check_reals(const matrix *a, const matrix *b, const matrix *c) {
  for (int64_t i = 0; i < c->rows; i++) {
    for (int64_t j = 0; j < c->columns; j++) {
      long double sum = 0.0L, magnitudes = 0.0L;
      for (int64_t p = 0; p < a->columns; p++) {
        const long double term = (long double)*at(a, i, p) * *at(b, p, j);
        sum += term;
        magnitudes += fabsl(term);
      }
      const long double bound = (long double)a->columns * 0x1p-52L * magnitudes;
      assert_true(fabsl(*at(c, i, j) - sum) <= bound);
    }
  }
}

static void reals_are_close(void **state) {
  (void)state;
  const matrix a = matrix_make(61, 300, 300, NAN), b = matrix_make(300, 73, 73, NAN);
  const matrix c = matrix_make(61, 73, 73, NAN);
  fill(&a, 4, false);
  fill(&b, 5, false);
  const matmul_block block = {.m = 61,
                              .n = 73,
                              .k = 300,
                              .a = a.first,
                              .b = b.first,
                              .c = c.first,
                              .lda = 300,
                              .ldb = 73,
                              .ldc = 73};
  for (int which = 0; which < kernel_count; which++) {
    kernels[which].multiply(&block, scratch);
    check_reals(&a, &b, &c);
  }
  free(a.memory);
  free(b.memory);
  free(c.memory);
}

/* Row by column, by hand. */
static void two_by_two(void **state) {
  (void)state;
  static const double a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8}, product[] = {19, 22, 43, 50};
  for (int which = 0; which < kernel_count; which++) {
    double c[4];
    const matmul_block block = {
        .m = 2, .n = 2, .k = 2, .a = a, .b = b, .c = c, .lda = 2, .ldb = 2, .ldc = 2};
    kernels[which].multiply(&block, scratch);
    assert_memory_equal(c, product, sizeof c);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_by_two),      cmocka_unit_test(tails_of_tiles),
      cmocka_unit_test(lengths_of_sums), cmocka_unit_test(more_than_one_panel),
      cmocka_unit_test(nothing_to_do),   cmocka_unit_test(nothing_else_is_read),
      cmocka_unit_test(reals_are_close),
  };
  return cmocka_run_group_tests(tests, find_kernels, check_scratch);
}
