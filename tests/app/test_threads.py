"""Whole programs, few and short: what sanitizers look at. Threads in programs of one rank, since thread
sanitizer does not see across processes; and arrays of several ranks at their tightest."""
from __future__ import annotations

import os
import tempfile
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
# Thread sanitizer knows no MPI library, and the threads of hybrid programs run the code of the others.
THREAD_SANITIZER = "TSAN_OPTIONS" in os.environ
THREADED = ("omp",) if THREAD_SANITIZER else ("omp", "hybrid")
FEW = ("--warmup", "1", "--min_reps", "2", "--max_reps", "2")


class Threads(unittest.TestCase):
    def test_no_program_races(self) -> None:
        for app, many in RUNS.items():
            for variant in [v for v in THREADED if v in launch.variants(app)]:
                for options in many:
                    with self.subTest(app=app, variant=variant, options=options):
                        run = launch.run(f"{app}_{variant}", *options, *FEW, threads=3, timeout=300,
                                         env=launch.WITHOUT_LEAKS if variant == "hybrid" else None)
                        self.assertTrue(run.succeeded(), run)
                        self.assertNotIn("data race", run.err)

    @unittest.skipIf(THREAD_SANITIZER, "what is tested is no matter of threads")
    def test_sides_exactly_a_halo_beyond_a_box(self) -> None:
        """The layer beyond a side is then the last that a rank's array has room for."""
        with tempfile.TemporaryDirectory() as folder:
            for variant in [v for v in ("mpi", "hybrid") if v in launch.variants("heat")]:
                for kernel in ("plain", "streaming", "blocked"):
                    for options in (
                        ["--ny", "48", "--nx", "200", "--halo", "16", "--start", "hotspot"],
                        ["--dims", "3", "--nz", "8", "--ny", "12", "--nx", "64", "--halo", "4", "--start", "hotspot"],
                        ["--ny", "48", "--nx", "200", "--halo", "16", "--checkpoint", "10",
                         "--output", f"{folder}/run.h5"],
                    ):
                        with self.subTest(variant=variant, kernel=kernel, options=options):
                            run = launch.run(f"heat_{variant}", *options, "--steps", "40", "--kernel", kernel, *FEW,
                                             ranks=3, threads=2 if variant == "hybrid" else None, timeout=100,
                                             env=launch.WITHOUT_LEAKS if kernel != "blocked" else None)
                            self.assertTrue(run.succeeded(), run)


if __name__ == "__main__":
    unittest.main()
