/* Sets of CPUs up to the last number that Linux knows, and the kernel's way to write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdlib.h>
#include <string.h>

#include "cpuset.h"

static void reads_and_writes_the_kernels_notation(void **state) {
  (void)state;
  const char *const lists[] = {"", "0", "0-3", "0,2,4", "0-1,64-65", "1023-1025", "0-8191", "8191"};
  const int counts[] = {0, 1, 4, 3, 4, 3, 8192, 1};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    sb_cpuset set;
    char text[64];
    assert_true(sb_cpuset_parse(&set, lists[i]));
    assert_int_equal(sb_cpuset_count(&set), counts[i]);
    sb_cpuset_format(&set, text, sizeof text);
    assert_string_equal(text, lists[i]);
  }
}

static void refuses_what_is_no_list(void **state) {
  (void)state;
  const char *const bad[] = {"x",   "1,",   ",1",   "3-1",    "1-",    "-1",
                             "1 2", "1--2", "8192", "0-8192", "1-2-3", "99999999999999999999"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    sb_cpuset set;
    if (sb_cpuset_parse(&set, bad[i])) fail_msg("took %s", bad[i]);
  }
}

static void cuts_long_lists_before_an_element(void **state) {
  (void)state;
  sb_cpuset set = {0};
  for (int cpu = 0; cpu < 40; cpu += 2) sb_cpuset_add(&set, cpu); /* 0,2,4,...,38 */
  char whole[256];
  sb_cpuset_format(&set, whole, sizeof whole);
  for (size_t bytes = 4; bytes <= strlen(whole) + 1; bytes++) {
    char text[256];
    memset(text, '#', sizeof text);
    sb_cpuset_format(&set, text, bytes);
    const size_t length = strlen(text);
    assert_true(length < bytes);
    assert_int_equal(text[bytes], '#'); /* nothing is written beyond */
    if (bytes > strlen(whole)) {
      assert_string_equal(text, whole);
      continue;
    }
    assert_string_equal(text + length - 3, "...");
    assert_memory_equal(text, whole, length - 3);
    assert_true(length == 3 || text[length - 4] == ',');
  }
}

static void walks_compares_and_joins(void **state) {
  (void)state;
  sb_cpuset low = {0}, high = {0};
  sb_cpuset_add(&low, -1);
  sb_cpuset_add(&low, SB_CPUS);
  assert_int_equal(sb_cpuset_count(&low), 0);
  assert_int_equal(sb_cpuset_next(&low, 0), -1);
  sb_cpuset_add(&low, 63);
  sb_cpuset_add(&high, 64);
  sb_cpuset_add(&high, 5000);
  assert_false(sb_cpuset_within(&low, &high));
  sb_cpuset_add_all(&high, &low);
  assert_true(sb_cpuset_within(&low, &high));
  assert_false(sb_cpuset_within(&high, &low));
  assert_int_equal(sb_cpuset_next(&high, 0), 63);
  assert_int_equal(sb_cpuset_next(&high, 64), 64);
  assert_int_equal(sb_cpuset_next(&high, 65), 5000);
  assert_int_equal(sb_cpuset_next(&high, 5001), -1);
  assert_int_equal(sb_cpuset_next(&high, SB_CPUS), -1);
  assert_true(sb_cpuset_has(&high, 5000));
  assert_false(sb_cpuset_has(&high, SB_CPUS));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_and_writes_the_kernels_notation),
      cmocka_unit_test(refuses_what_is_no_list),
      cmocka_unit_test(cuts_long_lists_before_an_element),
      cmocka_unit_test(walks_compares_and_joins),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
