"""Cores, NUMA domains and quotas of invented machines."""
import unittest

from support import Scratch, make_machine

from jobscripts.topology import observe


class Observes(Scratch):
    def test_physical_cores_without_hyperthreads(self):
        cpus = make_machine(self.folder, packages=2, cores=4, threads=2)
        seen = observe(self.folder, cpus)
        self.assertEqual(seen.cores, (0, 1, 2, 3, 4, 5, 6, 7))
        self.assertEqual(seen.domains, ((0, 1, 2, 3), (4, 5, 6, 7)))
        self.assertEqual((seen.workers, seen.quota, seen.restricted), (8, None, False))

    def test_affinity_leaves_a_part(self):
        make_machine(self.folder, packages=2, cores=4, threads=2)
        seen = observe(
            self.folder, {3, 11, 12, 13}
        )  # core 3 twice, second threads of cores 4 and 5
        self.assertEqual(seen.cores, (3, 12, 13))
        self.assertEqual(seen.domains, ((3,), (12, 13)))
        self.assertTrue(seen.restricted)

    def test_quota_of_cgroup_2_is_the_tightest_on_the_way_up(self):
        cpus = make_machine(self.folder, packages=1, cores=8)
        self.write("proc/self/cgroup", "0::/a/b\n")
        self.write("sys/fs/cgroup/a/cpu.max", "250000 100000\n")
        self.write("sys/fs/cgroup/a/b/cpu.max", "max 100000\n")
        self.assertEqual(observe(self.folder, cpus).workers, 2)

    def test_quota_of_cgroup_1(self):
        cpus = make_machine(self.folder, packages=1, cores=8)
        self.write("proc/self/cgroup", "5:memory:/x\n2:cpu,cpuacct:/job\n")
        self.write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "50000\n")
        self.write("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n")
        self.assertEqual(observe(self.folder, cpus).workers, 1, "half a CPU still runs one worker")

    def test_no_quota_and_no_sysfs(self):
        self.write("proc/self/cgroup", "2:cpu:/\n0::/\n")
        self.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
        self.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
        seen = observe(self.folder, {0, 1, 2})
        self.assertEqual((seen.workers, seen.domains), (3, ((0, 1, 2),)))


if __name__ == "__main__":
    unittest.main()
