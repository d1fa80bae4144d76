/* Sockets, cores, NUMA domains and caches from a made-up /sys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "made_up.h"
#include "topology.h"

static void cache(int index, const char *level, const char *type, const char *size) {
  char below[64];
  snprintf(below, sizeof below, "cache/index%d/level", index);
  made_up_cpu(0, below, level);
  snprintf(below, sizeof below, "cache/index%d/type", index);
  made_up_cpu(0, below, type);
  snprintf(below, sizeof below, "cache/index%d/size", index);
  made_up_cpu(0, below, size);
}

/* Two sockets of 32 cores with two hardware threads each. */
static void two_sockets(void **state) {
  (void)state;
  made_up_file("/sys/devices/system/cpu/online", "0-127\n");
  made_up_file("/sys/devices/system/node/has_memory", "0-3\n");
  for (int cpu = 0; cpu < 128; cpu++) {
    char list[32];
    snprintf(list, sizeof list, "%d,%d\n", cpu % 64, cpu % 64 + 64);
    made_up_cpu(cpu, "topology/core_cpus_list", list);
    made_up_cpu(cpu, "topology/physical_package_id", cpu % 64 < 32 ? "0\n" : "1\n");
    made_up_cpu(cpu, "cache/index3/level", "3\n");
    made_up_cpu(cpu, "cache/index3/shared_cpu_list",
                cpu % 64 < 32 ? "0-31,64-95\n" : "32-63,96-127\n");
  }
  cache(0, "1\n", "Data\n", "48K\n");
  cache(1, "1\n", "Instruction\n", "32K\n");
  cache(2, "2\n", "Unified\n", "2048K\n");
  cache(3, "3\n", "Unified\n", "105M\n");
  const sb_topology t = sb_topology_sysfs(made_up);
  assert_int_equal(t.sockets, 2);
  assert_int_equal(t.cores, 64);
  assert_int_equal(t.hardware_threads, 128);
  assert_int_equal(t.numa_nodes, 4);
  assert_int_equal(t.l1d_bytes, 48 * 1024);
  assert_int_equal(t.l2_bytes, 2048 * 1024);
  assert_int_equal(t.l3_bytes, 105 * 1024 * 1024);
  assert_int_equal(t.l3_caches, 2);
}

static void unknown_is_zero(void **state) {
  (void)state;
  const sb_topology none = sb_topology_sysfs(made_up);
  assert_int_equal(none.sockets, 0);
  assert_int_equal(none.cores, 0);
  assert_int_equal(none.hardware_threads, 0);
  made_up_file("/sys/devices/system/cpu/online", "0-1\n"); /* and nothing else */
  const sb_topology bare = sb_topology_sysfs(made_up);
  assert_int_equal(bare.sockets, 0);
  assert_int_equal(bare.cores, 2);
  assert_int_equal(bare.hardware_threads, 2);
  assert_int_equal(bare.numa_nodes, 0);
  assert_int_equal(bare.l1d_bytes, 0);
  assert_int_equal(bare.l3_caches, 0);
}

static void both_sources_agree_here(void **state) {
  (void)state;
  const sb_topology a = sb_topology_hwloc(), b = sb_topology_sysfs("");
  if (a.cores > 0 && b.cores > 0) {
    assert_int_equal(a.cores, b.cores);
    assert_int_equal(a.hardware_threads, b.hardware_threads);
  }
  if (a.l1d_bytes > 0 && b.l1d_bytes > 0) assert_int_equal(a.l1d_bytes, b.l1d_bytes);
  if (a.l3_caches > 0 && b.l3_caches > 0) assert_int_equal(a.l3_caches, b.l3_caches);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(two_sockets, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(unknown_is_zero, made_up_begin, made_up_end),
      cmocka_unit_test(both_sources_agree_here),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
