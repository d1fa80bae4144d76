/* Figures keep all digits of a count, and lists do not overflow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>

#include "figures.h"

static void counts_keep_all_digits(void **state) {
  (void)state;
  sb_figures figures = {.count = 0};
  char text[40];
  const int64_t count = (INT64_C(1) << 53) + 1; /* not a double */
  sb_figure *f = sb_figures_add_count(&figures, "hits", "hits", count);
  assert_string_equal(sb_figure_text(f, text), "9007199254740993");
  assert_string_equal(f->unit, "count");
  assert_string_equal(f->udunit, "1");
}

static void numbers_show_six_digits(void **state) {
  (void)state;
  sb_figures figures = {.count = 0};
  char text[40];
  const sb_figure *f = sb_figures_add(&figures, "rate", "rate", "sample/s", "s-1", 3.14159265e9);
  assert_string_equal(sb_figure_text(f, text), "3.14159e+09");
  assert_true(isnan(f->low) && isnan(f->high) && f->n == 1);
}

static void a_full_list_says_so(void **state) {
  (void)state;
  sb_figures figures = {.count = 0};
  for (int i = 0; i < SB_FIGURES_MAX; i++) {
    assert_non_null(sb_figures_add(&figures, "x", "x", "1", "1", i));
  }
  assert_null(sb_figures_add(&figures, "x", "x", "1", "1", 0.0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counts_keep_all_digits),
      cmocka_unit_test(numbers_show_six_digits),
      cmocka_unit_test(a_full_list_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
