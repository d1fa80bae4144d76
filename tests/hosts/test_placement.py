"""On one of several hosts too many ranks, ranks on one core, or another machine: that host is named."""
from __future__ import annotations

import os
import shutil
import unittest
from pathlib import Path

import hosts
import launch

QUICK = ("--samples", "1e5", "--warmup", "0", "--min_reps", "2", "--max_reps", "2")
cluster: hosts.Hosts


def setUpModule() -> None:
    global cluster
    cluster = hosts.set_up(3)


def cores() -> int:
    """Physical cores that this process may use."""
    found = set()
    for cpu in os.sched_getaffinity(0):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        found.add(siblings.read_text() if siblings.exists() else str(cpu))
    return len(found)


class Placement(unittest.TestCase):
    def warnings(self, slots: list[int], script: str = "") -> list[str]:
        """What a run warns of whose ranks begin with a line of shell; host names stand for themselves."""
        run = cluster.run(slots, "/bin/sh", "-c", f'{script} exec "$0" "$@"', str(launch.BIN / "pi_mpi"), *QUICK)
        self.assertTrue(run.succeeded(), run)
        return [line for line in run.warnings() if not line.startswith("WARN interval")]

    def on(self, host: int, command: str) -> str:
        return f'test "$(uname -n)" != {cluster.names[host]} || {command};'

    def test_fair_hosts_are_not_warned_of(self) -> None:
        self.assertEqual(self.warnings([1, 1, 1]), [])

    def test_too_many_ranks_on_one_host(self) -> None:
        number = cores()
        if number > 6:
            self.skipTest(f"{number} cores take too many ranks to crowd")
        self.assertEqual(self.warnings([1, number + 1, 1]),
                         [f"WARN placement: {number + 1} ranks on {number} core{'s' if number > 1 else ''} "
                          f"(host {cluster.names[1]})"])

    @unittest.skipUnless(shutil.which("taskset"), "no taskset to bind with")
    def test_two_ranks_on_one_core(self) -> None:
        if cores() < 2:
            self.skipTest("with one core every host is crowded")
        first = min(os.sched_getaffinity(0))
        self.assertEqual(self.warnings([2, 1, 2], self.on(2, f"taskset -cp {first} $$ >/dev/null")),
                         [f"WARN placement: 2 ranks on 1 core (host {cluster.names[2]})"])

    def test_another_machine_among_them(self) -> None:
        found = self.warnings([1, 1, 1], self.on(1, "export SB_FLEET_PRETEND='processor=Other clock=1e9 cores=999'"))
        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], rf"^WARN heterogeneous: node {cluster.names[1]} has Other \(most have .*999 cores ")

    def test_names_of_another_host_are_not_believed(self) -> None:
        """A launcher that hands on the environment of one node of a Slurm job to all."""
        run = cluster.run([1, 1, 1], "pi_mpi", *QUICK,
                          env={"SLURM_JOB_ID": "17", "SLURMD_NODENAME": "n0", "SLURM_NODEID": "0"})
        self.assertTrue(run.succeeded(), run)
        self.assertEqual([line.split()[1] for line in run.out.splitlines() if line.startswith("NODE ")], cluster.names)


if __name__ == "__main__":
    unittest.main()
