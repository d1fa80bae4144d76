"""C is A B: with integer entries the same bits in every kernel, variant, layout and way of handing
panels over, and what numpy makes of the stored A and B."""
from __future__ import annotations

import itertools
import random
import re
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

import launch
import resident

ONCE = ("--warmup", "0", "--min_reps", "1", "--max_reps", "1")
KERNELS = ("naive", "blocked", "blas")
# (m, n, k): square, a row, a column, sums of one product, primes, smaller than the ranks, long sums.
SHAPES = ((96, 96, 96), (1, 200, 37), (150, 1, 64), (40, 50, 1), (101, 67, 53), (3, 2, 5), (1, 1, 1), (16, 12, 1000))


def kernels() -> list[str]:
    has_blas = "blas: none" not in launch.run("matmul_serial", "--version").out
    return [k for k in KERNELS if k != "blas" or has_blas]


def shape_options(shape: tuple[int, int, int]) -> list[str]:
    m, n, k = shape
    return ["--m", str(m), "--n", str(n), "--k", str(k)]


def layouts() -> list[tuple[str, int, int]]:
    pairs = {
        "serial": [(1, 1)],
        "omp": [(1, t) for t in (1, 2, 3, 4)],
        "mpi": [(r, 1) for r in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)],
        "hybrid": [(1, 4), (2, 2), (3, 3), (4, 2), (6, 1), (7, 2), (9, 2), (11, 2)],
    }
    if launch.POLLING:
        pairs["mpi"] = [(1, 1), (3, 1), (8, 1)]
        pairs["hybrid"] = [(2, 2), (5, 1)]
    return [(v, r, t) for v in launch.variants("matmul") for r, t in pairs[v]]


