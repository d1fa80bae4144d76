"""Promise 3 for matmul: a wrong number in C, in a panel that came, in an operand, or rows that changed
places are found, with the rank that holds them."""
from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

import launch

ONCE = ("--warmup", "0", "--min_reps", "1", "--max_reps", "1")
SHAPE = ("--m", "61", "--n", "53", "--k", "70", "--panel", "16")


def run(variant: str, fault: str, *options: str, ranks: int = 1) -> launch.Outcome:
    return launch.run((launch.TESTS / f"matmul_{variant}_faulty").resolve(), *SHAPE, *ONCE, *options, ranks=ranks,
                      threads=2 if variant in ("omp", "hybrid") else None, env={"SB_FAULT": fault})


def failed(outcome: launch.Outcome) -> dict[str, str]:
    return dict(re.findall(r"^VERIFY matmul FAIL check=(\w+) error=\S+ bound=\S+ ?(.*)$", outcome.out, re.MULTILINE))


@unittest.skipUnless(launch.variants("matmul"), "matmul is not in this build")
class MatmulVerdicts(unittest.TestCase):
    def found(self, outcome: launch.Outcome, check: str, rank: int | None = None) -> None:
        self.assertIn("FAULT planted", outcome.err, outcome)
        self.assertEqual((outcome.code, outcome.result()), (2, "WRONG"), outcome)
        self.assertIn(check, failed(outcome), outcome)
        if rank is not None:
            self.assertRegex(failed(outcome)[check], rf"^rank={rank} host=")
            if check != "operands":
                self.assertRegex(outcome.out, rf"(?m)^# C\(\d+, \d+\) is wrong, on rank {rank}$")

    def test_without_a_fault_the_same_programs_pass(self) -> None:
        for variant in launch.variants("matmul"):
            for entries in ("real", "integer"):
                outcome = run(variant, "", "--entries", entries, ranks=4)
                self.assertTrue(outcome.succeeded(), outcome)

    def test_every_bit_of_an_integer_entry(self) -> None:
        for variant in launch.variants("matmul"):
            ranks = 4 if variant in ("mpi", "hybrid") else 1
            for bit in range(64) if variant == "serial" else (0, 6, 20, 40, 51, 52, 62, 63):
                with self.subTest(variant=variant, bit=bit):
                    outcome = run(variant, f"kind=c rank={ranks - 1} bit={bit}", "--entries", "integer", ranks=ranks)
                    self.found(outcome, "rows", ranks - 1)
                    self.assertRegex(outcome.out, rf"(?m)^# C\(\d+, \d+\) is wrong, on rank {ranks - 1}$")
                    if bit in (0, 62):
                        self.found(outcome, "integers", ranks - 1)

    def test_a_real_entry(self) -> None:
        """Above the bound of its row: some 2^-40 of it."""
        for variant in launch.variants("matmul"):
            ranks = 4 if variant in ("mpi", "hybrid") else 1
            for bit in (20, 40, 51, 52, 62):
                with self.subTest(variant=variant, bit=bit):
                    self.found(run(variant, f"kind=c rank={ranks - 1} bit={bit}", ranks=ranks), "freivalds", ranks - 1)
            self.found(run(variant, f"kind=nan rank={ranks - 1} bit=1", ranks=ranks), "freivalds", ranks - 1)

    def test_the_smallest_fault_that_is_sure_to_be_found(self) -> None:
        """Two bounds of its row, computed from the stored matrices; a tenth of the bound passes."""
        m, n, k = (int(SHAPE[i]) for i in (1, 3, 5))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clean.h5"
            clean = run("serial", "", "--fields", "yes", "--output", str(path))
            self.assertTrue(clean.succeeded(), clean)
            with h5py.File(path) as file:
                a, b, c = (file[f"fields/{name}"][...] for name in "ABC")
        row, column = m // 2, n // 2
        bound = 8 * 2.0**-53 * (k**0.5 + n**0.5) * (abs(a[row]) @ abs(b)).sum()
        ulp = np.spacing(abs(c[row, column]))
        found, passed = [], []
        for bit in range(4, 40):
            change = ulp * 2.0**bit
            if 0.1 * bound < change < 2 * bound:
                continue
            with self.subTest(bit=bit, over_bound=change / bound):
                outcome = run("serial", f"kind=c rank=0 bit={bit}")
                if change >= 2 * bound:
                    found.append(bit)
                    self.found(outcome, "freivalds", 0)
                else:
                    passed.append(bit)
                    self.assertTrue(outcome.succeeded(), outcome)
        self.assertTrue(found and passed)

    def test_a_panel_that_came(self) -> None:
        for variant in [v for v in ("mpi", "hybrid") if v in launch.variants("matmul")]:
            for entries, check in (("integer", "rows"), ("real", "freivalds")):
                for grid in ("2x2x1", "1x2x2"):
                    with self.subTest(variant=variant, entries=entries, grid=grid):
                        outcome = run(variant, "kind=panel rank=1 call=2 bit=45", "--exchange", "message", "--entries",
                                      entries, "--grid", grid, ranks=4)
                        self.found(outcome, check, 1 if grid == "2x2x1" else None)

    def test_rows_that_changed_places_and_operands(self) -> None:
        for variant in launch.variants("matmul"):
            ranks = 4 if variant in ("mpi", "hybrid") else 1
            for entries, check in (("integer", "rows"), ("real", "freivalds")):
                with self.subTest(variant=variant, entries=entries):
                    options = ("--entries", entries)
                    for kind in ("swap", "block"):
                        self.found(run(variant, f"kind={kind} rank={ranks - 1} bit=1", *options, ranks=ranks), check,
                                   ranks - 1)
                    for operand in "ab":
                        self.found(run(variant, f"kind={operand} rank={ranks - 1} bit=45", *options, ranks=ranks),
                                   "operands", ranks - 1)


if __name__ == "__main__":
    unittest.main()
