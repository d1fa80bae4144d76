"""The distributed transform is FFTW's own, and numpy's, in every decomposition, layout and variant."""
from __future__ import annotations

import itertools
import math
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
# Even, uneven, prime, smaller than the ranks, in two dimensions, one cell wide.
SIZES = ((16, 16, 16), (18, 10, 12), (17, 13, 11), (4, 3, 2), (40, 6, 5), (36, 28, 1), (1, 1, 8), (2, 1, 1), (33, 7, 19))
WAYS: tuple[tuple[str, dict[str, str]], ...] = (
    ("auto", {}), ("message", {}), ("shared", {}), ("auto", {"SB_NODE_SIZE": "2"}), ("auto", {"SB_NODE_SIZE": "1"}),
    ("message", {"SB_MESSAGE_MOST": "100"}), ("auto", {"SB_SHARED_MOST": "100"}))


def size_options(size: tuple[int, int, int]) -> list[str]:
    return ["--nx", str(size[0]), "--ny", str(size[1]), "--nz", str(size[2])]


def layouts() -> list[tuple[str, int, int]]:
    pairs = {
        "serial": [(1, 1)],
        "omp": [(1, t) for t in (1, 2, 3)],
        "mpi": [(r, 1) for r in (1, 2, 3, 4, 5, 6, 7, 8, 11)],
        "hybrid": [(1, 3), (2, 2), (3, 1), (4, 3), (5, 2), (7, 1), (8, 2), (11, 2)],
    }
    if launch.POLLING:
        pairs["mpi"] = [(1, 1), (3, 1), (4, 1)]
        pairs["hybrid"] = [(2, 2), (5, 1)]
    return [(v, r, t) for v in launch.variants("fft") for r, t in pairs[v]]


def choices() -> list[list[str]]:
    return [["--decomposition", d, "--layout", o, "--transform", t] for d, o, t in
            itertools.product(("slab", "pencil"), ("transposed", "natural"), ("c2c", "r2c"))] + [[]]


class Case(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)

    def good(self, variant: str, *options: str, ranks: int = 1, threads: int = 1, env: dict[str, str] | None = None,
             program: Path | None = None, reps: int = 1, planner: str = "estimate") -> launch.Outcome:
        run = launch.run(program or f"fft_{variant}", "--warmup", "0", "--min_reps", str(reps), "--max_reps", str(reps),
                         "--planner", planner, *options, ranks=ranks, env=env, cwd=self.folder,
                         threads=threads if variant in ("omp", "hybrid") else None)
        self.assertTrue(run.succeeded(), run)
        return run

    def check_against_numpy(self, path: Path) -> None:
        with h5py.File(path) as file:
            given, found = file["fields/input"][...], file["fields/output"][...]
            self.assertEqual(file["workload/comm_bytes_actual"][()], file["workload/comm_bytes_predicted"][()])
        output = found[..., 0] + 1j * found[..., 1]
        if given.ndim == 4:
            exact = np.fft.fftn(given[..., 0] + 1j * given[..., 1])
        else:
            exact = np.fft.rfftn(given)
        self.assertEqual(output.shape, exact.shape)
        levels = sum(math.log2(n) if n < 14 or n % 2 == 0 else 3 * math.log2(4 * n) + 8 for n in given.shape[:3])
        off = np.linalg.norm(output - exact) / np.linalg.norm(exact)
        self.assertLess(off, 2 * 7 * 2.0**-53 * max(levels, 1.0))


