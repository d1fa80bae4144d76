"""Promise 3 for matmul: a wrong number in C, in a panel that came, in an operand, or rows that changed
places are found, with the rank that holds them."""
from __future__ import annotations

import re
import unittest

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
            for bit in (0, 20, 40, 51, 52, 62, 63):
                with self.subTest(variant=variant, bit=bit):
                    outcome = run(variant, f"kind=c rank={ranks - 1} bit={bit}", "--entries", "integer", ranks=ranks)
                    self.found(outcome, "rows" if bit == 63 else "integers" if bit in (0, 62) else "rows")

    def test_a_real_entry(self) -> None:
        """Above the bound of its row: some 2^-40 of it."""
        for variant in launch.variants("matmul"):
            ranks = 4 if variant in ("mpi", "hybrid") else 1
            for bit in (20, 40, 51, 52, 62):
                with self.subTest(variant=variant, bit=bit):
                    self.found(run(variant, f"kind=c rank={ranks - 1} bit={bit}", ranks=ranks), "freivalds", ranks - 1)
            self.found(run(variant, f"kind=nan rank={ranks - 1} bit=1", ranks=ranks), "freivalds", ranks - 1)

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
                    self.found(run(variant, f"kind=swap rank={ranks - 1} bit=1", *options, ranks=ranks), check, ranks - 1)
                    for operand in "ab":
                        self.found(run(variant, f"kind={operand} rank={ranks - 1} bit=45", *options, ranks=ranks),
                                   "operands", ranks - 1)


if __name__ == "__main__":
    unittest.main()
