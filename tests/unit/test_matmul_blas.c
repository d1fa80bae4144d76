/* BLAS multiplies as three loops do, whole and cut into pieces, and writes nothing beside c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "matmul_cut.h"
#include "matmul_kernel.h"

enum { PAD = 3 }; /* columns that a leading dimension has beyond the matrix's own */

static const double beside = -12345.0; /* what c's padding holds, before and after */

static double *numbers(int64_t count, uint64_t seed) {
  double *x = malloc((size_t)(count + 1) * sizeof *x);
  assert_non_null(x);
  for (int64_t i = 0; i < count; i++) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    x[i] = (double)(int64_t)(seed >> 53) - 1024.0; /* products up to 2^20: every sum is exact */
  }
  return x;
}

static void three_loops(const matmul_block *x) {
  for (int64_t i = 0; i < x->m; i++) {
    for (int64_t j = 0; j < x->n; j++) {
      double sum = x->add ? x->c[i * x->ldc + j] : 0.0;
      for (int64_t p = 0; p < x->k; p++) sum += x->a[i * x->lda + p] * x->b[p * x->ldb + j];
      x->c[i * x->ldc + j] = sum;
    }
  }
}

static int64_t limit, pieces;

/* A library whose integers hold no more than `limit`. */
static void narrow(const matmul_block *x) {
  assert_in_range(x->m, 1, limit);
  assert_in_range(x->n, 1, limit);
  assert_in_range(x->k, 0, limit);
  assert_in_range(x->lda, 1, limit);
  assert_in_range(x->ldb, 1, limit);
  assert_in_range(x->ldc, 1, limit);
  assert_true(x->lda >= x->k && x->ldb >= x->n && x->ldc >= x->n);
  if (matmul_have_blas())
    matmul_blas(x);
  else
    three_loops(x);
  pieces++;
}

static void cut(const matmul_block *x) { matmul_cut(x, limit, narrow); }

/* `product` against three loops. What c holds where it is not added must not matter: NaN. */
static void check(void (*product)(const matmul_block *), int64_t m, int64_t n, int64_t k,
                  int64_t pad, bool add) {
  const int64_t lda = k + pad, ldb = n + pad, ldc = n + pad, cells = m * ldc;
  double *a = numbers(m * lda, 1), *b = numbers(k * ldb, 2), *c = numbers(cells, 3);
  double *expected = numbers(cells, 3);
  for (int64_t e = 0; e < cells; e++) {
    if (e % ldc >= n)
      c[e] = expected[e] = beside;
    else if (!add)
      c[e] = expected[e] = NAN;
  }
  matmul_block x = {
      .m = m, .n = n, .k = k, .a = a, .b = b, .c = c, .lda = lda, .ldb = ldb, .ldc = ldc};
  x.add = add;
  product(&x);
  x.c = expected;
  three_loops(&x);
  for (int64_t e = 0; e < cells; e++) assert_true(c[e] == expected[e]);
  free(a);
  free(b);
  free(c);
  free(expected);
}

static void check_all_ways(void (*product)(const matmul_block *), int64_t m, int64_t n, int64_t k) {
  for (int way = 0; way < 4; way++) check(product, m, n, k, way & 1 ? PAD : 0, way >= 2);
}

static void skip_without_blas(void) {
#ifdef SB_HAVE_BLAS
  assert_true(matmul_have_blas());
#else
  assert_false(matmul_have_blas());
  skip();
#endif
}

static void small_shapes_agree(void **state) {
  (void)state;
  skip_without_blas();
  for (int64_t m = 0; m <= 9; m++)
    for (int64_t n = 0; n <= 9; n++)
      for (int64_t k = 0; k <= 9; k++) check_all_ways(matmul_blas, m, n, k);
}

/* Past the tiles and packed panels of any BLAS, on either side. */
static void odd_shapes_agree(void **state) {
  (void)state;
  skip_without_blas();
  check_all_ways(matmul_blas, 131, 257, 389);
  check_all_ways(matmul_blas, 1, 1031, 17);
  check_all_ways(matmul_blas, 1031, 1, 17);
  check_all_ways(matmul_blas, 3, 5, 4099);
}

