"""Sizes by share of memory through a batch system: a node's memory, not that of the machine that asks."""
import os
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

from support import Scratch
from study_case import Study as StudyCase

from jobscripts.ask import Answer
from jobscripts.choose import ALL
from jobscripts.errors import Refused
from jobscripts.launch import Bench
from jobscripts.memory import total_memory
from jobscripts.node_share import Node
from jobscripts.predict import predict
from jobscripts.run import SCALING, Run
from jobscripts.site import Site, read_site
from jobscripts.topology import Topology
from jobscripts.units import parse_bytes

SLURM = ALL[0]
GB = 1e9
HERE = Node(100 * GB, 4)
CORES = tuple(range(16))
THERE = Bench(Topology(CORES, (CORES,), None, False, "a node"), {}, {}, elsewhere=True, memory=800 * GB)
TOLD = Answer(20 * GB, 3.0)


def a_run(app="heat", scaling="strong", size="memory=0.2", per="worker", ranks=1, nodes=1):
    return Run(SCALING, app, "mpi", scaling, per, size, ranks, 1, 1, (), (), nodes)


class CarriedOver(unittest.TestCase):
    def needs(self, run, bench=THERE):
        with mock.patch("jobscripts.predict.ask", lambda *_: TOLD):
            with mock.patch("jobscripts.predict.this_node", lambda: HERE):
                found = predict([run], bench, None, every=False).needs(run)
        return found.memory_rank / GB, found.repetition

    def test_a_node_of_eight_times_the_memory(self):
        self.assertEqual(self.needs(a_run()), (160.0, 24.0))

    def test_products_take_longer_than_their_memory_grows(self):
        memory, repetition = self.needs(a_run("matmul"))
        self.assertEqual(memory, 160.0)
        self.assertAlmostEqual(repetition, 3.0 * 8**1.5)

    def test_a_worker_has_the_share_of_a_core(self):
        """An eighth of the cores more memory, on four times as many cores."""
        self.assertEqual(self.needs(a_run(scaling="weak")), (40.0, 6.0))
        self.assertEqual(self.needs(a_run(scaling="weak", per="node")), (160.0, 24.0))

    def test_a_strong_problem_is_that_of_all_nodes(self):
        memory, repetition = self.needs(a_run(ranks=32, nodes=2))
        self.assertAlmostEqual(memory, 160.0 * 2 / 32)
        self.assertAlmostEqual(repetition, 24.0 * 2 / 32)
        self.assertAlmostEqual(self.needs(a_run("matmul", ranks=32, nodes=2))[1], 3.0 * 16**1.5 / 32)

    def test_named_sizes_and_unknown_memories_stay(self):
        self.assertEqual(self.needs(a_run(size="small")), (20.0, 3.0))
        self.assertEqual(self.needs(a_run(), replace(THERE, memory=None)), (20.0, 3.0))


class Told(Scratch):
    def test_the_memory_of_this_node(self):
        self.assertIsNone(total_memory(self.folder))
        self.write("proc/meminfo", "MemTotal:       9000 kB\nMemAvailable:   8000 kB\n")
        self.assertEqual(total_memory(self.folder), 9000 * 1024.0)

    def test_slurm(self):
        for lines, memory in (
            ("512000", 512000 * 2.0**20),
            ("512000\n256000", 256000 * 2.0**20),
            ("1", None),  # its configuration does not say
            ("", None),
        ):
            path = self.write("path/sinfo", f"#!/bin/sh\ncase $* in *'-o %m -p long'*) echo '{lines}' ;; esac\n")
            path.chmod(0o755)
            with self.subTest(lines), mock.patch.dict(os.environ, PATH=f"{path.parent}:/usr/bin:/bin"):
                self.assertEqual(SLURM.memory(Site(partition="long")), memory)
        self.write("path/sinfo", "#!/bin/sh\necho 512000\nexit 1\n")
        with mock.patch.dict(os.environ, PATH=f"{self.folder}/path:/usr/bin:/bin"):
            self.assertIsNone(SLURM.memory(Site()))

    def test_a_site_file(self):
        for text, number in (("512 GB", 512e9), ("1.5TiB", 1.5 * 2**40), (".5 GiB", 2.0**29)):
            self.assertEqual(read_site(self.write("a.ini", f"[site]\nmemory = {text}\n")).memory, number)
            self.assertEqual(parse_bytes(text), number)
        for text in ("512", "GB", "0 GB", "-1 GB", "1 gb", "1e9 TB", "512 GB GB"):
            with self.subTest(text), self.assertRaisesRegex(Refused, "a.ini:2: memory = .*no amount of memory"):
                read_site(self.write("a.ini", f"[site]\nmemory = {text}\n"))


class Previews(StudyCase):
    text = "[study]\nkind = scaling\napps = pi\nvariants = serial\nsizes = memory=0.1\nprobe = no\n"

    def shown(self, site):
        self.write("path/sinfo", "#!/bin/sh\nexit 1\n").chmod(0o755)
        path = self.write("here.ini", f"[site]\ncores = 4\n{site}")
        done = self.run_study("--launcher", "slurm", "--site", str(path), "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        line = next(line for line in done.stdout.splitlines() if line.startswith("pi_serial"))
        return line, done.stdout

    def test_what_a_node_needs_and_what_is_not_known(self):
        """The invented program tells 1 MB here, whatever this machine has."""
        line, text = self.shown(f"memory = {total_memory(Path('/')) * 1000 / 1e6:.3f} MB\n")
        self.assertIn("~1 GB", line)
        self.assertIn("~1 min 40 s", line)
        self.assertNotIn("say memory in the site file", text)
        line, text = self.shown("")
        self.assertIn("1 MB", line)
        self.assertIn("say memory in the site file", text)


if __name__ == "__main__":
    unittest.main()
