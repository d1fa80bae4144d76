/* What a node is, from made-up files and from the machine that runs the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "machine.h"
#include "made_up.h"

static sb_machine machine;

static void an_x86_node(void **state) {
  (void)state;
  made_up_file("/proc/cpuinfo",
               "processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz\ncpu MHz\t\t: 2000.000\n"
               "flags\t\t: fpu sse2 avx2\n\nprocessor\t: 1\nmodel name\t: Another\n");
  made_up_file("/proc/meminfo",
               "MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:   600 kB\n");
  made_up_file("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  assert_false(sb_shared_huge_pages(made_up));
  made_up_file("/sys/kernel/mm/transparent_hugepage/shmem_enabled",
               "always within_size advise [never] deny force\n");
  assert_false(sb_shared_huge_pages(made_up));
  made_up_file("/sys/kernel/mm/transparent_hugepage/shmem_enabled",
               "always within_size [advise] never deny force\n");
  assert_true(sb_shared_huge_pages(made_up));
  sb_machine_read(made_up, &machine);
  assert_string_equal(machine.cpu_model, "Some CPU @ 2.00GHz");
  assert_string_equal(machine.hypervisor, "no");
  assert_string_equal(machine.huge_pages, "madvise");
  assert_int_equal(machine.memory_bytes, 1000 * 1024);
  assert_int_equal(machine.memory_available, 600 * 1024);
  assert_true(machine.cpu_quota <= 0.0);
}

static void a_virtual_machine_in_a_container(void **state) {
  (void)state;
  made_up_file("/proc/cpuinfo", "model name : X\nflags : fpu hypervisor avx\n");
  made_up_file("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 600 kB\n");
  made_up_file("/proc/self/cgroup", "0::/\n");
  made_up_file("/proc/self/mountinfo", "36 25 0:31 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  made_up_file("/sys/fs/cgroup/memory.max", "204800\n");
  made_up_file("/sys/fs/cgroup/memory.current", "2048\n");
  made_up_file("/sys/fs/cgroup/cpu.max", "100000 100000\n");
  sb_machine_read(made_up, &machine);
  assert_string_equal(machine.hypervisor, "yes");
  assert_int_equal(machine.memory_available, 204800 - 2048);
  assert_true(machine.cpu_quota > 0.99 && machine.cpu_quota < 1.01);
}

static void an_arm_node(void **state) {
  (void)state;
  made_up_file(
      "/proc/cpuinfo",
      "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n");
  sb_machine_read(made_up, &machine);
  assert_string_equal(machine.cpu_model, "implementer 0x41 part 0xd40");
  assert_string_equal(machine.hypervisor, "unknown");
}

static void nothing_to_read_is_unknown(void **state) {
  (void)state;
  sb_machine_read(made_up, &machine);
  assert_string_equal(machine.huge_pages, "unknown");
  assert_string_equal(machine.hypervisor, "unknown");
  assert_int_equal(machine.memory_available, 0);
#ifdef __linux__
  assert_string_equal(machine.cpu_model, "unknown");
  assert_int_equal(machine.memory_bytes, 0);
#endif
}

static void long_words_are_cut(void **state) {
  (void)state;
  char text[1024] = "model name : ";
  memset(text + strlen(text), 'x', 900);
  made_up_file("/proc/cpuinfo", text);
  sb_machine_read(made_up, &machine);
  assert_int_equal(strlen(machine.cpu_model), sizeof machine.cpu_model - 1);
}

static void this_machine_answers(void **state) {
  (void)state;
  assert_int_equal(sb_machine_observe(&machine), SB_OK);
  assert_true(machine.usable_cpus >= 1);
  assert_true(machine.usable_cores >= 1 && machine.usable_cores <= machine.usable_cpus);
  assert_true(machine.cores <= machine.hardware_threads);
  assert_true(machine.memory_bytes > 0 && machine.page_bytes >= 4096);
  assert_true(machine.memory_available <= machine.memory_bytes);
  assert_string_not_equal(machine.architecture, "");
  assert_string_not_equal(machine.instruction_set, "");
  assert_string_not_equal(machine.kernel, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(an_x86_node, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(a_virtual_machine_in_a_container, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(an_arm_node, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(nothing_to_read_is_unknown, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(long_words_are_cut, made_up_begin, made_up_end),
      cmocka_unit_test(this_machine_answers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
