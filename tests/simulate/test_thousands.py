"""The study of simulated machines (inputs/studies/simulate.ini) where it is largest: does a rank of
many cost what a rank of few does?

1024 ranks of heat and 256 of fft in every run; with SCALEBAR_TEST_LONG=1 also 4096, and the other apps on
1024.
"""
from __future__ import annotations

import sys
import unittest

import launch
import simulated
from simulated import ONCE

sys.path.insert(0, str(simulated.ROOT))

from jobscripts.study import read_study

STUDY = simulated.ROOT / "inputs" / "studies" / "simulate.ini"
EFFICIENCY = 0.9  # of heat
GROWTH = 1.15  # of the bytes for one more rank: plans know the peers in a row and a column of the grid
LARGEST = {"pi": 4096, "heat": 4096, "matmul": 1024, "fft": 1024}

BIN = None


def setUpModule() -> None:
    global BIN
    BIN = simulated.build()


class Study(unittest.TestCase):
    def run_app(self, app: str, ranks: int) -> simulated.Simulated:
        study = read_study(STUDY)
        self.assertIn(ranks // simulated.CORES or 1, study.nodes_of.get(app, study.nodes))
        options = [word for key, value in study.options[app].items() for word in (f"--{key}", value)]
        found = simulated.run(BIN / f"{app}_mpi", "--scaling", "weak", *options, *ONCE, ranks=ranks, timeout=1700.0)
        self.assertTrue(found.succeeded(), found)
        predicted, counted = found.sent()
        self.assertEqual(predicted, counted)
        return found

    def memory_stays(self, few: simulated.Simulated, some: simulated.Simulated, many: simulated.Simulated) -> None:
        """By what one more rank takes: SimGrid's own memory is shared by all ranks."""
        counts = [found.record["ranks"] for found in (few, some, many)]
        first = (some.peak - few.peak) / (counts[1] - counts[0])
        then = (many.peak - some.peak) / (counts[2] - counts[1])
        self.assertLess(then, GROWTH * first, f"bytes for one more of {counts} ranks: {first:.0f}, then {then:.0f}")

    def test_heat(self) -> None:
        largest = LARGEST["heat"] if launch.LONG else 1024
        runs = [self.run_app("heat", ranks) for ranks in (1, 16, 64, largest)]
        self.assertGreaterEqual(runs[0].seconds() / runs[-1].seconds(), EFFICIENCY)
        self.memory_stays(*runs[1:])

    def test_fft_on_hundreds(self) -> None:
        self.memory_stays(*(self.run_app("fft", ranks) for ranks in (16, 64, 256)))

    @unittest.skipUnless(launch.LONG, "only with SCALEBAR_TEST_LONG=1: a quarter of an hour")
    def test_others(self) -> None:
        for app in ("pi", "matmul", "fft"):
            with self.subTest(app=app):
                self.memory_stays(*(self.run_app(app, ranks) for ranks in (16, 64, LARGEST[app])))


if __name__ == "__main__":
    unittest.main()
