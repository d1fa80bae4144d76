/* Whether every worker can have a core of its own: known cases, and all small ones against Hall. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdint.h>
#include <stdlib.h>

#include "crowding.h"

static void expect(const sb_cpuset *may_use, int workers, int crowded, int cores) {
  const sb_crowd crowd = sb_crowding(may_use, workers);
  assert_int_equal(crowd.workers, crowded);
  assert_int_equal(crowd.cores, cores);
}

static sb_cpuset set(const char *text) {
  sb_cpuset s;
  assert_true(sb_cpuset_parse(&s, text));
  return s;
}

static void two_workers_on_one_core(void **state) {
  (void)state;
  expect((sb_cpuset[]){set("3"), set("3")}, 2, 2, 1);
}

static void four_free_workers_on_two_cores(void **state) {
  (void)state;
  expect((sb_cpuset[]){set("0-1"), set("0-1"), set("0-1"), set("0-1")}, 4, 4, 2);
}

static void bound_workers_are_fair(void **state) {
  (void)state;
  expect((sb_cpuset[]){set("0"), set("1"), set("2"), set("1200")}, 4, 0, 0);
}

static void the_crowd_alone_is_named(void **state) {
  (void)state;
  /* Six cores for five workers, but three of these share two. */
  const sb_cpuset may_use[] = {set("0-5"), set("4-5"), set("4"), set("5"), set("0-5")};
  expect(may_use, 5, 3, 2);
}

static void overlap_is_no_crowd(void **state) {
  (void)state;
  expect((sb_cpuset[]){set("0-1"), set("1-2"), set("2-3"), set("0")}, 4, 0, 0);
}

static void an_empty_set_is_no_worker(void **state) {
  (void)state;
  expect((sb_cpuset[]){set("0"), set(""), set("")}, 3, 0, 0);
  expect(NULL, 0, 0, 0);
}

static void a_full_node_is_fair_and_one_more_is_not(void **state) {
  (void)state;
  enum { CORES = 256 };
  sb_cpuset *may_use = calloc(CORES + 1, sizeof *may_use);
  assert_non_null(may_use);
  for (int w = 0; w <= CORES; w++) may_use[w] = set("0-255");
  expect(may_use, CORES, 0, 0);
  expect(may_use, CORES + 1, CORES + 1, CORES);
  /* Worker w may use cores w and w + 1: a chain that must shift as a whole for the last worker. */
  for (int w = 0; w < CORES; w++) {
    may_use[w] = (sb_cpuset){0};
    sb_cpuset_add(&may_use[w], w);
    sb_cpuset_add(&may_use[w], w + 1);
  }
  may_use[CORES] = set("0");
  expect(may_use, CORES + 1, 0, 0);
  may_use[CORES - 1] = set("255");
  expect(may_use, CORES + 1, CORES + 1, CORES);
  free(may_use);
}

/* The largest |W| - |N(W)| over all sets W of workers, by trying them all (Hall; Koenig). */
static int shortage(const unsigned *bits, int workers) {
  int most = 0;
  for (unsigned chosen = 0; chosen < 1U << workers; chosen++) {
    unsigned cores = 0;
    for (int w = 0; w < workers; w++)
      if (chosen >> w & 1U) cores |= bits[w];
    const int lack = __builtin_popcount(chosen) - __builtin_popcount(cores);
    if (lack > most) most = lack;
  }
  return most;
}

static void agrees_with_halls_theorem(void **state) {
  (void)state;
  enum { WORKERS = 6, CORES = 6 };
  uint64_t seed = 1;
  for (int trial = 0; trial < 20000; trial++) {
    unsigned bits[WORKERS];
    sb_cpuset may_use[WORKERS] = {0};
    for (int w = 0; w < WORKERS; w++) {
      seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      bits[w] = (unsigned)(seed >> 40) & (unsigned)(seed >> 50) & 63U; /* a quarter of them set */
      if (bits[w] == 0) bits[w] = 1;
      may_use[w].word[0] = bits[w];
    }
    const sb_crowd crowd = sb_crowding(may_use, WORKERS);
    assert_int_equal(crowd.workers - crowd.cores, shortage(bits, WORKERS));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_workers_on_one_core),
      cmocka_unit_test(four_free_workers_on_two_cores),
      cmocka_unit_test(bound_workers_are_fair),
      cmocka_unit_test(the_crowd_alone_is_named),
      cmocka_unit_test(overlap_is_no_crowd),
      cmocka_unit_test(an_empty_set_is_no_worker),
      cmocka_unit_test(a_full_node_is_fair_and_one_more_is_not),
      cmocka_unit_test(agrees_with_halls_theorem),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
