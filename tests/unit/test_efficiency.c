/* POP's numbers: known cases by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the four above */

#include "efficiency.h"

static void is_one_for_perfect_ranks(void **state) {
  (void)state;
  const sb_efficiency e = sb_efficiency_from(2.0, 2.0, 2.0);
  assert_true(e.load_balance == 1.0);
  assert_true(e.communication_efficiency == 1.0);
  assert_true(e.parallel_efficiency == 1.0);
}

/* Two ranks compute 3 s and 1 s of a 4 s run. */
static void tells_imbalance_from_communication(void **state) {
  (void)state;
  const sb_efficiency e = sb_efficiency_from(2.0, 3.0, 4.0);
  assert_true(fabs(e.load_balance - 2.0 / 3.0) < 1e-15);
  assert_true(e.communication_efficiency == 0.75);
  assert_true(e.parallel_efficiency == 0.5);
}

static void has_no_number_where_there_is_no_meaning(void **state) {
  (void)state;
  const sb_efficiency idle = sb_efficiency_from(0.0, 0.0, 1.0);
  assert_true(isnan(idle.load_balance));
  assert_true(idle.communication_efficiency == 0.0);
  const sb_efficiency none = sb_efficiency_from(0.0, 0.0, 0.0);
  assert_true(isnan(none.communication_efficiency));
  assert_true(isnan(none.parallel_efficiency));
}

static void sums_over_all_samples(void **state) {
  (void)state;
  sb_comm *comm = NULL;
  assert_int_equal(sb_comm_start(NULL, NULL, &comm), SB_OK);
  double elapsed[] = {1.0, 3.0}, phase[2 * SB_PHASES] = {0.0};
  phase[SB_COMPUTE] = 0.5;
  phase[SB_PHASES + SB_COMPUTE] = 2.5;
  phase[SB_PHASES + SB_WAIT] = 0.5;
  const sb_measurement m = {.reps = 2, .elapsed = elapsed, .phase = phase};
  const sb_efficiency e = sb_efficiency_of(comm, &m);
  assert_true(e.load_balance == 1.0);
  assert_true(e.parallel_efficiency == 0.75);
  sb_comm_finish(&comm);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_one_for_perfect_ranks),
      cmocka_unit_test(tells_imbalance_from_communication),
      cmocka_unit_test(has_no_number_where_there_is_no_meaning),
      cmocka_unit_test(sums_over_all_samples),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
