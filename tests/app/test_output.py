"""What a run prints: every line of the contract, and nothing that is none of its kinds."""
from __future__ import annotations

import json
import os
import re
import tempfile
import unittest
from pathlib import Path

import launch

FINITE = r"-?\d+(\.\d+)?(e[+-]\d+)?"
NUMBER = rf"({FINITE}|-?nan|-?inf)"  # of a check that failed
LINES = [
    r"#.*",
    rf"FOM pi\.(rate|time|hits|estimate|error)={FINITE} (sample/s|s|count|1)",
    rf"NODE \S+ pi\.rate={FINITE} sample/s",
    rf"VERIFY pi (PASS|FAIL) check=\w+ error={NUMBER} bound={NUMBER}( not run)?( rank=\d+ host=\S+)?",
    r"RESULT pi_\w+ (PASS|ERROR|WRONG|SLOW)",
]
QUICK = ("--samples", "1e6", "--min_reps", "6", "--max_reps", "6")


class Output(unittest.TestCase):
    def test_lines_of_every_variant(self) -> None:
        for variant in launch.variants():
            with self.subTest(variant=variant):
                run = launch.run(f"pi_{variant}", *QUICK, ranks=2)
                self.assertTrue(run.succeeded(), run)
                for line in run.out.splitlines():
                    self.assertTrue(any(re.fullmatch(p, line) for p in LINES), line)
                self.assertEqual(run.out.splitlines()[-1], f"RESULT pi_{variant} PASS")
                self.assertEqual(set(run.figures()), {"pi.rate", "pi.time", "pi.hits", "pi.estimate", "pi.error"})
                self.assertRegex(run.figures()["pi.hits"], r"^\d+$")
                self.assertEqual(len(re.findall(r"^NODE ", run.out, re.MULTILINE)), 1)
                self.assertGreaterEqual(len(re.findall(r"^VERIFY pi PASS ", run.out, re.MULTILINE)), 5)

    def test_rate_is_work_over_time(self) -> None:
        figures = launch.run("pi_serial", *QUICK).figures()
        self.assertAlmostEqual(float(figures["pi.rate"]) * float(figures["pi.time"]) / 1e6, 1.0, places=4)

    def test_pretended_nodes_have_a_line_each(self) -> None:
        if "mpi" not in launch.variants():
            self.skipTest("no MPI in this build")
        run = launch.run("pi_mpi", *QUICK, ranks=5, env={"SB_NODE_SIZE": "2"})
        self.assertTrue(run.succeeded(), run)
        self.assertEqual(len(re.findall(r"^NODE ", run.out, re.MULTILINE)), 3, run)

    def samples(self, *options: str) -> int:
        run = launch.run("pi_serial", *options, "--dry-run")
        self.assertEqual(run.code, 0, run)
        return int(re.search(r"decomposition: (\d+) samples", run.out)[1])

    def test_memory_takes_as_many_points_as_would_fill_it(self) -> None:
        total = int(re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)[1]) * 1024
        whole = self.samples("--memory", "0.02")
        self.assertLess(16 * whole, 0.021 * total)
        self.assertGreater(16 * whole, 0.001 * total)  # a control group may allow less than there is
        self.assertAlmostEqual(self.samples("--memory", "0.04") / whole, 2.0, places=6)
        one = self.samples("--memory", "0.02", "--scaling", "weak", "--threads", "1")
        cores = whole / one
        self.assertAlmostEqual(cores, round(cores), places=5)
        node = self.samples("--memory", "0.02", "--scaling", "weak", "--per", "node")
        self.assertEqual(node, whole)
        self.assertEqual(self.samples("--memory", "0.9", "--rng", "nas") <= 2**40, True)
        run = launch.run("pi_serial", "--memory", "0.0001", "--max_reps", "2")
        self.assertTrue(run.succeeded(), run)

    def test_seed_changes_the_answer(self) -> None:
        hits = {launch.run("pi_serial", *QUICK, "--seed", str(s)).figures()["pi.hits"] for s in range(4)}
        self.assertGreater(len(hits), 1)

    def test_weak_scaling_grows_with_the_workers(self) -> None:
        weak = (*QUICK, "--scaling", "weak")
        for variant in launch.variants():
            with self.subTest(variant=variant):
                ranks = 3 if variant in ("mpi", "hybrid") else 1
                threads = 2 if variant in ("omp", "hybrid") else 1
                run = launch.run(f"pi_{variant}", *weak, ranks=ranks,
                                 threads=threads if threads > 1 else None)
                self.assertTrue(run.succeeded(), run)
                self.assertIn(f"{ranks * threads * 10**6} samples over {ranks} ranks x {threads} threads", run.out)
        per_node = launch.run("pi_serial", *weak, "--per", "node")
        self.assertIn("1000000 samples over 1 ranks", per_node.out)

    def test_dry_run_computes_nothing(self) -> None:
        for variant in launch.variants():
            with self.subTest(variant=variant), tempfile.TemporaryDirectory() as folder:
                run = launch.run(f"pi_{variant}", "--dry-run", "--size", "large", "--output", "out.h5",
                                 ranks=2, cwd=folder, timeout=20)
                self.assertEqual(run.code, 0, run)
                for what in ("decomposition:", "memory per rank:", "idle ranks:", "bytes moved:", "expected time:"):
                    self.assertIn(what, run.out)
                self.assertNotIn("RESULT", run.out)
                self.assertEqual(list(Path(folder).iterdir()), [])

    def test_dry_run_counts_on_no_more_workers_than_cores(self) -> None:
        cores = os.cpu_count() or 1
        for threads in (8 * cores, 16 * cores):
            run = launch.run("pi_omp", "--dry-run", threads=threads)
            shared = re.search(rf"oversubscription: {threads} workers share ([0-9]+) cores", run.out)
            told = re.search("expected time: ([^ ]*) s a repetition, at ([^ ]*) sample/s a core", run.out)
            work = re.search("work: ([^ ]*) sample", run.out)
            assert shared and told and work, run
            done = float(told[1]) * float(told[2]) * int(shared[1])
            self.assertAlmostEqual(done / float(work[1]), 1.0, delta=0.001)
        self.assertNotIn("oversubscription", launch.run("pi_omp", "--dry-run", threads=1).out)

    def test_dry_run_names_idle_workers(self) -> None:
        if "hybrid" not in launch.variants():
            self.skipTest("no hybrid program in this build")
        run = launch.run("pi_hybrid", "--dry-run", "--samples", "6", ranks=4, threads=3)
        self.assertIn("idle ranks: 1\n", run.out)   # 3 blocks of 2 samples
        self.assertIn("idle threads: 9\n", run.out)  # 12 threads, 3 have work

    def test_help_and_version(self) -> None:
        for variant in launch.variants():
            with self.subTest(variant=variant):
                text = launch.run(f"pi_{variant}", "--help", ranks=2)
                self.assertEqual(text.code, 0, text)
                for key in ("samples", "rng", "kernel", "size", "memory", "scaling", "threads", "exchange",
                            "warmup", "min_reps", "max_reps", "time_limit", "ci", "seed", "output", "fields",
                            "json", "expect", "watchdog"):
                    self.assertRegex(text.out, rf"(?m)^\s*{key}\*? ")
                self.assertLessEqual(max(map(len, text.out.splitlines())), 100)
                version = launch.run(f"pi_{variant}", "--version", ranks=2)
                self.assertEqual(version.code, 0, version)
                self.assertRegex(version.out, rf"^pi_{variant} \(Scalebar\) \d+\.\d+\.\d+\n")
                self.assertEqual(version.out.count("(Scalebar)"), 1)  # one rank speaks

    def test_full_stdout_is_no_success(self) -> None:
        if not Path("/dev/full").exists():
            self.skipTest("no /dev/full")
        run = launch.run("/bin/sh", "-c", f"exec '{launch.BIN}/pi_serial' --samples 1000 >/dev/full")
        self.assertEqual(run.code, 1, run)


