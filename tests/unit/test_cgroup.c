/* CPU quotas and memory limits of control groups, versions 1 and 2, on made-up machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* wants the three above */

#include <stdint.h>

#include "cgroup.h"
#include "made_up.h"

#define V2_MOUNT "36 25 0:31 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
#define V1_MOUNTS                                                               \
  "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"                                       \
  "33 30 0:30 / /sys/fs/cgroup/cpuset rw shared:9 - cgroup cgroup rw,cpuset\n"  \
  "31 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n" \
  "34 30 0:31 / /sys/fs/cgroup/memory rw shared:9 master:1 - cgroup cgroup rw,memory\n"

static void expect(double cpus, int64_t memory_free) {
  const sb_grant grant = sb_cgroup_grant(made_up);
  assert_true(grant.cpus >= cpus && grant.cpus <= cpus); /* exact: quotients of whole numbers */
  assert_true(grant.memory_free == memory_free);
}

static void no_groups_no_limits(void **state) {
  (void)state;
  expect(0.0, INT64_MAX);
  made_up_file("/proc/self/cgroup", "nonsense\n\n0::\n");
  made_up_file("/proc/self/mountinfo", "nonsense - \n");
  expect(0.0, INT64_MAX);
}

static void version_2(void **state) {
  (void)state;
  made_up_file("/proc/self/mountinfo", V2_MOUNT);
  made_up_file("/proc/self/cgroup", "0::/slurm/job_7\n");
  made_up_file("/sys/fs/cgroup/slurm/job_7/cpu.max", "max 100000\n");
  made_up_file("/sys/fs/cgroup/slurm/job_7/memory.max", "max\n");
  made_up_file("/sys/fs/cgroup/slurm/job_7/memory.current", "500\n");
  expect(0.0, INT64_MAX);
  made_up_file("/sys/fs/cgroup/slurm/job_7/cpu.max", "150000 100000\n");
  made_up_file("/sys/fs/cgroup/slurm/job_7/memory.max", "4000\n");
  expect(1.5, 3500);
}

static void the_tightest_group_above_counts(void **state) {
  (void)state;
  made_up_file("/proc/self/mountinfo", V2_MOUNT);
  made_up_file("/proc/self/cgroup", "0::/a/b\n");
  made_up_file("/sys/fs/cgroup/a/b/cpu.max", "400000 100000\n");
  made_up_file("/sys/fs/cgroup/a/cpu.max", "200000 100000\n");
  made_up_file("/sys/fs/cgroup/cpu.max", "300000 100000\n");
  made_up_file("/sys/fs/cgroup/a/b/memory.max", "9000\n");
  made_up_file("/sys/fs/cgroup/a/b/memory.current", "1000\n");
  made_up_file("/sys/fs/cgroup/a/memory.max", "5000\n");
  made_up_file("/sys/fs/cgroup/a/memory.current", "4500\n");
  made_up_file("/sys/fs/cgroup/memory.max", "50000\n");
  made_up_file("/sys/fs/cgroup/memory.current", "10000\n");
  expect(2.0, 500);
  /* Caches that can be dropped are free; held beyond the limit means nothing is. */
  made_up_file("/sys/fs/cgroup/a/memory.stat", "anon 1500\nfile 3000\ninactive_file 2500\n");
  expect(2.0, 3000);
  made_up_file("/sys/fs/cgroup/a/memory.current", "99000\n");
  expect(2.0, 0);
}

static void version_1(void **state) {
  (void)state;
  made_up_file("/proc/self/mountinfo", V1_MOUNTS);
  made_up_file("/proc/self/cgroup",
               "9:name=systemd:/\n8:cpuset:/other\n4:memory:/box\n2:cpu,cpuacct:/box\n0::/\n");
  made_up_file("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
  made_up_file("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  made_up_file("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
  made_up_file("/sys/fs/cgroup/memory/box/memory.usage_in_bytes", "1000\n");
  assert_true(sb_cgroup_grant(made_up).memory_free > INT64_MAX / 2);
  made_up_file("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "100000\n");
  made_up_file("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "8000\n");
  made_up_file("/sys/fs/cgroup/memory/box/memory.stat", "cache 1\ntotal_inactive_file 300\n");
  expect(1.0, 7300);
}

static void a_container_sees_its_group_as_the_root(void **state) {
  (void)state;
  made_up_file("/proc/self/mountinfo",
               "36 25 0:31 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  made_up_file("/proc/self/cgroup", "0::/docker/abc\n");
  made_up_file("/sys/fs/cgroup/cpu.max", "250000 100000\n");
  expect(2.5, INT64_MAX);
  made_up_file("/proc/self/cgroup", "0::/docker/abc/inner\n");
  made_up_file("/sys/fs/cgroup/inner/cpu.max", "50000 100000\n");
  expect(0.5, INT64_MAX);
  made_up_file("/sys/fs/elsewhere/cpu.max", "70000 100000\n");
  made_up_file("/proc/self/cgroup", "0::/../elsewhere\n"); /* told from outside its namespace */
  expect(2.5, INT64_MAX);
  made_up_file("/proc/self/mountinfo", V2_MOUNT);
  expect(2.5, INT64_MAX);
  made_up_file("/proc/self/cgroup", "0::/no/such/folder\n");
  expect(2.5, INT64_MAX);
}

static void groups_have_names(void **state) {
  (void)state;
  made_up_file("/proc/self/mountinfo", V2_MOUNT);
  made_up_file("/sys/fs/cgroup/a/cpu.max", "100000 100000\n");
  made_up_file("/sys/fs/cgroup/a/step/cpu.max", "max 100000\n");
  made_up_file("/sys/fs/cgroup/b/cpu.max", "100000 100000\n");
  made_up_file("/proc/self/cgroup", "0::/a\n");
  const uint64_t a = sb_cgroup_grant(made_up).cpus_group;
  made_up_file("/proc/self/cgroup", "0::/a/step\n");
  assert_true(sb_cgroup_grant(made_up).cpus_group == a);
  made_up_file("/proc/self/cgroup", "0::/b\n");
  assert_true(sb_cgroup_grant(made_up).cpus_group != a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(no_groups_no_limits, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(version_2, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(the_tightest_group_above_counts, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(version_1, made_up_begin, made_up_end),
      cmocka_unit_test_setup_teardown(a_container_sees_its_group_as_the_root, made_up_begin,
                                      made_up_end),
      cmocka_unit_test_setup_teardown(groups_have_names, made_up_begin, made_up_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
