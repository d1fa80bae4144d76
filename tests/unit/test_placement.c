/* How one node is judged, what number of threads is fair, and what this process sees of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdlib.h>
#include <string.h>

#include "comm.h"
#include "placement.h"
#include "placement_node.h"

static sb_cpuset set(const char *text) {
  sb_cpuset s;
  assert_true(sb_cpuset_parse(&s, text));
  return s;
}

static void expect(const sb_cpuset *cores, const sb_grant *grants, int ranks, int threads,
                   const char *text) {
  const sb_node_verdict verdict = sb_judge_node(cores, grants, ranks, threads);
  assert_string_equal(verdict.text, text);
  if (text[0] == '\0')
    assert_true(verdict.load <= 0.0);
  else
    assert_true(verdict.load > 1.0);
}

static const sb_grant none[4]; /* no quota */

static void says_who_crowds_where(void **state) {
  (void)state;
  const sb_cpuset both[] = {set("0-1"), set("0-1"), set("0-1"), set("0-1")};
  const sb_cpuset one[] = {set("5"), set("5")};
  expect(both, none, 4, 1, "4 ranks on 2 cores");
  expect(both, none, 1, 4, "4 threads on 2 cores");
  expect(both, none, 2, 2, "4 workers on 2 cores");
  expect(one, none, 1, 2, "2 threads on 1 core");
  expect(one, none, 2, 1, "2 ranks on 1 core");
  expect(both, none, 2, 1, "");
  expect(both, none, 1, 2, "");
}

static void disjoint_ranks_are_fair(void **state) {
  (void)state;
  const sb_cpuset cores[] = {set("0-1"), set("0-1"), set("64-65"), set("64-65")};
  expect(cores, none, 2, 2, "");
  const sb_cpuset swapped[] = {set("0"), set("0"), set("64-65"), set("64-65")};
  expect(swapped, none, 2, 2, "2 workers on 1 core");
}

static void a_quota_is_shared_by_its_group(void **state) {
  (void)state;
  const sb_cpuset cores[] = {set("0-7"), set("0-7"), set("0-7"), set("0-7")};
  const sb_grant one = {.cpus = 1.0, .cpus_group = 7}, two = {.cpus = 2.0, .cpus_group = 9};
  const sb_grant half = {.cpus = 1.5, .cpus_group = 7};
  expect(cores, &one, 1, 1, "");
  expect(cores, &one, 1, 2, "2 threads on a quota of 1 CPU");
  expect(cores, (sb_grant[]){half, half}, 2, 1, "2 ranks on a quota of 1.5 CPUs");
  expect(cores, (sb_grant[]){half, two}, 2, 1, "");
  expect(cores, (sb_grant[]){one, none[0], two, two}, 4, 1, "");
  expect(cores, (sb_grant[]){one, one, two, two}, 4, 1, "2 ranks on a quota of 1 CPU");
}

static void the_worse_of_both_is_told(void **state) {
  (void)state;
  const sb_cpuset cores[] = {set("0"), set("0"), set("0"), set("1")};
  const sb_grant two = {.cpus = 2.0, .cpus_group = 1}, one = {.cpus = 1.0, .cpus_group = 1};
  expect(cores, (sb_grant[]){two, two, two, two}, 4, 1, "3 ranks on 1 core");
  expect(cores, (sb_grant[]){one, one, one, one}, 4, 1, "4 ranks on a quota of 1 CPU");
}

static int fair(const sb_cpuset *cores, const sb_grant *grants, int ranks) {
  int threads = 0;
  assert_int_equal(sb_fair_share(cores, grants, ranks, &threads), SB_OK);
  return threads;
}

