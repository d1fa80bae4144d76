/* Reference files: which section is the run's, what is refused, and when a run is slow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"

static char folder[] = "/tmp/scalebar-test-XXXXXX";
static sb_expectations expected;

static int enter(void **state) {
  (void)state;
  return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state) {
  (void)state;
  return chdir("/") != 0 || rmdir(folder) != 0;
}

/* Reads `text` as m.ini for pi_mpi size=small nodes=1 ranks=2 threads=1. */
static sb_status read_text(const char *text) {
  FILE *file = fopen("m.ini", "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
  sb_clear();
  const sb_status status = sb_expect_read("m.ini", "pi_mpi", "small", 1, 2, 1, &expected);
  assert_int_equal(remove("m.ini"), 0);
  return status;
}

static void refuse(const char *text, const char *sentence) {
  assert_int_equal(read_text(text), SB_BAD_INPUT);
  assert_string_equal(sb_message(), sentence);
}

#define MINE "[pi_mpi size=small nodes=1 ranks=2 threads=1]\n"

static void the_section_of_the_run(void **state) {
  (void)state;
  const char *text =
      "; of two machines\n"
      "[pi_mpi size=small nodes=1 ranks=2 threads=2]\nrate = 1 sample/s, -0.1, none\n"
      "[pi_mpi size=tiny nodes=1 ranks=2 threads=1]\nrate = 2 sample/s, -0.1, none\n"
      "[pi_mpi size=small nodes=2 ranks=2 threads=1]\nrate = 3 sample/s, -0.1, none\n"
      "[pi_hybrid size=small nodes=1 ranks=2 threads=1]\nrate = 4 sample/s, -0.1, none\n"
      "[ pi_mpi  threads=1 ranks=2 size=small nodes=1 ] ; any order\n"
      "rate = 3.1e9 sample/s, -0.05, none ; a comment\n"
      "time=0.5 s ,none ,0.1\n"
      "[pi_mpi size=small nodes=1 ranks=1 threads=1]\nrate = 5 sample/s, -0.1, none\n"
      "[probe_hybrid size=medium nodes=4096 ranks=1048576 threads=128]\n"
      "rate = 6 byte/s, -0.1, 0.1\n";
  assert_int_equal(read_text(text), SB_OK);
  assert_int_equal(expected.count, 2);
  assert_string_equal(expected.item[0].name, "rate");
  assert_string_equal(expected.item[0].unit, "sample/s");
  assert_true(expected.item[0].value == 3.1e9 && expected.item[0].lower == -0.05);
  assert_true(expected.item[0].upper == INFINITY);
  assert_string_equal(expected.item[0].place, "m.ini:11");
  assert_string_equal(expected.item[1].name, "time");
  assert_true(expected.item[1].lower == -INFINITY && expected.item[1].upper == 0.1);
}

static void no_section(void **state) {
  (void)state;
  refuse("", "m.ini: expect: there is no section [pi_mpi size=small nodes=1 ranks=2 threads=1]");
  refuse("[pi_mpi size=small nodes=1 ranks=22 threads=1]\nrate = 1 s, -0.1, none\n",
         "m.ini: expect: there is no section [pi_mpi size=small nodes=1 ranks=2 threads=1]");
  refuse(MINE,
         "m.ini: expect: there is no figure in [pi_mpi size=small nodes=1 ranks=2 threads=1]");
  sb_clear();
  assert_int_equal(sb_expect_read("none.ini", "pi_mpi", "small", 1, 2, 1, &expected), SB_BAD_INPUT);
  assert_string_equal(sb_message(), "expect: cannot read none.ini: No such file or directory");
}

#define FORM "; allowed [program size=WORD nodes=N ranks=N threads=N]"

static void malformed_sections(void **state) {
  (void)state;
  refuse("[pi_mpi]\n", "m.ini:1: section [pi_mpi] is malformed" FORM);
  refuse("[size=small nodes=1 ranks=2 threads=1]\n",
         "m.ini:1: section [\"size=small nodes=1 ranks=2 threads=1\"] is malformed" FORM);
  refuse("[p size=s nodes=0 ranks=2 threads=1]\n",
         "m.ini:1: section [\"p size=s nodes=0 ranks=2 threads=1\"] is malformed" FORM);
  refuse("[p size=s nodes=1 ranks=2x threads=1]\n",
         "m.ini:1: section [\"p size=s nodes=1 ranks=2x threads=1\"] is malformed" FORM);
  refuse("[p size=s nodes=1 ranks=2 ranks=2]\n",
         "m.ini:1: section [\"p size=s nodes=1 ranks=2 ranks=2\"] is malformed" FORM);
  refuse("[p q size=s nodes=1 ranks=2 threads=1]\n",
         "m.ini:1: section [\"p q size=s nodes=1 ranks=2 threads=1\"] is malformed" FORM);
  refuse("[p size=s cores=1]\n", "m.ini:1: section [\"p size=s cores=1\"] is malformed" FORM);
  assert_int_equal(read_text(MINE "a = 1 s, -0.1, none\n" MINE), SB_BAD_INPUT);
  assert_non_null(strstr(sb_message(), "m.ini:3: section"));
  assert_non_null(strstr(sb_message(), "is given a second time; allowed is once"));
}

/* Malformed lines are refused in any section, the run's or another's. */
static void malformed_lines(void **state) {
  (void)state;
  static const char *const lines[][2] = {
      {"3.1e9 cell/s", "does not have three parts"},
      {"3.1e9 cell/s, -0.05", "does not have three parts"},
      {"3.1e9 cell/s, -0.05, none, none", "does not have three parts"},
      {"3.1e9, -0.05, none", "has no unit"},
      {"3.1e9 cell / s, -0.05, none", "has no unit of one word"},
      {"1 cells_in_a_unit_of_32_characters__, -0.05, none", "has no unit of one word"},
      {"fast cell/s, -0.05, none", "has no value above 0"},
      {"nan s, -0.05, none", "has no value above 0"},
      {"0 s, -0.05, none", "has no value above 0"},
      {"-1 s, -0.05, none", "has no value above 0"},
      {"1 s, 0.05, none", "has a lower fraction outside -1 .. 0"},
      {"1 s, -5, none", "has a lower fraction outside -1 .. 0"},
      {"1 s, nan, none", "has a lower fraction outside -1 .. 0"},
      {"1 s, , none", "has a lower fraction outside -1 .. 0"},
      {"1 s, -0.05, -0.05", "has an upper fraction outside 0 .. 1e6"},
      {"1 s, -0.05, 5%", "has an upper fraction outside 0 .. 1e6"},
      {"1 s, none, none", "bounds nothing"},
  };
  for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
    for (int mine = 0; mine < 2; mine++) {
      char text[256];
      snprintf(text, sizeof text, "%srate = %s\n",
               mine ? MINE : "[x size=s nodes=1 ranks=2 threads=1]\n", lines[i][0]);
      assert_int_equal(read_text(text), SB_BAD_INPUT);
      assert_memory_equal(sb_message(), "m.ini:2: rate = \"", 17);
      assert_non_null(strstr(sb_message(), lines[i][1]));
    }
  }
  refuse(MINE "rate = 1 s, -0.1, none\nrate = 1 s, -0.1, none\n",
         "m.ini:3: rate is given a second time; allowed is once");
  refuse("rate = 1 s, -0.1, none\n",
         "m.ini:1: \"rate = 1 s, -0.1, none\" stands before any [section]; put one above it");
}

