"""The count of hits is the same integer for any variant, ranks, threads, kernel and build.

Up to 10^6 samples the expected counts come from a Philox of our own below, in numpy; beyond that they
are the counts that apps/pi/README.md lists with how they were made; for rng=nas, published ones.
"""
from __future__ import annotations

import unittest

import numpy as np

import launch

ONCE = ("--warmup", "0", "--min_reps", "1", "--max_reps", "1")
SEED = 20261122

GOLDEN = {  # (seed, samples): hits, by the textbook loop
    (1, 10**8): 78539778,
    (1, 10**10): 7854079262,
}
NAS = {2**24: 13176389, 2**25: 26354769}  # NAS Parallel Benchmarks, EP classes S and W


def philox_hits(samples: int, seed: int) -> int:
    """Philox 4x32-10 (Salmon et al. 2011) on all blocks at once."""
    blocks = np.arange((samples + 1) // 2, dtype=np.uint64)
    low = np.uint64(0xFFFFFFFF)
    c = [blocks & low, blocks >> np.uint64(32), np.zeros_like(blocks), np.zeros_like(blocks)]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        p0, p1 = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(key[0]), p1 & low,
             (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(key[1]), p0 & low]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    words = np.stack(c, axis=1).astype(np.uint32).view(np.int32).astype(np.int64).reshape(-1, 2)
    x, y = (words[:samples, i].astype(np.uint64) for i in (0, 1))
    return int(np.count_nonzero(x * x + y * y < np.uint64(2**62)))  # squares wrap to the right value


SMALL = (1, 2, 3, 7, 22, 1001, 65537, 10**6)
EXPECTED = {n: philox_hits(n, SEED) for n in SMALL}


def layouts() -> list[tuple[str, int, int]]:
    """(variant, ranks, threads): all of issue's range for mpi, a net over it for hybrid."""
    pairs = {
        "serial": [(1, 1)],
        "omp": [(1, t) for t in (1, 2, 3, 4)],
        "mpi": [(r, 1) for r in (1, 2, 3, 4, 5, 6, 7, 8, 11)],
        "hybrid": [(1, 4), (2, 2), (3, 1), (3, 3), (4, 2), (5, 3), (6, 2), (7, 3), (8, 4), (11, 2)],
    }
    if launch.LONG:
        pairs["hybrid"] = [(r, t) for r in (1, 2, 3, 4, 5, 6, 7, 8, 11) for t in (1, 2, 3, 4)]
    return [(v, r, t) for v in launch.variants() for r, t in pairs[v]]


class Counts(unittest.TestCase):
    def check(self, variant: str, ranks: int, threads: int, hits: int, *options: str) -> None:
        threads_given = threads if variant in ("omp", "hybrid") else None
        with self.subTest(variant=variant, ranks=ranks, threads=threads, options=options):
            run = launch.run(f"pi_{variant}", *ONCE, *options, ranks=ranks, threads=threads_given)
            self.assertTrue(run.succeeded(), run)
            self.assertEqual(int(run.figures()["pi.hits"]), hits, run)

    def test_every_layout_below_and_above_the_number_of_workers(self) -> None:
        for i, (variant, ranks, threads) in enumerate(layouts()):
            # each layout: fewer samples than workers, about as many, and two of the others in turn
            chosen = {1, 7, 22, SMALL[i % len(SMALL)], SMALL[(i + 5) % len(SMALL)]}
            for samples in sorted(chosen) if ranks < 6 or launch.LONG else (7, SMALL[-1 - i % 3]):
                self.check(variant, ranks, threads, EXPECTED[samples],
                           "--samples", str(samples), "--seed", str(SEED))

    def test_every_kernel(self) -> None:
        for kernel in ("plain", "baseline", "avx2", "avx512"):
            probe = launch.run("pi_serial", "--kernel", kernel, "--dry-run")
            if probe.code != 0:
                self.assertIn("kernel", probe.errors()[0])  # this processor or build lacks it
                continue
            for samples in (1001, 10**6):
                self.check("serial", 1, 1, EXPECTED[samples], "--kernel", kernel,
                           "--samples", str(samples), "--seed", str(SEED))

    def test_tiny_in_every_variant(self) -> None:
        for variant in launch.variants():
            self.check(variant, 2, 2, GOLDEN[1, 10**8], "--size", "tiny")

    def test_nas_classes_in_every_variant(self) -> None:
        for variant in launch.variants():
            for pairs, hits in NAS.items():
                self.check(variant, 3, 2, hits, "--rng", "nas", "--samples", str(pairs))

    def test_nas_beyond_any_class(self) -> None:
        """2^40 pairs are too many to draw here, but the program takes them and knows its shares."""
        run = launch.run("pi_serial", "--rng", "nas", "--samples", "2^40", "--dry-run")
        self.assertEqual(run.code, 0, run)
        self.assertIn("1099511627776 samples over 1 ranks x 1 threads", run.out)


class ManySamples(unittest.TestCase):
    def test_ten_to_the_ten_in_every_variant(self) -> None:
        for variant in launch.variants():
            threads = 2 if variant in ("omp", "hybrid") else None
            with self.subTest(variant=variant):
                run = launch.run(f"pi_{variant}", *ONCE, "--size", "small", threads=threads,
                                 ranks=2 if variant == "mpi" else 1, timeout=600)
                self.assertTrue(run.succeeded(), run)
                self.assertEqual(int(run.figures()["pi.hits"]), GOLDEN[1, 10**10], run)


if __name__ == "__main__":
    unittest.main()
