/* Repetitions end for the reason they should, short ones are looped, failures come back. The app
 * here does nothing but let a chosen time pass; no test asks how fast anything is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <math.h>
#include <time.h>

#include "repeat.h"

static sb_comm *comm;
static sb_common limits;
static const sb_run run_of_one = {.common = &limits};

/* What the app does: seconds in each repetition, and which repetition fails (0: none). */
static double seconds;
static int calls, fail_at;

static sb_status pass_time(void *state, sb_clock *clock) {
  (void)state;
  (void)clock;
  if (++calls == fail_at) return sb_fail(SB_INTERNAL, "planted failure");
  const double start = sb_now();
  while (sb_now() - start < seconds) continue;
  return SB_OK;
}

/* Every fourth repetition is ten times as long, so the interval stays wide. */
static sb_status pass_uneven_time(void *state, sb_clock *clock) {
  const double even = seconds;
  if (calls % 2 == 0) seconds *= 10.0;
  const sb_status status = pass_time(state, clock);
  seconds = even;
  return status;
}

static int resets;
static sb_status count_reset(void *state) {
  (void)state;
  resets++;
  return SB_OK;
}

static const sb_app even = {.name = "even", .run = pass_time};
static const sb_app uneven = {.name = "uneven", .run = pass_uneven_time};
static const sb_app with_reset = {.name = "reset", .run = pass_time, .reset = count_reset};

static sb_measurement *measure(const sb_app *app, double time, sb_status expected) {
  sb_measurement *m = NULL;
  sb_run run = run_of_one;
  run.comm = comm;
  run.threads = 1;
  seconds = time;
  calls = 0;
  sb_clear();
  assert_int_equal(sb_measure(&run, app, NULL, &m), expected);
  return m;
}

static int set_limits(void **state) {
  (void)state;
  limits = (sb_common){.warmup = 2, .min_reps = 10, .max_reps = 30, .time_limit = 60.0, .ci = 1e9};
  fail_at = resets = 0;
  return 0;
}

static void a_tight_interval_ends_it_at_min_reps(void **state) {
  (void)state;
  sb_measurement *m = measure(&even, 2e-3, SB_OK);
  assert_int_equal(m->reps, 10);
  assert_int_equal(m->stop, SB_STOP_CI);
  assert_int_equal(m->loops, 1);
  assert_int_equal(m->warmups, 2);
  assert_int_equal(calls, 12);
  assert_true(m->time.median >= 2e-3 && m->time.n == 10 && !m->wide);
  sb_measurement_destroy(&m);
  assert_null(m);
}

static void no_interval_exists_below_six_samples(void **state) {
  (void)state;
  limits.min_reps = 1;
  limits.max_reps = 3;
  sb_measurement *m = measure(&even, 2e-3, SB_OK);
  assert_int_equal(m->reps, 3);
  assert_int_equal(m->stop, SB_STOP_MAX_REPS);
  assert_true(isnan(m->time.low) && !m->wide);
  sb_measurement_destroy(&m);
}

static void a_wide_interval_goes_on_to_max_reps_and_is_flagged(void **state) {
  (void)state;
  limits.ci = 0.01;
  limits.warmup = 0;
  sb_measurement *m = measure(&uneven, 2e-3, SB_OK);
  assert_int_equal(m->reps, 30);
  assert_int_equal(m->stop, SB_STOP_MAX_REPS);
  assert_true(m->wide);
  sb_measurement_destroy(&m);
}

static void the_time_limit_overrides_min_reps(void **state) {
  (void)state;
  limits.time_limit = 0.05;
  sb_measurement *m = measure(&even, 0.03, SB_OK);
  assert_int_equal(m->stop, SB_STOP_TIME_LIMIT);
  assert_true(m->reps >= 1 && m->reps < 10);
  sb_measurement_destroy(&m);
}

static void short_repetitions_are_looped(void **state) {
  (void)state;
  sb_measurement *m = measure(&even, 1e-5, SB_OK);
  assert_true(m->loops >= 2);
  assert_true(calls > 2 + m->reps * m->loops); /* warm-ups, at least one trial, samples */
  assert_true(m->time.median >= 1e-5);         /* a repetition's time, not a sample's */
  sb_measurement_destroy(&m);
}

static void an_app_with_reset_is_never_looped(void **state) {
  (void)state;
  sb_measurement *m = measure(&with_reset, 1e-5, SB_OK);
  assert_int_equal(m->loops, 1);
  assert_int_equal(resets, 2 + m->reps);
  sb_measurement_destroy(&m);
}

static void phases_add_up_to_elapsed(void **state) {
  (void)state;
  sb_measurement *m = measure(&even, 2e-3, SB_OK);
  for (int i = 0; i < m->reps; i++) {
    double sum = 0.0;
    for (int p = 0; p < SB_PHASES; p++) sum += m->phase[i * SB_PHASES + p];
    /* Sums of clock readings: each is exact to 1 ns or to double's 2^-53 of the uptime. */
    assert_true(fabs(sum - m->elapsed[i]) < 1e-7);
  }
  sb_measurement_destroy(&m);
}

static void a_failed_repetition_fails_the_measurement(void **state) {
  (void)state;
  fail_at = 5;
  sb_measurement *m = measure(&even, 2e-3, SB_INTERNAL);
  assert_null(m);
  assert_string_equal(sb_message(), "planted failure");
  sb_clear();
}

int main(void) {
  int argc = 0;
  char **argv = NULL;
  if (sb_comm_start(&argc, &argv, &comm) != SB_OK) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(a_tight_interval_ends_it_at_min_reps, set_limits),
      cmocka_unit_test_setup(no_interval_exists_below_six_samples, set_limits),
      cmocka_unit_test_setup(a_wide_interval_goes_on_to_max_reps_and_is_flagged, set_limits),
      cmocka_unit_test_setup(the_time_limit_overrides_min_reps, set_limits),
      cmocka_unit_test_setup(short_repetitions_are_looped, set_limits),
      cmocka_unit_test_setup(an_app_with_reset_is_never_looped, set_limits),
      cmocka_unit_test_setup(phases_add_up_to_elapsed, set_limits),
      cmocka_unit_test_setup(a_failed_repetition_fails_the_measurement, set_limits),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  sb_comm_finish(&comm);
  return failed;
}
