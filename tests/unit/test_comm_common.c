/* Exit codes that survive launchers; an order of doubles in which bad news is the largest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "comm.h"
#include "comm_common.h"

static void exit_codes_stay_between_1_and_125(void **state) {
  (void)state;
  const int bad[] = {0, -1, -256, 126, 137, 256, 512, 1 << 20};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_int_equal(sb_exit_code(bad[i]), 1);
  }
  assert_int_equal(sb_exit_code(1), 1);
  assert_int_equal(sb_exit_code(2), 2);
  assert_int_equal(sb_exit_code(125), 125);
}

static void order_is_that_of_doubles(void **state) {
  (void)state;
  const double rising[] = {-(double)INFINITY, -1e300,     -1.0, -5e-324, 0.0, 5e-324, 1.0, 1e300,
                           (double)INFINITY,  (double)NAN};
  const size_t n = sizeof rising / sizeof rising[0];
  for (size_t i = 0; i + 1 < n; i++) {
    assert_true(sb_ordered_from_double(rising[i]) < sb_ordered_from_double(rising[i + 1]));
  }
  for (size_t i = 0; i + 1 < n; i++) {
    assert_true(sb_double_from_ordered(sb_ordered_from_double(rising[i])) == rising[i]);
  }
  assert_true(isnan(sb_double_from_ordered(sb_ordered_from_double(-(double)NAN))));
}

static void environment_numbers_are_whole_and_positive(void **state) {
  (void)state;
  setenv("SB_TEST_NUMBER", "12", 1);
  assert_int_equal(sb_environment_int("SB_TEST_NUMBER", 5), 12);
  const char *const bad[] = {"", "0", "-3", "x", "3x", "99999999999"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    setenv("SB_TEST_NUMBER", bad[i], 1);
    assert_int_equal(sb_environment_int("SB_TEST_NUMBER", 5), 5);
  }
  unsetenv("SB_TEST_NUMBER");
  assert_int_equal(sb_environment_int("SB_TEST_NUMBER", 5), 5);
}

static void host_names_end_at_the_first_dot(void **state) {
  (void)state;
  char host[SB_HOST_SIZE];
  sb_host_name(host);
  assert_true(strlen(host) > 0 && strchr(host, '.') == NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exit_codes_stay_between_1_and_125),
      cmocka_unit_test(order_is_that_of_doubles),
      cmocka_unit_test(environment_numbers_are_whole_and_positive),
      cmocka_unit_test(host_names_end_at_the_first_dot),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
