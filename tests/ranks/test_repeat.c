/* All ranks measure alike, whatever each one's own clock and load look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "repeat.h"

static sb_comm *comm;

/* What one clock read costs on this rank: from 25 us on, so that it decides how samples are looped
 * (the linker puts this in the place of sb_now_cost). */
double __wrap_sb_now_cost(void);
double __wrap_sb_now_cost(void) { return 25e-6 * (1 + sb_comm_rank(comm)); }

static sb_status pass_time(void *state, sb_clock *clock) {
  (void)state;
  (void)clock;
  const double start = sb_now();
  while (sb_now() - start < 1e-5) continue;
  return SB_OK;
}

static const sb_app app = {.name = "even", .run = pass_time};

/* Ranks that loop differently stand in different collective calls: a message is truncated, or all
 * hang. */
static void all_ranks_loop_alike(void **state) {
  (void)state;
  static const sb_common limits = {
      .warmup = 1, .min_reps = 3, .max_reps = 3, .time_limit = 30.0, .ci = 1e9};
  const sb_run run = {.comm = comm, .threads = 1, .common = &limits};
  sb_measurement *m = NULL;
  assert_int_equal(sb_measure(&run, &app, NULL, &m), SB_OK);
  int64_t least = m->loops, most = m->loops;
  sb_comm_min_i64(comm, &least, 1);
  sb_comm_max_i64(comm, &most, 1);
  assert_int_equal(least, most);
  assert_int_equal(m->reps, 3);
  sb_measurement_destroy(&m);
}

int main(int argc, char **argv) {
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {cmocka_unit_test(all_ranks_loop_alike)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
