/* Medians and their intervals are the order statistics that the tables give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>

#include "stats.h"

static double scratch[2048], values[2048];

/* 95 % ranks of the binomial: David and Nagaraja, Order Statistics, 7.1; n = 6, 10, 20 as in
 * Hoefler and Belli, SC15; 70 as in Le Boudec, Performance Evaluation, table A.1. */
static void ranks_are_those_of_the_binomial(void **state) {
  (void)state;
  const int known[][3] = {{6, 1, 6},   {7, 1, 7},    {8, 1, 8},    {9, 2, 8},    {10, 2, 9},
                          {20, 6, 15}, {50, 18, 33}, {70, 27, 44}, {100, 40, 61}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    int low = 0, high = 0;
    sb_median_ranks(known[i][0], &low, &high);
    assert_int_equal(low, known[i][1]);
    assert_int_equal(high, known[i][2]);
  }
}

/* Exact and approximate ranks meet where one takes over from the other. */
static void ranks_go_on_smoothly_beyond_a_thousand(void **state) {
  (void)state;
  int low = 0, high = 0, next = 0;
  sb_median_ranks(1000, &low, &high);
  sb_median_ranks(1001, &next, &high);
  assert_true(next >= low - 1 && next <= low + 1);
}

static void few_samples_give_no_interval(void **state) {
  (void)state;
  const double five[] = {5.0, 1.0, 4.0, 2.0, 3.0};
  const sb_summary s = sb_summarise(five, 5, scratch);
  assert_true(s.median == 3.0 && s.minimum == 1.0 && s.maximum == 5.0 && s.mean == 3.0);
  assert_true(isnan(s.low) && isnan(s.high));
  assert_int_equal(s.n, 5);
}

static void the_interval_is_taken_from_the_sample(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) values[i] = 20.0 - i; /* descending: must be sorted first */
  const sb_summary s = sb_summarise(values, 20, scratch);
  assert_true(s.median == 10.5 && s.low == 6.0 && s.high == 15.0);
  assert_true(values[0] == 20.0); /* left as it was */
}

static void one_sample_is_its_own_median(void **state) {
  (void)state;
  const double one = 0.25;
  const sb_summary s = sb_summarise(&one, 1, scratch);
  assert_true(s.median == 0.25 && isnan(s.low));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranks_are_those_of_the_binomial),
      cmocka_unit_test(ranks_go_on_smoothly_beyond_a_thousand),
      cmocka_unit_test(few_samples_give_no_interval),
      cmocka_unit_test(the_interval_is_taken_from_the_sample),
      cmocka_unit_test(one_sample_is_its_own_median),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