@unittest.skipUnless(launch.variants("fft"), "fft is not in this build")
class Fft(Case):
    def test_equals_fftw_everywhere(self) -> None:
        """Every layout of ranks and threads meets every decomposition, order and transform, each with one
        size in turn; with every size if SCALEBAR_TEST_LONG=1."""
        for (i, (variant, ranks, threads)), (j, options) in itertools.product(enumerate(layouts()), enumerate(choices())):
            for k in range(len(SIZES)) if launch.LONG else (0,):
                size, (way, env) = SIZES[(i + j + k) % len(SIZES)], WAYS[(i + 2 * j + k) % len(WAYS)]
                if ranks == 1:
                    way, env = "auto", {}
                with self.subTest(variant=variant, ranks=ranks, threads=threads, size=size, options=options, way=way,
                                  env=env):
                    run = self.good(variant, *size_options(size), *options, "--exchange", way, ranks=ranks,
                                    threads=threads, env={"SB_FAULT": "kind=fftw", **env},
                                    program=(launch.TESTS / f"fft_{variant}_faulty").resolve())
                    self.assertIn("VERIFY fft PASS check=fftw ", run.out)

    def test_equals_fftw_where_messages_and_blocks_are_many(self) -> None:
        """Batches of messages, writing past the caches, and FFTW's choice of algorithms by trial."""
        for variant in launch.variants("fft"):
            for options in (["--exchange", "message"], ["--transform", "r2c", "--layout", "natural"]):
                with self.subTest(variant=variant, options=options):
                    run = self.good(variant, *size_options((131, 97, 127)), *options, ranks=3, threads=2,
                                    env={"SB_FAULT": "kind=fftw"}, planner="measure",
                                    program=(launch.TESTS / f"fft_{variant}_faulty").resolve())
                    self.assertIn("VERIFY fft PASS check=fftw ", run.out)

    def test_equals_numpy_on_the_stored_fields(self) -> None:
        for variant in launch.variants("fft"):
            for i, (size, options) in enumerate(itertools.product(SIZES, choices())):
                if i % 7 != 3:
                    continue
                ranks = (4, 6, 3)[i % 3] if variant in ("mpi", "hybrid") and not launch.POLLING else 2
                with self.subTest(variant=variant, ranks=ranks, size=size, options=options):
                    self.good(variant, *size_options(size), *options, "--fields", "yes", "--output", "r.h5",
                              ranks=ranks, threads=2)
                    self.check_against_numpy(self.folder / "r.h5")

    def test_modes_and_repetitions(self) -> None:
        for variant in launch.variants("fft"):
            for transform in ("c2c", "r2c"):
                run = self.good(variant, "--start", "mode", "--transform", transform, *size_options((20, 18, 14)),
                                ranks=3, threads=2, reps=4)
                self.assertIn("check=modes", run.out)

    def test_nas_classes(self) -> None:
        """The published sum of every step; what is no class runs without it."""
        for variant in launch.variants("fft"):
            for size in ((64, 64, 64), (128, 128, 32)):
                run = self.good(variant, "--start", "nas", *size_options(size), ranks=4, threads=2)
                self.assertRegex(run.out, r"VERIFY fft PASS check=checksums error=\S+ bound=1e-12")
        self.assertAlmostEqual(float(run.figures()["fft.checksum_real"]), 550.4159734538, places=8)
        other = self.good("serial", "--start", "nas", *size_options((30, 20, 10)), "--steps", "2")
        self.assertNotIn("checksums", other.out)

    def test_nothing_is_read_before_its_time(self) -> None:
        """Buffers that are NaN as soon as they were used, and ranks that pause at random."""
        ways = ("shared", {}), ("message", {}), ("auto", {"SB_NODE_SIZE": "2"})
        for variant in [v for v in ("mpi", "hybrid") if v in launch.variants("fft")]:
            for (way, env), layout, decomposition in itertools.product(ways, ("transposed", "natural"), ("slab", "pencil")):
                with self.subTest(variant=variant, way=way, env=env, layout=layout, decomposition=decomposition):
                    self.good(variant, *size_options((21, 22, 23)), "--exchange", way, "--layout", layout, "--start", "nas",
                              "--decomposition", decomposition, "--steps", "10", ranks=6, threads=2, reps=3,
                              env={**env, "SB_EXCHANGE_TEST": "5"})

    @unittest.skipIf(resident.SANITIZED, "sanitizers keep memory of their own")
    def test_resident_memory_is_as_planned(self) -> None:
        """Of the rank with most, beyond what the same program holds for a tiny problem."""
        cases: list[tuple[str, int, int, tuple[int, int, int], list[str]]] = [
            ("serial", 1, 1, (128, 128, 128), []),
            ("serial", 1, 1, (128, 150, 128), ["--transform", "r2c"]),
            ("omp", 1, 2, (2**18, 5, 1), []),
            ("mpi", 4, 1, (2**18, 4, 1), []),
            ("omp", 1, 3, (2000, 1000, 1), ["--fields", "yes", "--output", "r.h5"]),
            ("mpi", 3, 1, (160, 150, 140), ["--exchange", "message"]),
            ("mpi", 4, 1, (160, 150, 140), ["--exchange", "message", "--decomposition", "pencil"]),
            ("mpi", 4, 1, (160, 150, 140), ["--exchange", "message", "--decomposition", "pencil", "--layout", "natural"]),
            ("hybrid", 2, 2, (128, 150, 128), ["--exchange", "message", "--transform", "r2c"]),
        ]
        for variant, ranks, threads, size, more in cases:
            if variant not in launch.variants("fft"):
                continue
            with self.subTest(variant=variant, ranks=ranks, size=size, more=more):
                held, planned = resident.grown(f"fft_{variant}", size_options((8, 8, 8 if size[2] > 1 else 1)),
                                               size_options(size), *more, "--planner", "estimate", ranks=ranks,
                                               threads=threads if variant in ("omp", "hybrid") else None, cwd=self.folder)
                # The libraries keep some; rank 0 holds a piece of a field while it is written.
                self.assertLess(held, 1.05 * planned + (40.0 if "--fields" in more else 8.0))
                self.assertGreater(held, 0.9 * planned - 4.0)

    def test_no_false_alarm(self) -> None:
        """Clean transforms of all sizes pass: a thousand with SCALEBAR_TEST_LONG=1."""
        chance = random.Random(5)
        for i in range(1000 if launch.LONG else 40):
            variant = chance.choice(launch.variants("fft"))
            ranks = chance.choice((1, 2, 3, 5)) if variant in ("mpi", "hybrid") else 1
            size = tuple(int(2 ** chance.uniform(1, 6.5)) for _ in range(3))
            options = [*size_options(size), *chance.choice(choices()), "--start", chance.choice(("random", "mode")),
                       "--seed", str(i)]
            with self.subTest(variant=variant, ranks=ranks, options=options):
                self.good(variant, *options, ranks=ranks, threads=2)