static void at_most_as_many_as_a_run_has(void **state) {
  (void)state;
  char text[4096] = MINE, says[64];
  for (int i = 0; i <= SB_FIGURES_MAX; i++) {
    const size_t n = strlen(text);
    snprintf(text + n, sizeof text - n, "f%d = 1 s, -0.1, none\n", i);
    assert_int_equal(read_text(text), i < SB_FIGURES_MAX ? SB_OK : SB_BAD_INPUT);
  }
  snprintf(says, sizeof says, "m.ini:%d: f%d is", SB_FIGURES_MAX + 2, SB_FIGURES_MAX);
  assert_non_null(strstr(sb_message(), says));
}

/* Compares one figure of `value` with `line` and returns whether it is within; keeps the sentence.
 */
static char sentence[256];
static bool within(const char *line, double value) {
  char text[256];
  sb_figures figures = {.count = 2};
  figures.figure[0] = (sb_figure){.name = "time", .unit = "s", .value = 1};
  figures.figure[1] = (sb_figure){.name = "rate", .unit = "sample/s", .value = value};
  snprintf(text, sizeof text, MINE "rate = %s\n", line);
  assert_int_equal(read_text(text), SB_OK);
  bool result = true;
  assert_int_equal(
      sb_expect_compare(&expected.item[0], &figures, &result, sentence, sizeof sentence), SB_OK);
  return result;
}