class Threads(unittest.TestCase):
    """A run has the threads that it says it has, or it does not run."""

    def setUp(self) -> None:
        if "omp" not in launch.variants():
            self.skipTest("no OpenMP in this build")

    def refused(self, says: str, *options: str, env: dict[str, str]) -> None:
        run = launch.run("pi_omp", *QUICK, *options, env=env)
        self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
        self.assertIn(says, run.errors()[0])

    def test_fewer_granted_than_asked_for(self) -> None:
        self.refused("OpenMP grants 1", "--threads", "2", env={"OMP_THREAD_LIMIT": "1"})

    def test_bad_environment(self) -> None:
        for text in ("5000", "0"):
            with self.subTest(text=text):
                self.refused("allowed 1 .. 4096", env={"OMP_NUM_THREADS": text})

    def test_environment_and_option(self) -> None:
        run = launch.run("pi_omp", *QUICK, env={"OMP_NUM_THREADS": "3,2"})
        self.assertIn("1 ranks x 3 threads", run.out)
        run = launch.run("pi_omp", *QUICK, threads=2, env={"OMP_NUM_THREADS": "3"})
        self.assertIn("1 ranks x 2 threads", run.out)


class Limits(unittest.TestCase):
    def test_weak_nas_stays_within_its_sequence(self) -> None:
        if "omp" not in launch.variants():
            self.skipTest("no OpenMP in this build")
        run = launch.run("pi_omp", "--rng", "nas", "--samples", "2^40", "--scaling", "weak", threads=2)
        self.assertEqual(run.code, 1, run)
        self.assertIn("exceed 2^40", run.errors()[0])


class Harness(unittest.TestCase):
    def test_its_own_cost_is_told(self) -> None:
        """The cost of clock, barrier and start-up is measured and stated; how large it is decides nothing."""
        with tempfile.TemporaryDirectory() as folder:
            run = launch.run("pi_serial", *QUICK, "--json", "out.json", cwd=folder)
            self.assertTrue(run.succeeded(), run)
            told = re.search(rf"^# outside repetitions: ({NUMBER}) s up to here; one clock read ({NUMBER}) s, "
                             rf"one barrier ({NUMBER}) s$", run.out, re.MULTILINE)
            self.assertIsNotNone(told, run)
            timing = json.loads((Path(folder) / "out.json").read_text())["timing"]
            self.assertGreater(timing["timer_cost"], 0.0)
            self.assertGreaterEqual(timing["barrier_cost"], 0.0)


if __name__ == "__main__":
    unittest.main()