static void nothing_to_do_touches_nothing(void **state) {
  (void)state;
  skip_without_blas();
  matmul_blas(&(matmul_block){.m = 0, .n = 7, .k = 7, .lda = 7, .ldb = 7, .ldc = 7});
  matmul_blas(&(matmul_block){.m = 7, .n = 0, .k = 7, .lda = 7});
  double c[2] = {NAN, NAN}; /* leading dimensions of 0, as a matrix of no columns has them */
  matmul_blas(&(matmul_block){.m = 1, .n = 2, .k = 0, .c = c, .ldb = 2, .ldc = 2});
  assert_true(c[0] == 0.0 && c[1] == 0.0);
}

/* With leading dimensions up to 9 + PAD, limits from 1 on cut everything or only some of it. */
static void pieces_make_the_whole(void **state) {
  (void)state;
  for (limit = 1; limit <= 13; limit++)
    for (int64_t m = 0; m <= 9; m += 3)
      for (int64_t n = 0; n <= 9; n += 3)
        for (int64_t k = 0; k <= 9; k++) check_all_ways(cut, m, n, k);
}

static void what_fits_is_one_piece(void **state) {
  (void)state;
  for (limit = 7; limit <= 9; limit++) {
    pieces = 0;
    check(cut, 7, 7, 7, 0, false);
    assert_int_equal(pieces, 1);
  }
  limit = 6;
  pieces = 0;
  check(cut, 7, 7, 7, 0, false); /* rows one at a time; 6 + 1 columns; k by rows of b */
  assert_int_equal(pieces, 7 * 2 * 7);
}

static const int64_t beyond = INT64_C(2) * INT_MAX + 5;
static int64_t covered;

/* Looks at sizes alone: such matrices are in nobody's memory. */
static void count_work(const matmul_block *x) {
  assert_true(x->m <= INT_MAX && x->n <= INT_MAX && x->k <= INT_MAX && x->lda <= INT_MAX);
  covered += x->m * x->n * x->k;
}

static void cuts_beyond_32_bits(void **state) {
  (void)state;
  static double one;
  const matmul_block shapes[] = {
      {.m = beyond, .n = 1, .k = 1, .lda = 1, .ldb = 1, .ldc = 1},
      {.m = 1, .n = beyond, .k = 1, .lda = 1, .ldb = beyond, .ldc = beyond},
      {.m = 1, .n = 1, .k = beyond, .lda = beyond, .ldb = 1, .ldc = 1},
  };
  for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
    matmul_block x = shapes[s];
    x.a = x.b = x.c = &one;
    covered = 0;
    matmul_cut(&x, INT_MAX, count_work);
    assert_int_equal(covered, beyond);
  }
}

static void has_a_name(void **state) {
  (void)state;
  const char *name = matmul_blas_name();
  assert_true(strlen(name) > 0);
  assert_int_equal(strcmp(name, "none") == 0, !matmul_have_blas());
}

/* Small products, so that callers meet where BLAS takes its buffers; entries are exact. */
enum { CALLERS = 8, CALLS = 5000, SMALL = 31 };

static void *multiply_again_and_again(void *wrong) {
  double *a = numbers(SMALL * SMALL, 1), *b = numbers(SMALL * SMALL, 2);
  double expected[SMALL * SMALL], c[SMALL * SMALL];
  matmul_block block = {.m = SMALL,
                        .n = SMALL,
                        .k = SMALL,
                        .a = a,
                        .b = b,
                        .c = expected,
                        .lda = SMALL,
                        .ldb = SMALL,
                        .ldc = SMALL};
  three_loops(&block);
  block.c = c;
  for (int i = 0; i < CALLS; i++) {
    matmul_blas(&block);
    *(int *)wrong += memcmp(c, expected, sizeof c) != 0;
  }
  free(a);
  free(b);
  return NULL;
}

static void several_callers_do_not_meet(void **state) {
  (void)state;
  if (!matmul_have_blas()) skip();
  pthread_t caller[CALLERS];
  int wrong[CALLERS] = {0};
  for (int i = 0; i < CALLERS; i++) {
    assert_int_equal(pthread_create(&caller[i], NULL, multiply_again_and_again, &wrong[i]), 0);
  }
  for (int i = 0; i < CALLERS; i++) {
    assert_int_equal(pthread_join(caller[i], NULL), 0);
    assert_int_equal(wrong[i], 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(small_shapes_agree),
      cmocka_unit_test(odd_shapes_agree),
      cmocka_unit_test(nothing_to_do_touches_nothing),
      cmocka_unit_test(pieces_make_the_whole),
      cmocka_unit_test(what_fits_is_one_piece),
      cmocka_unit_test(cuts_beyond_32_bits),
      cmocka_unit_test(several_callers_do_not_meet),
      cmocka_unit_test(has_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
