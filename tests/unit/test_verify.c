/* Checks fail closed: only finite errors within finite bounds, all of them recorded, pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>

#include "verify.h"

static sb_comm *comm;

static bool passes(sb_checks *checks) {
  sb_checks_agree(comm, checks);
  return sb_checks_passed(checks);
}

static bool one(double error, double bound) {
  sb_checks checks = {.count = 0};
  sb_checks_expect(&checks, "one", "test");
  sb_checks_record(&checks, "one", error, bound);
  return passes(&checks);
}

static void errors_within_bounds_pass(void **state) {
  (void)state;
  assert_true(one(0.0, 0.0));
  assert_true(one(1e-16, 1e-15));
  assert_true(one(1.0, 1.0));
}

static void anything_else_fails(void **state) {
  (void)state;
  const double nan = (double)NAN, inf = (double)INFINITY;
  assert_false(one(1.0, 0.5));
  assert_false(one(nan, 1.0));
  assert_false(one(-nan, 1.0));
  assert_false(one(inf, 1.0));
  assert_false(one(-inf, 1.0));
  assert_false(one(1.0, nan));
  assert_false(one(1.0, inf));
  assert_false(one(inf, inf));
}

static void no_check_is_no_pass(void **state) {
  (void)state;
  sb_checks none = {.count = 0};
  assert_false(passes(&none));
}

static void a_check_that_was_not_run_fails(void **state) {
  (void)state;
  sb_checks checks = {.count = 0};
  sb_checks_expect(&checks, "run", "test");
  sb_checks_expect(&checks, "skipped", "test");
  sb_checks_record(&checks, "run", 0.0, 1.0);
  assert_false(passes(&checks));
}

static void an_unknown_check_fails(void **state) {
  (void)state;
  sb_checks checks = {.count = 0};
  sb_checks_expect(&checks, "run", "test");
  sb_checks_record(&checks, "run", 0.0, 1.0);
  sb_checks_record(&checks, "unexpected", 0.0, 1.0);
  assert_false(passes(&checks));
}

static void the_worse_of_two_records_counts(void **state) {
  (void)state;
  for (int order = 0; order < 2; order++) {
    sb_checks checks = {.count = 0};
    sb_checks_expect(&checks, "twice", "test");
    sb_checks_record(&checks, "twice", order == 0 ? 2.0 : 0.0, 1.0);
    sb_checks_record(&checks, "twice", order == 0 ? 0.0 : (double)NAN, 1.0);
    assert_false(passes(&checks));
  }
}

static void too_many_checks_fail(void **state) {
  (void)state;
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                      "j", "k", "l", "m", "n", "o", "p", "q"};
  sb_checks checks = {.count = 0};
  for (int i = 0; i <= SB_CHECKS_MAX; i++) sb_checks_expect(&checks, names[i], "test");
  for (int i = 0; i <= SB_CHECKS_MAX; i++) sb_checks_record(&checks, names[i], 0.0, 1.0);
  assert_false(passes(&checks));
}

static void there_is_no_verdict_before_ranks_agree(void **state) {
  (void)state;
  sb_checks checks = {.count = 0};
  sb_checks_expect(&checks, "one", "test");
  sb_checks_record(&checks, "one", 0.0, 1.0);
  assert_false(sb_checks_passed(&checks));
}

int main(void) {
  int argc = 0;
  char **argv = NULL;
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(errors_within_bounds_pass),
      cmocka_unit_test(anything_else_fails),
      cmocka_unit_test(no_check_is_no_pass),
      cmocka_unit_test(a_check_that_was_not_run_fails),
      cmocka_unit_test(an_unknown_check_fails),
      cmocka_unit_test(the_worse_of_two_records_counts),
      cmocka_unit_test(too_many_checks_fail),
      cmocka_unit_test(there_is_no_verdict_before_ranks_agree),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