@unittest.skipUnless(launch.variants("matmul"), "matmul is not in this build")
class Matmul(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)

    def good(self, variant: str, *options: str, ranks: int = 1, threads: int = 1,
             env: dict[str, str] | None = None) -> launch.Outcome:
        run = launch.run(f"matmul_{variant}", *ONCE, *options, ranks=ranks, env=env, cwd=self.folder,
                         threads=threads if variant in ("omp", "hybrid") else None)
        self.assertTrue(run.succeeded(), run)
        self.assertNotIn("nan", run.out)
        return run

    def digest(self, *args: str, **more: object) -> str:
        return self.good(*args, **more).figures()["matmul.digest"]

    def test_integer_products_are_the_same_bits_everywhere(self) -> None:
        """Each layout and kernel with one shape in turn; with every shape if SCALEBAR_TEST_LONG=1."""
        known: dict[tuple[int, int, int], str] = {}
        names = kernels()
        for (i, (variant, ranks, threads)), (j, kernel) in itertools.product(enumerate(layouts()), enumerate(names)):
            own = i * len(names) + j
            for shape in SHAPES if launch.LONG else SHAPES[own % len(SHAPES)::len(SHAPES)]:
                options = ["--entries", "integer", "--kernel", kernel, "--panel", str((256, 7, 16, 1)[(i + j) % 4])]
                with self.subTest(variant=variant, ranks=ranks, threads=threads, kernel=kernel, shape=shape):
                    if shape not in known:
                        known[shape] = self.digest("serial", "--entries", "integer", "--kernel", "naive",
                                                   *shape_options(shape))
                    self.assertEqual(self.digest(variant, *shape_options(shape), *options, ranks=ranks,
                                                 threads=threads), known[shape])

    def test_every_grid_and_way(self) -> None:
        """Grids with layers, ranks of one node and of several, messages alone; bytes as planned."""
        shape = shape_options((37, 41, 53))
        expected = self.digest("serial", "--entries", "integer", *shape)
        ways: list[tuple[str, dict[str, str]]] = [
            ("auto", {}), ("message", {}), ("shared", {}), ("auto", {"SB_NODE_SIZE": "2"}),
            ("auto", {"SB_NODE_SIZE": "1"}), ("message", {"SB_MESSAGE_MOST": "100"}), ("auto", {"SB_SHARED_MOST": "100"})]
        grids = ("1x2x3", "2x3x1", "3x1x2", "1x1x6", "6x1x1", "1x6x1", "2x1x3", "1x1x5")
        for variant in [v for v in ("mpi", "hybrid") if v in launch.variants("matmul")]:
            for i, (grid, (way, env)) in enumerate(itertools.product(grids, ways)):
                if launch.POLLING and i % 5 or variant == "hybrid" and i % 3:
                    continue
                with self.subTest(variant=variant, grid=grid, way=way, env=env):
                    run = self.good(variant, *shape, "--entries", "integer", "--grid", grid, "--exchange", way,
                                    "--panel", "6", "--output", "r.h5", ranks=6, threads=2, env=env)
                    self.assertEqual(run.figures()["matmul.digest"], expected)
                    with h5py.File(self.folder / "r.h5") as file:
                        planned, counted = (file[f"workload/comm_bytes_{w}"][()] for w in ("predicted", "actual"))
                        self.assertEqual(counted, planned)
                        m, n, k = 37, 41, 53
                        pm, pn, pk = map(int, grid.split("x"))
                        self.assertEqual(planned, 8 * (m * k * (pn - 1) + k * n * (pm - 1) + m * n * (pk - 1)))

    @unittest.skipUnless("mpi" in launch.variants("matmul"), "no MPI in this build")
    def test_bytes_are_as_planned(self) -> None:
        for ranks in (2, 3, 4, 5, 7, 8, 11) if not launch.POLLING else (2, 3):
            for shape in ((64, 60, 70), (9, 8, 900)):
                with self.subTest(ranks=ranks, shape=shape):
                    self.good("mpi", *shape_options(shape), "--output", "r.h5", ranks=ranks)
                    with h5py.File(self.folder / "r.h5") as file:
                        planned, counted = (file[f"workload/comm_bytes_{w}"][()] for w in ("predicted", "actual"))
                    self.assertEqual(counted, planned)
                    self.assertGreater(planned, 0)

    def test_numpy_agrees_on_the_stored_matrices(self) -> None:
        for entries in ("integer", "real"):
            for variant in launch.variants("matmul"):
                for shape in ((60, 70, 80), (5, 1, 300)):
                    with self.subTest(variant=variant, entries=entries, shape=shape):
                        self.good(variant, *shape_options(shape), "--entries", entries, "--fields", "yes", "--panel",
                                  "16", "--output", "r.h5", ranks=4, threads=2)
                        with h5py.File(self.folder / "r.h5") as file:
                            a, b, c = (file[f"fields/{name}"][...] for name in "ABC")
                        self.assertEqual((a.shape, b.shape, c.shape),
                                         ((shape[0], shape[2]), (shape[2], shape[1]), (shape[0], shape[1])))
                        if entries == "integer":
                            np.testing.assert_array_equal(c, (a.astype(object) @ b.astype(object)).astype(float))
                        else:
                            np.testing.assert_allclose(c, a @ b, rtol=0, atol=1e-13 * shape[2])
                            self.assertLess(abs(a.mean()), 0.1)
                            self.assertLess(np.abs(a).max(), 1.0 + 1e-9)

    def test_repetitions_and_layers(self) -> None:
        """Later products wait for who still reads the sums of the one before."""
        for variant in [v for v in ("mpi", "hybrid") if v in launch.variants("matmul")]:
            for way in ("auto", "message"):
                run = launch.run(f"matmul_{variant}", *shape_options((30, 30, 200)), "--grid", "1x1x4", "--entries",
                                 "integer", "--exchange", way, "--min_reps", "30", "--max_reps", "30", ranks=4,
                                 threads=2 if variant == "hybrid" else None)
                self.assertTrue(run.succeeded(), run)

    def test_no_false_alarm(self) -> None:
        """Clean products of all sizes pass: a thousand with SCALEBAR_TEST_LONG=1."""
        chance, names = random.Random(4), kernels()
        for i in range(1000 if launch.LONG else 60):
            variant = chance.choice(launch.variants("matmul"))
            ranks = chance.choice((1, 2, 3, 5)) if variant in ("mpi", "hybrid") else 1
            shape = tuple(int(2 ** chance.uniform(0, 9.5)) for _ in range(3))
            options = [*shape_options(shape), "--entries", chance.choice(("real", "integer")), "--kernel",
                       chance.choice(names), "--panel", str(chance.choice((16, 100, 256))), "--seed", str(i)]
            with self.subTest(variant=variant, ranks=ranks, options=options):
                self.good(variant, *options, ranks=ranks, threads=2)

    def test_no_panel_or_sum_is_used_before_its_time(self) -> None:
        """Buffers that are NaN as soon as they were used, and ranks that pause at random."""
        shape = shape_options((45, 33, 120))
        expected = self.digest("serial", "--entries", "integer", *shape)
        ways: list[tuple[str, dict[str, str]]] = [("shared", {}), ("message", {}), ("auto", {"SB_NODE_SIZE": "2"})]
        seeds = ("1", "2", "3") if launch.LONG else ("1",)
        for variant in [v for v in ("mpi", "hybrid") if v in launch.variants("matmul")]:
            for grid, (way, env), seed in itertools.product(("2x3x1", "1x1x6", "1x2x3", "3x1x2"), ways, seeds):
                with self.subTest(variant=variant, grid=grid, way=way, env=env, seed=seed):
                    run = launch.run(f"matmul_{variant}", *shape, "--entries", "integer", "--grid", grid, "--exchange",
                                     way, "--panel", "8", "--min_reps", "6", "--max_reps", "6", ranks=6,
                                     env={**env, "SB_EXCHANGE_TEST": seed}, threads=2 if variant == "hybrid" else None)
                    self.assertTrue(run.succeeded(), run)
                    self.assertEqual(run.figures()["matmul.digest"], expected)

    @unittest.skipIf(resident.SANITIZED, "sanitizers keep memory of their own")
    def test_resident_memory_is_as_planned(self) -> None:
        """Of the rank with most, beyond what the same program holds for a tiny problem."""
        cases: list[tuple[str, int, int, tuple[int, int, int], list[str]]] = [
            ("serial", 1, 1, (2200, 2200, 2200), []),
            ("serial", 1, 1, (1, 4000, 4000), ["--fields", "yes", "--output", "r.h5"]),
            ("omp", 1, 3, (3000, 2000, 1500), ["--kernel", "blocked"]),
            ("mpi", 4, 1, (4000, 3000, 1500), ["--grid", "2x1x2", "--exchange", "message"]),
            ("mpi", 3, 1, (5000, 500, 5000), ["--exchange", "message", "--fields", "yes", "--output", "r.h5"]),
            ("hybrid", 2, 2, (2000, 4000, 1500), ["--exchange", "message", "--kernel", "blocked"]),
        ]
        for variant, ranks, threads, shape, more in cases:
            if variant not in launch.variants("matmul"):
                continue
            with self.subTest(variant=variant, ranks=ranks, shape=shape, more=more):
                held, planned = resident.grown(f"matmul_{variant}", shape_options((8, 8, 8)), shape_options(shape),
                                               *more, ranks=ranks, cwd=self.folder,
                                               threads=threads if variant in ("omp", "hybrid") else None)
                # The libraries keep some; rank 0 holds a piece of a field while it is written.
                self.assertLess(held, 1.05 * planned + (32.0 if "--fields" in more else 8.0))
                self.assertGreater(held, 0.9 * planned - 4.0)


