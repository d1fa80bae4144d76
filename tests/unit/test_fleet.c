/* A node that is not as most are is told, with what it is and what they are; small differences of
 * equal machines, and what is not known, are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet.h"

enum { NODES = 5 };

static sb_fleet_record node(void) {
  sb_fleet_record r;
  memset(&r, 0, sizeof r);
  strcpy(r.processor, "EPYC 7543");
  strcpy(r.instruction_set, "avx2");
  const double numbers[SB_FLEET_NUMBERS] = {2, 64, 128, 8, 512e6, 264e9, 3.7e9};
  memcpy(r.number, numbers, sizeof numbers);
  return r;
}

/* Five nodes, the fourth of which `odd` is; how each differs from what is usual. */
static void compare(const sb_fleet_record *odd, char text[NODES][SB_FLEET_TEXT]) {
  sb_fleet_record all[NODES], sorted[NODES], usual;
  for (int i = 0; i < NODES; i++) all[i] = i == 3 ? *odd : node();
  memcpy(sorted, all, sizeof sorted);
  sb_fleet_usual(sorted, NODES, &usual);
  for (int i = 0; i < NODES; i++) sb_fleet_difference(&all[i], &usual, text[i]);
}

static void expect(const sb_fleet_record *odd, const char *says) {
  char text[NODES][SB_FLEET_TEXT];
  compare(odd, text);
  for (int i = 0; i < NODES; i++) assert_string_equal(text[i], i == 3 ? says : "");
}

static void equal_nodes_are_alike(void **state) {
  (void)state;
  const sb_fleet_record same = node();
  expect(&same, "");
}

static void each_kind_is_told(void **state) {
  (void)state;
  static const struct {
    sb_fleet_number which;
    double value;
    const char *says;
  } cases[] = {
      {SB_FLEET_SOCKETS, 1, "1 sockets (most have 2)"},
      {SB_FLEET_CORES, 63, "63 cores (most have 64)"},
      {SB_FLEET_THREADS, 64, "64 hardware threads (most have 128)"},
      {SB_FLEET_NUMA, 2, "2 NUMA nodes (most have 8)"},
      {SB_FLEET_CACHE, 256e6, "256 MB of third-level cache (most have 512)"},
      {SB_FLEET_MEMORY, 248e9, "248 GB of memory (most have 264)"},
      {SB_FLEET_CLOCK, 3.4e9, "3.4 GHz at most (most have 3.7)"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sb_fleet_record odd = node();
    odd.number[cases[i].which] = cases[i].value;
    expect(&odd, cases[i].says);
  }
  sb_fleet_record odd = node();
  strcpy(odd.processor, "Xeon 8358");
  strcpy(odd.instruction_set, "avx512");
  odd.number[SB_FLEET_CORES] = 32;
  expect(&odd, "Xeon 8358 (most have EPYC 7543), avx512 (most have avx2), 32 cores (most have 64)");
}

static void what_the_kernel_keeps_is_no_difference(void **state) {
  (void)state;
  sb_fleet_record odd = node();
  odd.number[SB_FLEET_MEMORY] = 0.96 * 264e9;
  odd.number[SB_FLEET_CLOCK] = 1.01 * 3.7e9;
  expect(&odd, "");
}

static void what_is_not_known_is_not_compared(void **state) {
  (void)state;
  sb_fleet_record odd = node();
  odd.number[SB_FLEET_CLOCK] = odd.number[SB_FLEET_NUMA] = 0.0;
  expect(&odd, "");
}

static void of_two_kinds_the_larger_is_usual(void **state) {
  (void)state;
  sb_fleet_record all[NODES], usual;
  char text[SB_FLEET_TEXT];
  for (int i = 0; i < NODES; i++) {
    all[i] = node();
    strcpy(all[i].processor, i % 2 == 0 ? "new" : "old");
  }
  sb_fleet_usual(all, NODES, &usual);
  assert_string_equal(usual.processor, "new");
  sb_fleet_record old = node();
  strcpy(old.processor, "old");
  sb_fleet_difference(&old, &usual, text);
  assert_string_equal(text, "old (most have new)");
}

static void long_words_are_cut(void **state) {
  (void)state;
  sb_fleet_record odd = node();
  memset(odd.processor, 'p', sizeof odd.processor - 1);
  for (int i = 0; i < SB_FLEET_NUMBERS; i++) odd.number[i] *= 3.0;
  char text[NODES][SB_FLEET_TEXT];
  compare(&odd, text);
  assert_true(strlen(text[3]) < SB_FLEET_TEXT);
  assert_non_null(strstr(text[3], "(most have EPYC 7543)"));
}

static void this_node_is_described(void **state) {
  (void)state;
  sb_machine machine;
  sb_fleet_record record;
  assert_int_equal(sb_machine_observe(&machine), SB_OK);
  unsetenv("SB_FLEET_PRETEND");
  sb_fleet_describe(&machine, "n1", &record);
  assert_string_equal(record.node, "n1");
  assert_string_equal(record.processor, machine.cpu_model);
  assert_int_equal((int)record.number[SB_FLEET_CORES], machine.cores);
  assert_true(record.number[SB_FLEET_MEMORY] > 0.0);
  setenv("SB_FLEET_PRETEND", "cores=3  processor=Other clock=2e9", 1);
  sb_fleet_describe(&machine, "n1", &record);
  unsetenv("SB_FLEET_PRETEND");
  assert_string_equal(record.processor, "Other");
  assert_string_equal(record.instruction_set, machine.instruction_set);
  assert_int_equal((int)record.number[SB_FLEET_CORES], 3);
  assert_int_equal((int)(record.number[SB_FLEET_CLOCK] / 1e6), 2000);
  assert_int_equal((int)record.number[SB_FLEET_SOCKETS], machine.sockets);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_nodes_are_alike),
      cmocka_unit_test(each_kind_is_told),
      cmocka_unit_test(what_the_kernel_keeps_is_no_difference),
      cmocka_unit_test(what_is_not_known_is_not_compared),
      cmocka_unit_test(of_two_kinds_the_larger_is_usual),
      cmocka_unit_test(long_words_are_cut),
      cmocka_unit_test(this_node_is_described),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
