"""Which cores Slurm gives to ranks on a part of a node with two sockets. This machine need not have them:
asked is slurmctld, which deals cores to steps, and nothing is bound."""
from __future__ import annotations

import re
import shlex
import sys
import unittest
from pathlib import Path

import cluster

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from jobscripts.layout import Layout  # noqa: E402
from jobscripts.site import Site  # noqa: E402
from jobscripts.slurm import Slurm  # noqa: E402
from jobscripts.topology import Topology  # noqa: E402

WHY_NOT = cluster.missing()
CORES = tuple(range(16))
NODE = Topology(CORES, (CORES[:8], CORES[8:]), None, False, "a node")


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Sockets(cluster.Case):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cluster = cluster.Cluster(nodes=1, cores=len(CORES), sockets=2, bound=False)
        cls.addClassCleanup(cls.cluster.stop)

    def dealt(self, layout: Layout) -> list[list[int]]:
        """Numbers of the cores that a step of this layout gets of each socket."""
        log = self.cluster.folder / "slurmctld.log"
        before = log.stat().st_size
        words = Slurm().start(layout, Site(mpi="none"), "openmpi", NODE)
        job = ["--wait", "--exclusive", "--nodes=1", f"--ntasks-per-node={len(CORES)}", "--output=/dev/null"]
        done = self.cluster.run("sbatch", *job, f"--wrap={shlex.join([*words, 'true'])}")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = log.read_text(encoding="utf-8")[before:]
        found = re.findall(r"_pick_step_core: alloc Node:0 Socket:(\d+) Core:(\d+)", text)
        return [sorted(int(core) for own, core in found if own == str(socket)) for socket in (0, 1)]

    def test_two_ranks_of_six_threads_have_a_socket_each(self) -> None:
        self.assertEqual(self.dealt(Layout(2, 6)), [list(range(6)), list(range(6))])

    def test_twelve_ranks_take_the_next_free_cores(self) -> None:
        self.assertEqual(self.dealt(Layout(12, 1)), [list(range(8)), list(range(4))])


if __name__ == "__main__":
    unittest.main()
