"""Nodes as a scheduler tells them: named by it, told apart on one machine, and judged each by itself.

What the environment of real schedulers says is given to ranks of one machine here; tests/hosts has
several hosts.
"""
from __future__ import annotations

import re
import shutil
import tempfile
import unittest
from pathlib import Path

import h5py

import launch

QUICK = ("--samples", "1e5", "--warmup", "0", "--min_reps", "2", "--max_reps", "2")
# Two ranks a node; further settings of node i are in its word of "$SETTINGS".
RANK = "rank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}; node=$((rank / 2)); "
SLURM = "export SLURM_JOB_ID=17 SLURM_NODEID=$node SLURMD_NODENAME=n$node; "
RUN = 'exec "$0" "$@"'


@unittest.skipUnless("mpi" in launch.variants(), "no MPI in this build")
class Nodes(unittest.TestCase):
    def start(self, script: str, ranks: int = 4, app: str = "pi", options: tuple[str, ...] = QUICK,
              env: dict[str, str] | None = None) -> launch.Outcome:
        """Each rank begins with a line of shell that knows $rank and $node."""
        run = launch.run(f"{app}_mpi", *options, ranks=ranks, prefix=("sh", "-c", RANK + script + RUN), env=env)
        self.assertTrue(run.succeeded(), run)
        return run

    def nodes(self, run: launch.Outcome) -> list[str]:
        return re.findall(r"^NODE (\S+) ", run.out, re.MULTILINE)

    def test_slurms_nodes_on_one_machine(self) -> None:
        """By their names, also where ranks of the nodes alternate."""
        self.assertEqual(self.nodes(self.start(SLURM)), ["n0", "n1"])
        self.assertEqual(self.nodes(self.start(SLURM, ranks=3)), ["n0", "n1"])
        self.assertEqual(self.nodes(self.start(SLURM.replace("$node", "$((rank % 2))"))), ["n0", "n1"])

    def test_other_schedulers_tell_nodes_apart(self) -> None:
        """They have no name for them: those of the hosts are shown."""
        host = self.nodes(self.start(""))
        self.assertEqual(len(host), 1)
        for settings in ("SLURM_JOB_ID=17 SLURM_NODEID=$node", "PBS_JOBID=17.server PBS_NODENUM=$node",
                         "FLUX_JOB_ID=f17 FLUX_URI=local:///run/flux/local-$node"):
            self.assertEqual(self.nodes(self.start(f"export {settings}; ")), host * 2, settings)
        self.assertEqual(self.nodes(self.start("export LSB_JOBID=17 JSM_NAMESPACE_RANK=$rank; ")), host)

    def test_smaller_nodes_can_still_be_pretended(self) -> None:
        found = self.nodes(self.start(SLURM, ranks=5, env={"SB_NODE_SIZE": "1"}))
        self.assertEqual(found, ["n0", "n0", "n1", "n1", "n2"])

    def test_the_file_names_the_nodes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "r.h5"
            self.start(SLURM, options=(*QUICK, "--output", str(path)))
            with h5py.File(path) as file:
                self.assertEqual(file.attrs["nodes"], 2)
                self.assertEqual([b"".join(host).decode().rstrip("\0 ") for host in file["machine/host"][()]],
                                 ["n0", "n0", "n1", "n1"])

    def placement(self, run: launch.Outcome) -> list[str]:
        return [line for line in run.warnings() if line.startswith("WARN placement")]

    def test_ranks_that_are_bound_wrongly_are_named(self) -> None:
        if shutil.which("taskset") is None:
            self.skipTest("no taskset to bind with")
        cpus = "cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//'); "
        bind = "test $node -ne {} || taskset -cp $cpu $$ >/dev/null; "
        run = self.start(SLURM + cpus + bind.format(1))
        self.assertEqual(self.placement(run), ["WARN placement: 2 ranks on 1 core (host n1)"], run)
        run = self.start(SLURM + cpus + "taskset -cp $cpu $$ >/dev/null; ")
        self.assertRegex(self.placement(run)[0],
                         r"^WARN placement: 2 ranks on 1 core \(host n\d, worst of 2 such nodes: n0 n1\)$", run)

    def unlike(self, run: launch.Outcome) -> list[str]:
        return [line.removeprefix("WARN heterogeneous: ") for line in run.warnings() if "heterogeneous" in line]

    def test_equal_nodes_are_not_warned_of(self) -> None:
        self.assertEqual(self.unlike(self.start(SLURM)), [])

    def test_a_node_that_differs_is_named(self) -> None:
        odd = "test $node -ne 1 || export SB_FLEET_PRETEND='processor=Other cores=777 memory=1e9'; "
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "r.h5"
            run = self.start(SLURM + odd, ranks=5, options=(*QUICK, "--output", str(path)))
            found = self.unlike(run)
            self.assertEqual(len(found), 1, run)
            self.assertRegex(found[0], r"^node n1 has Other \(most have .+\), 777 cores \(most have \d+\), "
                                       r"1 GB of memory \(most have \S+\)$", run)
            with h5py.File(path) as file:
                stored = file.attrs["warnings"]
                self.assertIn(found[0], stored.decode() if isinstance(stored, bytes) else str(stored))

    def test_many_that_differ_are_counted(self) -> None:
        run = self.start("export SLURM_JOB_ID=1 SLURMD_NODENAME=m$rank SB_FLEET_PRETEND=cores=$((rank + 3)); ", ranks=6)
        self.assertEqual([line.split(" (")[0] for line in self.unlike(run)],
                         ["node m0 has 3 cores", "node m1 has 4 cores", "node m3 has 6 cores", "node m4 has 7 cores",
                          "1 more nodes differ from most"], run)


if __name__ == "__main__":
    unittest.main()
