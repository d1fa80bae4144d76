/* Of planted times the share that others took comes out, and the longest detour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "probe_quanta.h"

/* Times are whole numbers of 2^-20 s, so that sums and means are exact. */
#define UNIT (1.0 / 1048576.0)

/* `quick` quanta of 1 unit and `slow` ones of `longer` units, in turn as long as both last. */
static probe_quanta planted(int quick, int slow, double longer) {
  probe_quanta quanta = PROBE_NO_QUANTA;
  while (quick > 0 || slow > 0) {
    if (slow-- > 0) probe_quanta_add(&quanta, longer * UNIT);
    if (quick-- > 0) probe_quanta_add(&quanta, UNIT);
  }
  return quanta;
}

static void nothing_is_lost_where_all_are_alike(void **state) {
  (void)state;
  const probe_quanta quanta = planted(1000, 0, 0.0), one = planted(0, 1, 7.0);
  assert_true(probe_quanta_loss(&quanta) == 0.0);
  assert_true(probe_quanta_detour(&quanta) == 0.0);
  assert_true(probe_quanta_loss(&one) == 0.0);
  assert_true(probe_quanta_detour(&one) == 0.0);
}

/* Half of them take three times as long: of 4 units 2 are lost. To what was left over the loss is
 * as 1 to 1. */
static void it_is_a_share_of_all_time(void **state) {
  (void)state;
  const probe_quanta quanta = planted(500, 500, 3.0);
  assert_true(probe_quanta_loss(&quanta) == 0.5);
  assert_true(probe_quanta_detour(&quanta) == 2.0 * UNIT);
}

/* One of 1024 is held up for 3072 units: 3072 of 4096 units are lost. */
static void one_long_detour_counts_by_its_length(void **state) {
  (void)state;
  const probe_quanta quanta = planted(1023, 1, 3073.0);
  assert_true(probe_quanta_loss(&quanta) == 0.75);
  assert_true(probe_quanta_detour(&quanta) == 3072.0 * UNIT);
}

static void a_share_stays_below_one(void **state) {
  (void)state;
  double before = 0.0;
  for (double longer = 2.0; longer < 1e9; longer *= 2.0) {
    const probe_quanta quanta = planted(1, 3, longer);
    const double loss = probe_quanta_loss(&quanta);
    assert_true(loss > before && loss < 1.0);
    before = loss;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost_where_all_are_alike),
                                     cmocka_unit_test(it_is_a_share_of_all_time),
                                     cmocka_unit_test(one_long_detour_counts_by_its_length),
                                     cmocka_unit_test(a_share_stays_below_one)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
