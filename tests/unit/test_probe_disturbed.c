/* All workers below one core is found, for each figure that has both, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>

#include "probe_disturbed.h"

static void add(sb_figures *figures, const char *name, double value) {
  assert_non_null(sb_figures_add(figures, name, "", "byte/s", "byte s-1", value));
}

static void all_below_one_core_is_found(void **state) {
  (void)state;
  sb_figures figures = {.count = 0};
  int core = -1;
  add(&figures, "copy_all", 8e9);
  add(&figures, "fma_core", 5e10);
  add(&figures, "copy_core", 1e10);
  add(&figures, "copy_stream_all", 9.1e9);
  add(&figures, "copy_stream_core", 1e10);
  add(&figures, "fma_all", 2e8);
  assert_int_equal(probe_disturbed(&figures, 0, &core), 0);
  assert_int_equal(core, 2);
  assert_int_equal(probe_disturbed(&figures, 1, &core), 5); /* 0.91 is within what medians differ */
  assert_int_equal(core, 1);
  assert_int_equal(probe_disturbed(&figures, 6, &core), -1);
}

static void others_are_left_alone(void **state) {
  (void)state;
  sb_figures figures = {.count = 0};
  int core = -1;
  add(&figures, "triad_all", 1.0); /* without one core */
  add(&figures, "tri_core", 9.0);
  add(&figures, "triad_cores", 9.0);
  add(&figures, "all", 1.0);
  add(&figures, "core", 9.0);
  add(&figures, "fma_all", (double)NAN);
  add(&figures, "fma_core", 9.0);
  assert_int_equal(probe_disturbed(&figures, 0, &core), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(all_below_one_core_is_found),
                                     cmocka_unit_test(others_are_left_alone)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
