/* A sum is exact until it is rounded, once, to the nearest double; order does not matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "exact_sum.h"

enum { MOST = 64 };
__extension__ typedef __int128 int128;

static double sum_of(const double *x, int n) {
  sb_exact sum;
  sb_exact_clear(&sum);
  for (int i = 0; i < n; i++) sb_exact_add(&sum, x[i]);
  return sb_exact_value(&sum);
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static uint64_t random_bits(void) {
  static uint64_t x = 88172645463325252u;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return x;
}

/* Any finite double, all exponents alike. */
static double random_double(void) {
  double x;
  do {
    const uint64_t bits = random_bits();
    memcpy(&x, &bits, sizeof x);
  } while (!isfinite(x));
  return x;
}

/* Expected values by Python's fractions.Fraction, whose conversion to float is rounded to even. */
static void known_sums(void **state) {
  (void)state;
  static const struct {
    double x[8], sum;
  } known[] = {
      {{0}, 0.0},
      {{1e16, 1.0, -1e16}, 1.0},
      {{1e308, 1e308, -1e308}, 1e308},
      {{1e100, 1.0, -1e100, 1e-100, 1e50, -1.0, -1e50}, 1e-100},
      {{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 0x1.999999999999ap-1},
      {{0.1, 0.2, 0.3}, 0x1.3333333333333p-1}, /* a loop gives 0.6000000000000001 */
      {{1.0, 0x1p-53}, 1.0},                   /* a tie, to even */
      {{1.0, 0x1p-52, 0x1p-53}, 0x1.0000000000002p0},
      {{1.0, 0x1p-53, 0x1p-1074}, 0x1.0000000000001p0}, /* more than a tie by the least there is */
      {{1.0, 0x1p-53, -0x1p-1074}, 1.0},
      {{-1.0, -0x1p-53}, -1.0},
      {{-1.0, -0x1p-53, -0x1p-1074}, -0x1.0000000000001p0},
      {{0x1p-1074, 0x1p-1074, 0x1p-1074}, 0x3p-1074},
      {{0x1p-1022, -0x1p-1074}, 0x0.fffffffffffffp-1022},
      {{-0x1p-1022, 0x1p-1074}, -0x0.fffffffffffffp-1022},
      {{0x1.fffffffffffffp-1022, 0x1p-1074}, 0x1p-1021},
      {{0x1.fffffffffffffp-1021, 0x1p-1074}, 0x1p-1020}, /* a tie just above the subnormals */
      {{0x1.ffffffffffffep-1021, 0x1p-1074}, 0x1.ffffffffffffep-1021},
      {{DBL_MAX, 0x1p969}, DBL_MAX},
      {{DBL_MAX, DBL_MAX, -DBL_MAX, -0x1p-1074}, DBL_MAX},
      {{DBL_MAX, -DBL_MAX, -0x1p-1074}, -0x1p-1074},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    assert_true(same_bits(sum_of(known[i].x, 8), known[i].sum));
  }
}

static void beyond_the_largest_is_infinite(void **state) {
  (void)state;
  assert_true(sum_of((const double[]){DBL_MAX, 0x1p970}, 2) == (double)INFINITY);
  assert_true(sum_of((const double[]){-DBL_MAX, -DBL_MAX}, 2) == -(double)INFINITY);
}

static void not_finite_is_nan(void **state) {
  (void)state;
  const double bad[] = {(double)NAN, -(double)NAN, (double)INFINITY, -(double)INFINITY};
  for (int i = 0; i < 4; i++) {
    assert_true(isnan(sum_of((const double[]){1.0, bad[i], 2.0}, 3)));
    sb_exact a, b;
    sb_exact_clear(&a);
    sb_exact_clear(&b);
    sb_exact_add(&b, bad[i]);
    sb_exact_merge(&a, &b);
    assert_true(isnan(sb_exact_value(&a)));
  }
}

/* Integers of 62 bits times 2^e: GCC and clang convert a 128-bit integer with one rounding. */
static void random_sums_are_rounded_to_nearest(void **state) {
  (void)state;
  static const int exponents[] = {-1074, -1073, -1060, -500, 0, 800};
  for (int round = 0; round < 60000; round++) {
    const int e = exponents[round % 6], n = 1 + (int)(random_bits() % 20);
    const int kept = (int)(random_bits() % 54);
    int128 exact = 0;
    sb_exact sum;
    sb_exact_clear(&sum);
    for (int i = 0; i < n; i++) {
      int64_t x = (int64_t)(random_bits() >> 11) >> kept;
      if (random_bits() & 1) x = -x;
      const int up = (int)(random_bits() % 60);
      exact += (int128)x * ((int64_t)1 << up);
      sb_exact_add(&sum, ldexp((double)x, e + up));
    }
    assert_true(same_bits(sb_exact_value(&sum), ldexp((double)exact, e)) || exact == 0);
    if (exact == 0) assert_true(sb_exact_value(&sum) == 0.0);
  }
}

static void shuffle(double *x, int n) {
  for (int i = n - 1; i > 0; i--) {
    const int j = (int)(random_bits() % (uint64_t)(i + 1));
    const double swap = x[i];
    x[i] = x[j];
    x[j] = swap;
  }
}

/* In pieces as threads hold them, settled and added word by word as ranks do. */
static double in_pieces(const double *x, int n, int threads, int ranks) {
  sb_exact total;
  sb_exact_clear(&total);
  for (int rank = 0; rank < ranks; rank++) {
    sb_exact mine;
    sb_exact_clear(&mine);
    for (int thread = 0; thread < threads; thread++) {
      sb_exact part;
      sb_exact_clear(&part);
      for (int i = rank * threads + thread; i < n; i += ranks * threads) sb_exact_add(&part, x[i]);
      sb_exact_merge(&mine, &part);
    }
    sb_exact_settle(&mine);
    for (int i = 0; i < SB_EXACT_WORDS; i++) total.word[i] += mine.word[i];
  }
  return sb_exact_value(&total);
}

static void order_does_not_matter(void **state) {
  (void)state;
  for (int round = 0; round < 2000; round++) {
    double x[MOST];
    for (int i = 0; i < MOST; i++) {
      x[i] = round % 2 != 0 ? random_double() : ldexp(random_double() / DBL_MAX, 3);
      if (i % 3 == 2) x[i] = -x[i - 1] * (1.0 + DBL_EPSILON); /* much cancels */
      if (!isfinite(x[i])) x[i] = 0.0;
    }
    const double sum = sum_of(x, MOST);
    shuffle(x, MOST);
    assert_true(same_bits(sum_of(x, MOST), sum));
    assert_true(same_bits(in_pieces(x, MOST, 3, 5), sum));
    for (int i = 0; i < MOST; i++) x[i] = -x[i];
    assert_true(same_bits(sum_of(x, MOST), -sum) || sum == 0.0);
  }
}

/* All that cancels leaves nothing, whatever was in between. */
static void what_cancels_leaves_nothing(void **state) {
  (void)state;
  sb_exact sum;
  sb_exact_clear(&sum);
  double x[MOST];
  for (int i = 0; i < MOST; i++) sb_exact_add(&sum, x[i] = random_double());
  for (int i = MOST - 1; i >= 0; i--) sb_exact_add(&sum, -x[i]);
  assert_true(sb_exact_value(&sum) == 0.0);
}

/* Sums as they are after 2^29 - 2 additions that all hit one digit. */
static void carries_are_passed_on_in_time(void **state) {
  (void)state;
  const int64_t full = (INT64_C(1) << 62) - (INT64_C(1) << 34);
  for (int64_t sign = -1; sign <= 1; sign += 2) {
    sb_exact once, often;
    sb_exact_clear(&once);
    for (int i = 0; i < SB_EXACT_DIGITS - 2; i++) once.word[i] = sign * full;
    once.pending = (INT64_C(1) << 29) - 2;
    often = once;
    const double x = (double)sign * 0x1.fffffffffffffp-1;
    for (int i = 0; i < 8; i++) {
      sb_exact_add(&once, x);
      sb_exact_settle(&often);
      sb_exact_add(&often, x);
    }
    assert_true(once.pending < 8); /* it did so by itself */
    sb_exact_settle(&once);
    sb_exact_settle(&often);
    assert_memory_equal(&once, &often, sizeof once);
  }
}

/* 2^60 times a number, by merging a sum with its copy. */
static void many_numbers_have_room(void **state) {
  (void)state;
  const double numbers[] = {3.5, -0x1.23456789abcdep-1060, 0x1.fffffffffffffp900};
  for (int i = 0; i < 3; i++) {
    sb_exact sum;
    sb_exact_clear(&sum);
    sb_exact_add(&sum, numbers[i]);
    for (int doubling = 0; doubling < 60; doubling++) {
      sb_exact copy = sum;
      sb_exact_merge(&sum, &copy);
    }
    assert_true(same_bits(sb_exact_value(&sum), ldexp(numbers[i], 60)));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_sums),
      cmocka_unit_test(beyond_the_largest_is_infinite),
      cmocka_unit_test(not_finite_is_nan),
      cmocka_unit_test(random_sums_are_rounded_to_nearest),
      cmocka_unit_test(order_does_not_matter),
      cmocka_unit_test(what_cancels_leaves_nothing),
      cmocka_unit_test(carries_are_passed_on_in_time),
      cmocka_unit_test(many_numbers_have_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
