/* Counters read from a made-up /sys, and energy across a wrap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include "machine.h"
#include "made_up.h"

static void nothing_readable_is_minus_one(void **state) {
  (void)state;
  sb_counters counters;
  sb_counters_read_below(made_up, 0, &counters);
  assert_int_equal(counters.clock_hz, -1);
  assert_int_equal(counters.throttle_events, -1);
  assert_int_equal(counters.energy_microjoule, -1);
  assert_int_equal(counters.memory_errors, -1);
  assert_int_equal(sb_counters_energy_between(&counters, &counters), -1);
}

static void clocks(void **state) {
  (void)state;
  sb_counters counters;
  made_up_file("/proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2096.060\n");
  sb_counters_read_below(made_up, 3, &counters);
  assert_int_equal(counters.clock_hz, 2096000000);
  made_up_cpu(3, "cpufreq/scaling_cur_freq", "3700000\n");
  sb_counters_read_below(made_up, 3, &counters);
  assert_int_equal(counters.clock_hz, 3700000000);
}

static void throttling_and_memory_errors_add_up(void **state) {
  (void)state;
  sb_counters counters;
  made_up_file("/sys/devices/system/cpu/online", "0-1,4\n");
  made_up_cpu(0, "thermal_throttle/core_throttle_count", "3\n");
  made_up_cpu(1, "thermal_throttle/core_throttle_count", "0\n");
  made_up_cpu(2, "thermal_throttle/core_throttle_count", "100\n"); /* offline */
  made_up_cpu(4, "thermal_throttle/core_throttle_count", "4\n");
  made_up_file("/sys/devices/system/edac/mc/mc0/ce_count", "1\n");
  made_up_file("/sys/devices/system/edac/mc/mc0/ue_count", "0\n");
  made_up_file("/sys/devices/system/edac/mc/mc1/ce_count", "5\n");
  made_up_file("/sys/devices/system/edac/mc/mc1/ue_count", "2\n");
  sb_counters_read_below(made_up, 0, &counters);
  assert_int_equal(counters.throttle_events, 7);
  assert_int_equal(counters.memory_errors, 8);
}

static void zone(int number, const char *name, const char *energy) {
  char path[128];
  snprintf(path, sizeof path, "/sys/class/powercap/intel-rapl:%d/name", number);
  made_up_file(path, name);
  snprintf(path, sizeof path, "/sys/class/powercap/intel-rapl:%d/energy_uj", number);
  made_up_file(path, energy);
  snprintf(path, sizeof path, "/sys/class/powercap/intel-rapl:%d/max_energy_range_uj", number);
  made_up_file(path, "262143328850\n");
}

static void packages_alone_count_and_wraps_are_mended(void **state) {
  (void)state;
  sb_counters before, after;
  zone(0, "package-0\n", "262143328000\n");
  zone(1, "psys\n", "77\n");
  zone(2, "package-1-die-0\n", "1000\n");
  sb_counters_read_below(made_up, 0, &before);
  assert_int_equal(before.packages, 2);
  assert_int_equal(before.energy_microjoule, 262143329000);
  zone(0, "package-0\n", "150\n"); /* 850 to the end of the range, 150 after it */
  zone(2, "package-1-die-0\n", "1500\n");
  sb_counters_read_below(made_up, 0, &after);
  assert_int_equal(sb_counters_energy_between(&before, &after), 1500);
  assert_int_equal(sb_counters_energy_between(&before, &before), 0);
}

static void this_machine_answers(void **state) {
  (void)state;
  sb_counters counters;
  sb_counters_read(&counters);
  assert_true(counters.clock_hz == -1 || counters.clock_hz > 1000000);
  assert_true(counters.throttle_events >= -1);
  assert_true(counters.energy_microjoule >= -1);
  assert_true(counters.memory_errors >= -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(nothing_readable_is_minus_one, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(clocks, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(throttling_and_memory_errors_add_up, made_up_begin,
                                      made_up_end),
      cmocka_unit_test_setup_teardown(packages_alone_count_and_wraps_are_mended, made_up_begin,
                                      made_up_end),
      cmocka_unit_test(this_machine_answers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
