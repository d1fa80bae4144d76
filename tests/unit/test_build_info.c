/* The description of this build is complete and tells no path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <string.h>

#include "machine.h"

static void is_hex(const char *text, size_t digits) {
  assert_int_equal(strlen(text), digits);
  assert_int_equal(strspn(text, "0123456789abcdef"), digits);
}

static void every_part_is_there(void **state) {
  (void)state;
  const sb_build *build = sb_build_info();
  assert_string_not_equal(build->version, "");
  assert_string_not_equal(build->compiler, "");
  assert_string_not_equal(build->build_type, "");
  assert_true(build->git_dirty == 0 || build->git_dirty == 1);
  if (strcmp(build->git_commit, "unknown") != 0) is_hex(build->git_commit, 40);
}

static void flags_hold_no_path(void **state) {
  (void)state;
  assert_null(strchr(sb_build_info()->compiler_flags, '/'));
}

static void the_binary_has_a_hash(void **state) {
  (void)state;
  char first[65], second[65];
  sb_binary_sha256(first);
  sb_binary_sha256(second);
  assert_string_equal(first, second);
  if (strcmp(first, "unknown") != 0) is_hex(first, 64);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_part_is_there),
      cmocka_unit_test(flags_hold_no_path),
      cmocka_unit_test(the_binary_has_a_hash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