@unittest.skipUnless(launch.variants("fft"), "fft is not in this build")
class Options(Case):
    def dry(self, *options: str, program: str = "fft_serial", **more: object) -> str:
        run = launch.run(program, *options, "--dry-run", **more)
        self.assertEqual(run.code, 0, run)
        return run.out

    def test_dry_run_explains_the_choice(self) -> None:
        self.assertIn("128 x 128 x 128 (x, y, z) in slabs of 1 x 1 ranks (z, y), transposed", self.dry())
        if "mpi" not in launch.variants("fft"):
            return
        out = self.dry("--nx", "64", "--ny", "32", "--nz", "2", "--decomposition", "slab", program="fft_mpi", ranks=4)
        self.assertIn("in slabs of 1 x 4 ranks (z, y)", out)
        out = self.dry("--decomposition", "pencil", program="fft_mpi", ranks=4)
        self.assertIn("in pencils of 2 x 2 ranks (z, y)", out)
        out = self.dry("--nx", "4", "--ny", "3", "--nz", "3", "--decomposition", "slab", program="fft_mpi", ranks=7)
        self.assertIn("idle ranks: 4", out)

    def test_bytes(self) -> None:
        """16 N (1 - 1/p) a swap; natural order swaps once more; r2c keeps half."""
        if "mpi" not in launch.variants("fft"):
            return
        n = 32
        for more, cells in (([], n**3 * 3 / 4), (["--layout", "natural"], 2 * n**3 * 3 / 4),
                            (["--transform", "r2c"], n * n * 17 * 3 / 4),
                            (["--decomposition", "pencil"], 2 * n**3 / 2)):
            out = self.dry("--nx", str(n), "--ny", str(n), "--nz", str(n), *more, program="fft_mpi", ranks=4)
            found = re.search(r"bytes communicated: (\S+) byte", out)
            self.assertIsNotNone(found, out)
            self.assertAlmostEqual(float(found.group(1)) / (16 * cells), 1.0, places=3)

    def test_growth(self) -> None:
        if "mpi" not in launch.variants("fft"):
            return
        out = self.dry("--scaling", "weak", "--nx", "32", "--ny", "32", "--nz", "16", program="fft_mpi", ranks=6)
        self.assertIn("32 x 64 x 48 (x, y, z)", out)

    def test_memory_fills_what_was_asked_for(self) -> None:
        total = 1024e-6 * int(re.search(r"MemTotal: +(\d+)", Path("/proc/meminfo").read_text()).group(1))
        most = ["--exchange", "message", "--decomposition", "pencil", "--layout", "natural", "--fields", "yes"]
        for options, ranks in ([], 1), (most, 4), (["--exchange", "message"], 3):
            if ranks > 1 and "mpi" not in launch.variants("fft"):
                continue
            out = self.dry("--memory", "0.05", *options, program=f"fft_{'mpi' if ranks > 1 else 'serial'}", ranks=ranks)
            megabytes = ranks * float(re.search(r"memory per rank: (\S+) MB", out).group(1))
            self.assertLess(megabytes, 0.052 * total)
            self.assertGreater(megabytes, 0.015 * total)

    def test_memory_is_not_given_beside_what_it_sets(self) -> None:
        for key, value in (("nx", 64), ("ny", 64), ("nz", 64), ("size", "small")):
            run = launch.run("fft_serial", "--memory", "0.01", f"--{key}={value}")
            self.assertEqual((run.code, run.result(), len(run.errors())), (1, "ERROR", 1), run)
            self.assertIn(f"{key} = {value} and memory = 0.01 both set the size", run.errors()[0])
        run = launch.run("fft_serial", "--memory", "0.01", "--transform=r2c", "--dry-run")
        self.assertEqual(run.code, 0, run)

    def test_a_plan_of_long_rows_takes_no_time(self) -> None:
        out = self.dry("--nx", "2^30", "--ny", "1", "--nz", "1")
        self.assertNotIn("inf", out)

    def test_idle_threads_are_those_without_blocks(self) -> None:
        if "omp" in launch.variants("fft"):
            out = self.dry("--nx", "5", "--ny", "3", "--nz", "64", program="fft_omp", threads=4)
            self.assertIn("idle threads: 3", out)

    def test_wisdom_is_kept(self) -> None:
        path = self.folder / "wisdom"
        options = [*size_options((12, 10, 8)), "--wisdom", str(path), "--planner", "measure"]
        first = launch.run("fft_serial", *options, *ONCE, cwd=self.folder)
        self.assertTrue(first.succeeded(), first)
        self.assertIn("fftw", path.read_text())
        self.assertEqual([p.name for p in self.folder.iterdir()], ["wisdom"])
        path.write_text(re.sub(r"fftw-\S+", "fftw-2.9", path.read_text(), count=1))  # another version's
        again = launch.run("fft_serial", *options, *ONCE, cwd=self.folder)
        self.assertTrue(again.succeeded(), again)
        self.assertTrue(any("wisdom" in line for line in again.warnings()), again)
        self.assertNotIn("fftw-2.9", path.read_text())
        path.write_text("notes of mine")
        refused = launch.run("fft_serial", *options, *ONCE, cwd=self.folder)
        self.assertEqual((refused.code, path.read_text()), (1, "notes of mine"), refused)
        self.assertIn("is not what FFTW writes", refused.errors()[0])
        refused = launch.run("fft_serial", *options[:-3], str(self.folder), *ONCE)
        self.assertIn("is no file", refused.errors()[0])
        refused = launch.run("fft_serial", *options[:-3], str(self.folder / "none/wisdom"), *ONCE)
        self.assertEqual(refused.code, 1, refused)
        self.assertRegex(refused.errors()[0], "wisdom = .*none/wisdom")

    def test_refused(self) -> None:
        for options, words in ((["--start", "nas", "--transform", "r2c"], "start = nas"),
                               (["--start", "nas", "--seed", "4"], "seed: start=nas"),
                               (["--nx", "0"], "nx = 0"), (["--nx", "1", "--ny", "1", "--nz", "1"], "nx, ny, nz"),
                               (["--nx", "2^20", "--ny", "2^20", "--nz", "2^20"], "nx, ny, nz"),
                               (["--decomposition", "cubes"], "decomposition")):
            with self.subTest(options=options):
                run = launch.run("fft_serial", *options)
                self.assertEqual((run.code, run.result()), (1, "ERROR"), run)
                self.assertIn(words, run.errors()[0])


if __name__ == "__main__":
    unittest.main()
