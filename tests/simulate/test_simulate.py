"""All apps in a simulated machine: right answers, bytes as predicted, memory that does not grow, a mark.

Nothing here depends on how fast this machine is: a simulated time is a result like any other.
"""
from __future__ import annotations

import os
import unittest
from unittest import mock

import launch
import simulated
from simulated import ONCE

# Small problems of one rank, which grow with the ranks.
WEAK = {
    "pi": ("--samples", "16384", "--scaling", "weak"),
    "matmul": ("--m", "64", "--n", "64", "--k", "64", "--scaling", "weak"),
    "heat": ("--dims", "2", "--nx", "128", "--ny", "128", "--steps", "10", "--kernel", "streaming", "--halo", "1",
             "--scaling", "weak"),
    "fft": ("--nx", "16", "--ny", "16", "--nz", "16", "--decomposition", "pencil", "--planner", "estimate",
            "--scaling", "weak"),
}
RANKS = (16, 64, 256)
SPEED, MEMORY_BANDWIDTH = 20e9, 10e9  # of a core: as the platform files have them

BIN = None


def setUpModule() -> None:
    global BIN
    BIN = simulated.build()


class Weak(unittest.TestCase):
    """Each app with 16, 64 and 256 ranks, on 1, 4 and 16 nodes of the fat tree."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.runs = {(app, ranks): simulated.run(BIN / f"{app}_mpi", *WEAK[app], *ONCE, ranks=ranks)
                    for app in WEAK for ranks in RANKS}

    def each(self):
        for (app, ranks), found in self.runs.items():
            with self.subTest(app=app, ranks=ranks):
                yield app, ranks, found

    def test_answers_are_verified(self) -> None:
        for _, _, found in self.each():
            self.assertTrue(found.succeeded(), found)

    def test_bytes_are_those_predicted(self) -> None:
        for app, ranks, found in self.each():
            predicted, counted = found.sent()
            self.assertEqual(predicted, counted)
            self.assertEqual(predicted > 0, app != "pi")

    def test_results_say_that_they_are_simulated(self) -> None:
        for app, ranks, found in self.each():
            self.assertIn("# simulated on fat_tree", found.out)
            self.assertEqual(found.record["simulated"], "fat_tree")
            self.assertIn("SMPI", found.record["mpi_library"])
            self.assertEqual(found.record["nodes"], ranks // simulated.CORES)
            hosts = found.record["machine"]["host"]["value"]
            self.assertEqual(hosts, [f"node-{rank // simulated.CORES}" for rank in range(ranks)])
            self.assertEqual(found.err, "")  # no warning of cores that the simulated machine has enough of

    def test_memory_of_a_rank_does_not_grow(self) -> None:
        for app in WEAK:
            with self.subTest(app=app):
                # Plans of messages know the peers in a row and a column of the grid: sqrt(p), some KB.
                few, some, many = (self.runs[app, ranks].peak for ranks in RANKS)
                first, then = (some - few) / (RANKS[1] - RANKS[0]), (many - some) / (RANKS[2] - RANKS[1])
                self.assertLess(then, 1.25 * first, f"bytes for one more rank: {first:.0f}, then {then:.0f}")

    def test_heat_scales_and_waits(self) -> None:
        alone = simulated.run(BIN / "heat_mpi", *WEAK["heat"], *ONCE, ranks=1).seconds()
        times = [self.runs["heat", ranks].seconds() for ranks in RANKS]
        self.assertGreater(alone / times[-1], 0.8)  # small boxes: their rims cost
        self.assertLess(alone / times[-1], 0.999)
        self.assertAlmostEqual(times[-1] / times[0], 1.0, delta=0.02)


class Clock(unittest.TestCase):
    """What moves the simulated clock."""

    def test_work_of_one_rank_is_the_roofline(self) -> None:
        for app, options in WEAK.items():
            if app == "pi":
                continue  # its operations are no flop, which is what results hold
            with self.subTest(app=app):
                found = simulated.run(BIN / f"{app}_mpi", *options, *ONCE, ranks=1)
                self.assertTrue(found.succeeded(), found)
                work = found.record["workload"]
                least = max(work["flop"]["value"] / SPEED, work["bytes"]["value"] / MEMORY_BANDWIDTH)
                # The roof of the whole; parts may each stand under another one.
                self.assertGreaterEqual(found.seconds(), 0.999 * least)
                self.assertLess(found.seconds(), 2.0 * least)

    def test_pi_takes_46_operations_a_sample(self) -> None:
        found = simulated.run(BIN / "pi_mpi", "--samples", "1e6", *ONCE, ranks=1)
        self.assertAlmostEqual(found.seconds(), 46e6 / SPEED, delta=1e-7)

    def test_a_run_repeats_to_the_last_digit(self) -> None:
        first, second = (simulated.run(BIN / "fft_mpi", *WEAK["fft"], *ONCE, ranks=16).seconds() for _ in range(2))
        self.assertEqual(first, second)

    def test_links_of_nodes_cost_more_than_a_node(self) -> None:
        near, far = (simulated.run(BIN / "fft_mpi", *WEAK["fft"], *ONCE, ranks=16, ranks_a_node=a_node)
                     for a_node in (16, 1))
        self.assertEqual((near.record["nodes"], far.record["nodes"]), (1, 16))
        self.assertNotEqual(near.seconds(), far.seconds())

    def test_more_ranks_than_cores_share_them(self) -> None:
        fair, crowded = (simulated.run(BIN / "pi_mpi", *WEAK["pi"], *ONCE, ranks=32, ranks_a_node=a_node)
                         for a_node in (16, 32))
        self.assertGreater(crowded.seconds(), 1.5 * fair.seconds())

    def test_few_messages_of_a_transpose_at_a_time(self) -> None:
        """Ranks that waited for each other in a ring would be told by SimGrid, and end the run."""
        seconds = []
        for partners in ("1", "1000"):
            with mock.patch.dict(os.environ, SB_FLOW_PARTNERS=partners):
                found = simulated.run(BIN / "fft_mpi", "--nx", "50", "--ny", "41", "--nz", "64", "--layout", "natural",
                                      *ONCE, ranks=37, ranks_a_node=4)
            self.assertTrue(found.succeeded(), found)
            seconds.append(found.seconds())
        self.assertGreater(seconds[0], 1.2 * seconds[1], "one at a time takes longer")

    def test_torus_is_another_machine(self) -> None:
        found = simulated.run(BIN / "heat_mpi", *WEAK["heat"], *ONCE, ranks=64, platform="torus")
        self.assertTrue(found.succeeded(), found)
        self.assertEqual(found.record["simulated"], "torus")


class Real(unittest.TestCase):
    """Simulated and real runs compute the same."""

    @unittest.skipUnless((launch.BIN / "pi_mpi").exists(), "no pi_mpi for real runs in this build")
    def test_same_hits(self) -> None:
        real = launch.run("pi_mpi", "--samples", "1000001", *ONCE, ranks=3)
        found = simulated.run(BIN / "pi_mpi", "--samples", "1000001", *ONCE, ranks=48)
        self.assertTrue(real.succeeded(), real)
        self.assertEqual(found.figures()["pi.hits"], real.figures()["pi.hits"])
        self.assertNotIn("simulated", real.out)

    @unittest.skipUnless((launch.BIN / "heat_serial").exists(), "no heat_serial for real runs in this build")
    def test_real_runs_say_so(self) -> None:
        real = launch.run("heat_serial", "--version")
        self.assertEqual(real.code, 0)
        self.assertNotIn("simulated", real.out)
        found = simulated.run(BIN / "heat_mpi", "--", "--version", ranks=2)
        self.assertRegex(found.out, r"(?m)^mpi: SMPI Version 3\.\d+")
        self.assertRegex(found.out, r"(?m)^simulated: fat_tree$")

    def test_shared_memory_is_refused_in_a_sentence(self) -> None:
        found = simulated.run(BIN / "heat_mpi", *WEAK["heat"], *ONCE, "--exchange", "shared", ranks=4)
        self.assertEqual(found.code, 1, found)
        self.assertIn("share no memory", found.err)


if __name__ == "__main__":
    unittest.main()