static void bounds_are_kept(void **state) {
  (void)state;
  const char *lower = "100 sample/s, -0.05, none", *upper = "100 sample/s, none, 0.05";
  assert_true(within(lower, 100));
  assert_true(within(lower, 95));
  assert_false(within(lower, 94.99));
  assert_true(within(lower, 1e300));
  assert_true(within(upper, 105));
  assert_false(within(upper, 105.01));
  assert_true(within(upper, 0));
  assert_false(within("100 sample/s, 0, none", 99.999));
  assert_false(within("100 sample/s, -0.1, 0.1", 111));
}

static void what_is_not_a_number_is_never_within(void **state) {
  (void)state;
  static const double bad[] = {NAN, INFINITY, -INFINITY};
  for (int i = 0; i < 3; i++) {
    assert_false(within("100 sample/s, -0.05, none", bad[i]));
    assert_false(within("100 sample/s, none, 0.05", bad[i]));
  }
  assert_string_equal(sentence, "rate is not a number, expected was 100 sample/s");
}

static void sentences(void **state) {
  (void)state;
  within("3.1e9 sample/s, -0.05, none", 2.1e9);
  assert_string_equal(sentence, "rate 2.1e+09 sample/s is 32.3 % below 3.1e+09 (allowed 5 %)");
  within("3.1e9 sample/s, none, 0.125", 4e9);
  assert_string_equal(sentence, "rate 4e+09 sample/s is 29 % above 3.1e+09 (allowed 12.5 %)");
  within("100 sample/s, -0.05, none", 100);
  assert_string_equal(sentence, "rate 100 sample/s is 0 % above 100 (no bound on this side)");
  within("3.1e9 sample/s, none, 0.05", 2.1e9);
  assert_string_equal(sentence,
                      "rate 2.1e+09 sample/s is 32.3 % below 3.1e+09 (no bound on this side)");
}

static void figures_that_do_not_fit(void **state) {
  (void)state;
  sb_figures figures = {.count = 1};
  figures.figure[0] =
      (sb_figure){.name = "hits", .unit = "count", .is_count = true, .count = 785, .value = 0};
  bool result = true;
  assert_int_equal(read_text(MINE "hits = 785 count, 0, 0\nrate = 1 sample/s, -0.1, none\n"
                                  "hit = 1 s, -0.1, none\n"),
                   SB_OK);
  assert_int_equal(
      sb_expect_compare(&expected.item[0], &figures, &result, sentence, sizeof sentence), SB_OK);
  assert_true(result);
  assert_int_equal(
      sb_expect_compare(&expected.item[1], &figures, &result, sentence, sizeof sentence),
      SB_BAD_INPUT);
  assert_false(result);
  assert_string_equal(sb_message(), "m.ini:3: this run has no figure called rate");
  sb_clear();
  expected.item[0].unit[0] = 'k';
  assert_int_equal(
      sb_expect_compare(&expected.item[0], &figures, &result, sentence, sizeof sentence),
      SB_BAD_INPUT);
  assert_string_equal(sb_message(), "m.ini:2: hits is in kount; allowed count");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_section_of_the_run),
      cmocka_unit_test(no_section),
      cmocka_unit_test(malformed_sections),
      cmocka_unit_test(malformed_lines),
      cmocka_unit_test(at_most_as_many_as_a_run_has),
      cmocka_unit_test(bounds_are_kept),
      cmocka_unit_test(what_is_not_a_number_is_never_within),
      cmocka_unit_test(sentences),
      cmocka_unit_test(figures_that_do_not_fit),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
