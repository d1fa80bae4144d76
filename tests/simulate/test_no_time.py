"""On a platform where work takes no time, what repeats it until the clock has moved gives up, and says why."""
from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import simulated
from simulated import ONCE

PROBE = ("--n", "1000", "--core_n", "1000", "--gemm_n", "16", "--message_max", "64", "--samples", "6", *ONCE)
MEMORY = '<prop id="memory_bandwidth" value="10e9"/>'
SPEED = 'speed="20Gf"'
TAKES = r"^ERROR {}: what was to be timed takes no time in the simulated machine fat_tree: .*memory_bandwidth"
PATIENCE = 120.0  # s; it takes two

BIN = None


def setUpModule() -> None:
    global BIN
    BIN = simulated.build()


class NoTime(unittest.TestCase):
    def run_on(self, leave_out: str, instead: str, program: str, *options: str, ranks: int) -> simulated.Simulated:
        """On the fat tree without something."""
        text = (simulated.PLATFORMS / "fat_tree.xml").read_text(encoding="utf-8")
        self.assertEqual(text.count(leave_out), 1)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "mine.xml"
            file.write_text(text.replace(leave_out, instead), encoding="utf-8")
            return simulated.run(BIN / program, *options, ranks=ranks, platform=file, timeout=PATIENCE)

    def check_gave_up(self, found: simulated.Simulated, program: str) -> None:
        self.assertEqual(found.code, 1, found)
        self.assertRegex(found.err, TAKES.format(program))
        self.assertEqual(found.err.count("ERROR"), 1, "said once, by one rank")
        self.assertIn(f"RESULT {program} ERROR", found.out)

    def test_memory_without_bandwidth(self) -> None:
        for ranks in (1, 3):
            with self.subTest(ranks=ranks):
                found = self.run_on(MEMORY, "", "probe_mpi", "--what", "memory", *PROBE, ranks=ranks)
                self.check_gave_up(found, "probe_mpi")

    def test_what_needs_no_memory_is_measured(self) -> None:
        found = self.run_on(MEMORY, "", "probe_mpi", "--what", "latency", *PROBE, ranks=2)
        self.assertTrue(found.succeeded(), found)
        self.assertGreater(float(found.figures()["probe.latency_node"]), 3e-7)

    def test_cores_without_a_limit(self) -> None:
        """Repetitions of an app, which are looped after a warm-up."""
        found = self.run_on(SPEED, 'speed="1e300f"', "pi_mpi", "--samples", "1000", "--warmup", "1", ranks=1)
        self.check_gave_up(found, "pi_mpi")


if __name__ == "__main__":
    unittest.main()
