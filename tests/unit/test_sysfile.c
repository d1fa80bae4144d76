/* Small kernel files: first lines, numbers, and values by key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdint.h>

#include "made_up.h"
#include "sysfile.h"

static void lines_are_cut_and_numbers_checked(void **state) {
  (void)state;
  char text[8];
  made_up_file("/a/b7", "0123456789\nsecond\n");
  made_up_file("/empty", "");
  made_up_file("/minus", "-1\n");
  made_up_file("/huge", "99999999999999999999\n");
  assert_true(sb_sysfile_line(text, sizeof text, made_up, "/a/b%d", 7));
  assert_string_equal(text, "0123456");
  assert_int_equal(sb_sysfile_number(made_up, "/%s/b%d", "a", 7), 123456789);
  assert_false(sb_sysfile_line(text, sizeof text, made_up, "/empty"));
  assert_string_equal(text, "");
  assert_int_equal(sb_sysfile_number(made_up, "/empty"), -1);
  assert_int_equal(sb_sysfile_number(made_up, "/minus"), -1);
  assert_int_equal(sb_sysfile_number(made_up, "/none"), -1);
  assert_int_equal(sb_sysfile_number(made_up, "/a"), -1); /* a folder */
  assert_true(sb_sysfile_number(made_up, "/huge") == INT64_MAX);
}

/* A path that would name another file if it were cut. */
static void paths_too_long_are_no_files(void **state) {
  (void)state;
  char path[SB_SYSFILE_PATH + 16], text[8];
  made_up_file("/a/b7", "7\n");
  const size_t last = SB_SYSFILE_PATH - 1 - strlen(made_up) - strlen("a/b7");
  memset(path, '/', last);
  snprintf(path + last, sizeof path - last, "a/b7");
  assert_int_equal(sb_sysfile_number(made_up, "%s", path), 7);
  snprintf(path + last, sizeof path - last, "a/b78");
  assert_int_equal(sb_sysfile_number(made_up, "%s", path), -1);
  memset(path, 'x', sizeof path);
  path[sizeof path - 1] = '\0';
  assert_int_equal(sb_sysfile_number(path, "/a"), -1);
  assert_false(sb_sysfile_value(text, sizeof text, path, "/a", "key"));
}

static void expect(const char *key, const char *value) {
  char text[32] = "left over";
  const bool found = sb_sysfile_value(text, sizeof text, made_up, "/file", key);
  assert_string_equal(text, value != NULL ? value : "");
  assert_int_equal(found, value != NULL);
}

static void values_are_found_by_their_whole_key(void **state) {
  (void)state;
  made_up_file("/file",
               "cpu MHz\t\t: 2000.000\ncpu\t\t: POWER9: the ninth\nflags:fp\n"
               "active_file 12\nfile 34\nfile 56\nempty :\nlast 1");
  expect("cpu", "POWER9: the ninth");
  expect("cpu MHz", "2000.000");
  expect("flags", "fp");
  expect("file", "34");
  expect("active_file", "12");
  expect("empty", "");
  expect("last", "1");
  expect("active", NULL);
  expect("flag", NULL);
  expect("none", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(lines_are_cut_and_numbers_checked, made_up_begin,
                                      made_up_end),
      cmocka_unit_test_setup_teardown(paths_too_long_are_no_files, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(values_are_found_by_their_whole_key, made_up_begin,
                                      made_up_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
