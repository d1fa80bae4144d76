"""How layouts are told to the launchers of batch systems, in jobs of one run and on parts of a node."""
import os
import subprocess
import unittest
from pathlib import Path
from unittest import mock

from support import Scratch

from jobscripts.choose import ALL, choose
from jobscripts.errors import Refused
from jobscripts.jobscript import Job, Step, script
from jobscripts.layout import Layout
from jobscripts.site import Site
from jobscripts.topology import Topology

SLURM, PBS, LSF, FLUX = ALL
CORES = tuple(range(16))
NODE = Topology(CORES, (CORES[:8], CORES[8:]), None, False, "a node")
NUMA = Site(start="mpirun", numa_domains=2)


class WithoutMpi(unittest.TestCase):
    def test_lsf_with_mpirun_needs_no_jsrun(self):
        """Where a site says mpirun, jsrun need not be there: programs without MPI start by themselves."""
        site = Site(start="mpirun")
        self.assertEqual(LSF.start(Layout(1, 4), site, "none", NODE), [])
        self.assertEqual(LSF.start(Layout(4, 2), site, "openmpi", NODE)[0], "mpirun")
        self.assertEqual(LSF.start(Layout(1, 4), Site(), "none", NODE)[0], "jsrun")


class PartOfANode(unittest.TestCase):
    """Nodes of 2 domains of 8 cores. Two ranks of six threads take cores 0-5 and 8-13, not 6-11."""

    def map_by(self, layout, site=NUMA, node=NODE, scheduler=PBS):
        words = scheduler.start(layout, site, "openmpi", node)
        return words[words.index("--map-by") + 1]

    def test_open_mpi(self):
        for scheduler in ALL:
            self.assertEqual(self.map_by(Layout(2, 6), scheduler=scheduler), "ppr:1:numa:PE=6")
        self.assertEqual(self.map_by(Layout(4, 6, 2)), "ppr:1:numa:PE=6")
        self.assertEqual(self.map_by(Layout(2, 6), Site(start="mpirun")), "ppr:1:socket:PE=6")

    def test_next_free_cores_where_no_rank_lies_across(self):
        for layout, words in (
            (Layout(2, 8), "ppr:2:node:PE=8"),
            (Layout(4, 8, 2), "ppr:2:node:PE=8"),
            (Layout(2, 4), "ppr:2:node:PE=4"),  # both in the first domain
            (Layout(12, 1), "ppr:12:node:PE=1"),
        ):
            self.assertEqual(self.map_by(layout), words)

    def test_fewer_ranks_than_domains_on_several_nodes(self):
        """Open MPI would give the first node a rank for each of its domains."""
        cores = tuple(range(64))
        four = Topology(cores, tuple(cores[n : n + 16] for n in range(0, 64, 16)), None, False, "a node")
        site = Site(start="mpirun", numa_domains=4)
        self.assertEqual(self.map_by(Layout(2, 13), site, four), "ppr:1:numa:PE=13")
        self.assertEqual(self.map_by(Layout(8, 13, 2), site, four), "ppr:1:numa:PE=13")
        self.assertEqual(self.map_by(Layout(4, 13, 2), site, four), "ppr:2:node:PE=13")

    def test_mpich(self):
        words = PBS.start(Layout(2, 6), NUMA, "mpich", NODE)
        self.assertEqual(words[-4:], ["-bind-to", "core:6", "-map-by", "numa"])
        self.assertNotIn("-map-by", PBS.start(Layout(2, 8), NUMA, "mpich", NODE))

    def test_srun(self):
        for layout, words in (
            (Layout(2, 6), "--distribution=block:cyclic"),
            (Layout(4, 6, 2), "--distribution=block:cyclic"),
            (Layout(2, 8), "--distribution=block:block"),
            (Layout(12, 1), "--distribution=block:block"),
        ):
            self.assertIn(words, SLURM.start(layout, Site(), "openmpi", NODE))


class Arrays(Scratch):
    def text(self, scheduler, runs):
        steps = tuple(Step(f"run-{n}", "a run", 5, {}, ["touch", f"made-{n}"]) for n in range(runs))
        job = Job(1, "mine", 1, 4, 60.0, steps)
        return script(job, "mine-abc-1", self.folder, scheduler, Site(jobs="array"))

    def test_pbs_runs_one_task_at_a_time(self):
        lines = self.text(PBS, 3).splitlines()
        self.assertIn("#PBS -J 1-3", lines)
        self.assertIn("#PBS -W max_run_subjobs=1", lines)

    def test_one_run_is_no_array(self):
        """PBS refuses a range of one. Nobody then sets a task's number: the script does without."""
        (self.folder / "runs").mkdir()
        for scheduler in (SLURM, PBS, LSF):
            with self.subTest(scheduler.name):
                text = self.text(scheduler, 1)
                for word in ("-J 1-", "subjobs", "--array", "[1-", scheduler.task_variable):
                    self.assertNotIn(word, text)
                for path in (self.folder / "runs").iterdir():
                    path.unlink()
                done = subprocess.run(["sh"], input=text, text=True, capture_output=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(Path(self.folder / "runs" / "made-0").exists())


class Nodes(Scratch):
    """What a site file says of a node wins over what the batch system tells."""

    def node(self, text, sinfo="2 8"):
        path = self.write("path/sinfo", f"#!/bin/sh\necho '{sinfo}'\n")
        path.chmod(0o755)
        site = self.write("here.ini", f"[site]\n{text}")
        with mock.patch.dict(os.environ, PATH=f"{path.parent}:{os.environ['PATH']}"):
            return choose("slurm", site, 1).topology

    def test_domains_alone(self):
        """Slurm tells of sockets: where those have several NUMA domains, the site file says so."""
        domains = self.node("numa_domains = 8\n").domains
        self.assertEqual([len(domain) for domain in domains], [2] * 8)
        self.assertEqual(len(self.node("").domains), 2)
        with self.assertRaisesRegex(Refused, "16 cores do not go on 3 NUMA domains evenly"):
            self.node("numa_domains = 3\n")

    def test_cores_alone_are_one_domain(self):
        self.assertEqual([len(domain) for domain in self.node("cores = 6\n").domains], [6])

    def test_systems_that_tell_nothing_need_the_cores(self):
        for name in ("pbs", "lsf", "flux"):
            with self.subTest(name), self.assertRaisesRegex(Refused, "say cores and numa_domains"):
                choose(name, self.write("here.ini", "[site]\nnuma_domains = 2\n"), 1)


if __name__ == "__main__":
    unittest.main()