static void ranks_share_cores_fairly(void **state) {
  (void)state;
  const sb_cpuset all = set("0-127"), left = set("0-63"), right = set("64-127");
  assert_int_equal(fair(&all, none, 1), 128);
  assert_int_equal(fair((sb_cpuset[]){all, all}, none, 2), 64);
  assert_int_equal(fair((sb_cpuset[]){all, all, all}, none, 3), 42);
  assert_int_equal(fair((sb_cpuset[]){left, right}, none, 2), 64);
  assert_int_equal(fair((sb_cpuset[]){left, all}, none, 2), 64);
  assert_int_equal(fair((sb_cpuset[]){left, left, right}, none, 3), 32);
  assert_int_equal(fair((sb_cpuset[]){set("0"), all}, none, 2), 1);
  assert_int_equal(fair((sb_cpuset[]){set("0"), set("0")}, none, 2), 1);
}

static void quotas_bound_the_share(void **state) {
  (void)state;
  const sb_cpuset all = set("0-7");
  const sb_grant five = {.cpus = 5.9, .cpus_group = 1}, tiny = {.cpus = 0.5, .cpus_group = 1};
  assert_int_equal(fair(&all, &five, 1), 5);
  assert_int_equal(fair((sb_cpuset[]){all, all}, (sb_grant[]){five, five}, 2), 2);
  assert_int_equal(fair(&all, &tiny, 1), 1);
}

static void what_is_fair_is_judged_fair(void **state) {
  (void)state;
  enum { RANKS = 4, CORES = 12 };
  unsigned seed = 1;
  for (int trial = 0; trial < 300; trial++) {
    sb_cpuset cores[RANKS] = {0};
    for (int r = 0; r < RANKS; r++)
      for (int c = 0; c < CORES; c++) {
        seed = seed * 1664525U + 1013904223U;
        if (c == 3 * r || seed >> 31)
          sb_cpuset_add(&cores[r], c); /* one core at least is its own */
      }
    const int threads = fair(cores, none, RANKS);
    sb_cpuset workers[RANKS * (CORES + 1)];
    for (int more = 0; more <= 1; more++) {
      const int n = threads + more;
      for (int w = 0; w < RANKS * n; w++) workers[w] = cores[w / n];
      assert_int_equal(sb_judge_node(workers, none, RANKS, n).load > 0.0, more);
    }
  }
}

static void this_process_is_seen(void **state) {
  (void)state;
  sb_comm *comm = NULL;
  sb_placement *placement = NULL;
  char allowed[SB_CPUS_TEXT], seen[SB_CPUS_TEXT], warning[SB_PLACEMENT_WARNING] = "left over";
  int threads = 0;
  assert_int_equal(sb_comm_start(NULL, NULL, &comm), SB_OK);
  assert_true(sb_usable_cores() >= 1);
  assert_int_equal(sb_fair_threads(comm, &threads), SB_OK);
  assert_int_equal(threads, sb_usable_cores());
  assert_int_equal(sb_placement_create(comm, 1, &placement), SB_OK);
  sb_placement_seen(placement, seen);
  assert_string_equal(seen, "");
  sb_placement_sample(placement);
  sb_placement_allowed(placement, allowed);
  sb_placement_seen(placement, seen);
  assert_string_not_equal(allowed, "");
#ifdef __linux__
  assert_string_not_equal(seen, "");
#endif
  if (sb_placement_judge(comm, placement, warning, sizeof warning))
    assert_string_equal(warning, "");
  else /* one worker is crowded only by a quota below one CPU */
    assert_non_null(strstr(warning, "1 rank on a quota of 0."));
  sb_placement_destroy(&placement);
  assert_null(placement);
  sb_placement_destroy(&placement);
  sb_comm_finish(&comm);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(says_who_crowds_where),          cmocka_unit_test(disjoint_ranks_are_fair),
      cmocka_unit_test(a_quota_is_shared_by_its_group), cmocka_unit_test(the_worse_of_both_is_told),
      cmocka_unit_test(ranks_share_cores_fairly),       cmocka_unit_test(quotas_bound_the_share),
      cmocka_unit_test(what_is_fair_is_judged_fair),    cmocka_unit_test(this_process_is_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
