/* Which CPUs are one physical core, on made-up machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "cores.h"
#include "made_up.h"

static sb_core_map map;

static sb_cpuset set(const char *text) {
  sb_cpuset s;
  assert_true(sb_cpuset_parse(&s, text));
  return s;
}

static void expect_cores(const char *cpus, const char *cores) {
  const sb_cpuset given = set(cpus);
  const sb_cpuset found = sb_cores_of(&map, &given);
  char text[256];
  sb_cpuset_format(&found, text, sizeof text);
  assert_string_equal(text, cores);
}

/* Two sockets of 64 cores; CPU c and c + 128 are the hardware threads of one core. */
static void hardware_threads_are_one_core(void **state) {
  (void)state;
  for (int cpu = 0; cpu < 256; cpu++) {
    char list[32];
    snprintf(list, sizeof list, "%d,%d\n", cpu % 128, cpu % 128 + 128);
    made_up_cpu(cpu, "topology/core_cpus_list", list);
  }
  const sb_cpuset all = set("0-255");
  sb_core_map_read(made_up, &all, &map);
  expect_cores("0-255", "0-127");
  expect_cores("0,128", "0");
  expect_cores("130", "2");
  expect_cores("0-1,129", "0-1");
}

static void old_kernels_and_high_numbers(void **state) {
  (void)state;
  made_up_cpu(2000, "topology/thread_siblings_list", "2000-2003\n");
  const sb_cpuset some = set("2002,2003"); /* no file of their own */
  sb_core_map_read(made_up, &some, &map);
  expect_cores("2002-2003", "2002-2003");
  const sb_cpuset more = set("2000-2003");
  sb_core_map_read(made_up, &more, &map);
  expect_cores("2001-2003", "2000");
}

static void without_sys_every_cpu_is_a_core(void **state) {
  (void)state;
  const sb_cpuset all = set("0-3");
  sb_core_map_read(made_up, &all, &map);
  expect_cores("0-3", "0-3");
}

static void nonsense_is_ignored(void **state) {
  (void)state;
  made_up_cpu(0, "topology/core_cpus_list", "zero\n");
  made_up_cpu(1, "topology/core_cpus_list", "5-6\n"); /* leaves CPU 1 out */
  made_up_cpu(2, "topology/core_cpus_list", "");
  const sb_cpuset all = set("0-2");
  sb_core_map_read(made_up, &all, &map);
  expect_cores("0-2", "0-2");
  expect_cores("5-6", "5-6");
}

static void this_process_runs_somewhere(void **state) {
  (void)state;
  const sb_cpuset thread = sb_cpus_of_thread(), process = sb_cpus_of_process();
  assert_true(sb_cpuset_count(&thread) >= 1);
  assert_true(sb_cpuset_within(&thread, &process));
  if (sb_cpu_now() >= 0) assert_true(sb_cpuset_has(&thread, sb_cpu_now()));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(hardware_threads_are_one_core, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(old_kernels_and_high_numbers, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(without_sys_every_cpu_is_a_core, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(nonsense_is_ignored, made_up_begin, made_up_end),
      cmocka_unit_test(this_process_runs_somewhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
