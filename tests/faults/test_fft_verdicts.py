"""Promise 3 for fft: a wrong number, a conjugated one, blocks that changed places, and no transform at
all are found, with the rank that holds them."""
from __future__ import annotations

import math
import re
import unittest

import launch

ONCE = ("--warmup", "0", "--min_reps", "1", "--max_reps", "1", "--planner", "estimate")
SIZE = ("--nx", "24", "--ny", "20", "--nz", "18")


def run(variant: str, fault: str, *options: str, ranks: int = 1) -> launch.Outcome:
    return launch.run((launch.TESTS / f"fft_{variant}_faulty").resolve(), *SIZE, *ONCE, *options, ranks=ranks,
                      threads=2 if variant in ("omp", "hybrid") else None, env={"SB_FAULT": fault})


def failed(outcome: launch.Outcome) -> dict[str, str]:
    return dict(re.findall(r"^VERIFY fft FAIL check=(\w+) error=\S+ bound=\S+ ?(.*)$", outcome.out, re.MULTILINE))


@unittest.skipUnless(launch.variants("fft"), "fft is not in this build")
class FftVerdicts(unittest.TestCase):
    def found(self, outcome: launch.Outcome, check: str, rank: int | None = None) -> None:
        self.assertIn("FAULT planted", outcome.err, outcome)
        self.assertEqual((outcome.code, outcome.result()), (2, "WRONG"), outcome)
        self.assertIn(check, failed(outcome), outcome)
        if rank is not None and rank > 0:
            self.assertRegex(failed(outcome)[check], rf"rank={rank}\b", outcome)

    def cases(self) -> list[tuple[str, int, tuple[str, ...]]]:
        layouts = [(), ("--layout", "natural"), ("--transform", "r2c"),
                   ("--decomposition", "pencil", "--layout", "natural", "--transform", "r2c")]
        return [(v, 4 if v in ("mpi", "hybrid") else 1, o) for v in launch.variants("fft") for o in layouts]

    def test_without_a_fault_the_same_programs_pass(self) -> None:
        for variant, ranks, options in self.cases():
            with self.subTest(variant=variant, options=options):
                outcome = run(variant, "", *options, ranks=ranks)
                self.assertTrue(outcome.succeeded(), outcome)

    def test_planted_numbers(self) -> None:
        for variant, ranks, options in self.cases():
            for kind in ("bit", "conj", "block", "nan"):
                with self.subTest(variant=variant, options=options, kind=kind):
                    self.found(run(variant, f"kind={kind} rank={ranks - 1} bit=40", *options, ranks=ranks), "linearity",
                               ranks - 1)

    def test_a_transform_that_always_swaps_two_numbers(self) -> None:
        """It is linear and keeps norms: sums over the whole result alone find it."""
        for variant, ranks, options in self.cases():
            with self.subTest(variant=variant, options=options):
                self.found(run(variant, f"kind=swap rank={ranks - 1} bit=1", *options, ranks=ranks), "cells")

    def test_no_transform_at_all(self) -> None:
        for variant, ranks, options in self.cases():
            with self.subTest(variant=variant, options=options):
                outcome = run(variant, "kind=identity rank=0 bit=1", *options, ranks=ranks)
                self.found(outcome, "impulse")
                self.assertIn("frequencies", failed(outcome))

    def test_the_smallest_fault_that_is_sure_to_be_found(self) -> None:
        """README: a change of two bounds, 4 e (||F|| + N) in all, is found; bits far below one pass."""
        n = [int(SIZE[i]) for i in (1, 3, 5)]
        points = math.prod(n)
        # Of numbers uniform on a square of side 1 |F| is some sqrt(N / 6), so ||F|| some N / sqrt(6).
        e = 7 * 2.0**-53 * sum(math.log2(m) for m in n)
        bound = 2 * e * (points / math.sqrt(6) + points)
        least = math.ceil(52 + math.log2(2.2 * bound / math.sqrt(points / 12) * 4))
        self.assertLess(least, 40)
        self.found(run("serial", f"kind=bit rank=0 bit={least}"), "linearity")
        for bit in (0, 4):
            outcome = run("serial", f"kind=bit rank=0 bit={bit}")
            self.assertTrue(outcome.succeeded(), outcome)


if __name__ == "__main__":
    unittest.main()
