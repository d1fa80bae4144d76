"""Whole programs with threads, few and short: what thread sanitizer looks at. Ranks of one process
alone, since no sanitizer sees across processes."""
from __future__ import annotations

import unittest

import launch

RUNS = {
    "pi": (["--samples", "200000"], ["--rng", "nas", "--samples", "65536"]),
    "heat": (
        ["--ny", "70", "--nx", "90", "--steps", "21", "--kernel", "plain"],
        ["--ny", "70", "--nx", "90", "--steps", "21", "--kernel", "streaming", "--start", "hotspot"],
        ["--ny", "70", "--nx", "600", "--steps", "21", "--start", "hotspot", "--boundary", "periodic"],
        ["--dims", "3", "--nz", "20", "--ny", "30", "--nx", "40", "--steps", "9", "--start", "hotspot"],
    ),
}
FEW = ("--warmup", "1", "--min_reps", "2", "--max_reps", "2")


class Threads(unittest.TestCase):
    def test_no_program_races(self) -> None:
        for app, many in RUNS.items():
            for variant in [v for v in ("omp", "hybrid") if v in launch.variants(app)]:
                for options in many:
                    with self.subTest(app=app, variant=variant, options=options):
                        run = launch.run(f"{app}_{variant}", *options, *FEW, threads=3, timeout=300)
                        self.assertTrue(run.succeeded(), run)
                        self.assertNotIn("data race", run.err)


if __name__ == "__main__":
    unittest.main()