@unittest.skipUnless(launch.variants("matmul"), "matmul is not in this build")
class Options(unittest.TestCase):
    def dry(self, *options: str, program: str = "matmul_serial", **more: object) -> str:
        run = launch.run(program, *options, "--dry-run", **more)
        self.assertEqual(run.code, 0, run)
        return run.out

    def test_help_says_what_a_grid_is(self) -> None:
        self.assertRegex(launch.run("matmul_serial", "--help").out, r"grid +auto or flat or ranks as 2x3x1\n")

    def test_named_sizes(self) -> None:
        for size, n in (("tiny", 1024), ("small", 4096), ("medium", 16384), ("large", 65536)):
            self.assertIn(f"decomposition: {n} x {n} x {n} (m, n, k)", self.dry("--size", size))

    def test_dry_run_explains_the_choice(self) -> None:
        if "mpi" not in launch.variants("matmul"):
            self.skipTest("no MPI in this build")
        flat = self.dry("--m", "512", "--n", "512", "--k", "200000", program="matmul_mpi", ranks=2)
        self.assertRegex(flat, r"over 1 x 1 x 2 ranks, panels of \d+; up to \S+ MB a rank received, bound \S+ MB")
        square = self.dry("--size", "small", program="matmul_mpi", ranks=4)
        self.assertRegex(square, "over 2 x 2 x 1 ranks")

    def test_weak_laws(self) -> None:
        if "omp" not in launch.variants("matmul"):
            self.skipTest("no OpenMP in this build")
        for law, n in (("memory", 2000), ("work", 1587)):
            out = self.dry("--m", "1000", "--n", "1000", "--k", "1000", "--scaling", "weak", "--weak_law", law,
                           "--threads", "4", program="matmul_omp")
            self.assertIn(f"decomposition: {n} x {n} x {n} ", out)

    def test_a_grid_is_for_the_problem_that_runs(self) -> None:
        """Weak scaling and memory= set the sizes before the grid is looked at."""
        if "mpi" not in launch.variants("matmul"):
            self.skipTest("no MPI in this build")
        grown = ["--grid", "4x1x1", "--m", "2", "--n", "2", "--k", "2", "--scaling", "weak"]
        self.assertIn("decomposition: 4 x 4 x 4 ", self.dry(*grown, program="matmul_mpi", ranks=4))
        run = launch.run("matmul_mpi", "--grid", "5x1x1", "--m", "2", "--n", "2", "--k", "2", "--dry-run", ranks=5)
        self.assertEqual(run.code, 1, run)
        self.assertIn("5 parts of m; allowed 1 .. 2", run.err)

    def test_long_steps_are_progress(self) -> None:
        run = launch.run("matmul_serial", "--kernel", "naive", "--m", "1500", "--n", "1000", "--k", "1000", "--panel",
                         "65536", "--watchdog", "1", *ONCE)
        self.assertTrue(run.succeeded(), run)

    def test_memory_fills_what_was_asked_for(self) -> None:
        out = self.dry("--memory", "0.02")
        found = re.search(r"decomposition: (\d+) x", out)
        assert found is not None
        total = int(re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.MULTILINE)[1]) * 1024
        self.assertLess(24 * int(found[1]) ** 2, 0.021 * total)

    def test_memory_is_not_given_beside_what_it_sets(self) -> None:
        for key, value in (("m", 100), ("n", 100), ("k", 100), ("size", "tiny")):
            run = launch.run("matmul_serial", "--memory", "0.01", f"--{key}={value}")
            self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
            self.assertIn(f"{key} = {value} and memory = 0.01 both set the size", run.errors()[0])
        run = launch.run("matmul_serial", "--memory", "0.01", "--entries=integer", "--dry-run")
        self.assertEqual(run.code, 0, run)

    def test_refused(self) -> None:
        for options, words in ((["--grid", "2x1"], "grid = 2x1: allowed auto, flat, or"), (["--grid", "2x1x1"], "2 ranks"),
                               (["--m", "0"], "m"), (["--kernel", "fast"], "naive|blocked|blas"),
                               (["--panel", "0"], "panel"), (["--grid", "0x1x1"], "grid")):
            with self.subTest(options=options):
                run = launch.run("matmul_serial", *options)
                self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
                self.assertRegex(run.errors()[0], words)


if __name__ == "__main__":
    unittest.main()
