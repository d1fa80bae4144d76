"""Heat as numpy computes it, bit by bit, and runs of the programs that are held against it."""
from __future__ import annotations

import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

import launch

ONCE = ("--warmup", "0", "--min_reps", "1", "--max_reps", "1")
KERNELS = ("plain", "streaming", "blocked")
BOUNDARIES = ("insulated", "periodic")


@dataclass(frozen=True)
class Problem:
    """start=hotspot: its field is known exactly. `n` is (z, y, x); z = 1 in two dimensions."""
    n: tuple[int, int, int]
    steps: int
    boundary: str = "insulated"
    r: float = 0.125

    @property
    def dims(self) -> int:
        return 2 if self.n[0] == 1 else 3

    def options(self) -> list[str]:
        z, y, x = self.n
        return ["--dims", str(self.dims), "--nz", str(z), "--ny", str(y), "--nx", str(x), "--r", repr(self.r),
                "--steps", str(self.steps), "--start", "hotspot", "--boundary", self.boundary]


def evolve(u: np.ndarray, dims: int, steps: int, r: float, boundary: str) -> np.ndarray:
    """Steps of the field u(z, y, x) in the one order of apps/heat/heat_kernel.h."""
    c = 1.0 - 2.0 * dims * r
    mode = {"insulated": "edge", "periodic": "wrap", "fixed": "constant"}[boundary]
    for _ in range(steps):
        pad = np.pad(u, [(1, 1) if dims == 3 else (0, 0), (1, 1), (1, 1)], mode=mode)
        mid = pad[1:-1] if dims == 3 else pad
        total = (mid[:, 1:-1, :-2] + mid[:, 1:-1, 2:]) + (mid[:, :-2, 1:-1] + mid[:, 2:, 1:-1])
        if dims == 3:
            total = total + (pad[:-2, 1:-1, 1:-1] + pad[2:, 1:-1, 1:-1])
        u = c * u + r * total
    return u


def read_field(path: Path) -> tuple[np.ndarray, str]:
    """The field temperature of a result or state file, and its digest."""
    with h5py.File(path) as file:
        data = file["fields/temperature"]
        return data[...], data.attrs["digest"].decode()


def run(folder: Path, variant: str, options: list[str], ranks: int = 1, threads: int | None = None,
        **more: object) -> tuple[launch.Outcome, Path]:
    """One repetition with its field in a result file."""
    path = folder / "run.h5"
    path.unlink(missing_ok=True)
    given = threads if variant in ("omp", "hybrid") else None
    outcome = launch.run(f"heat_{variant}", *ONCE, "--output", str(path), "--fields", "yes", *options,
                         ranks=ranks, threads=given, **more)
    return outcome, path


def mode_options(n: tuple[int, int, int], steps: int) -> list[str]:
    z, y, x = n
    return ["--dims", "2" if z == 1 else "3", "--nz", str(z), "--ny", str(y), "--nx", str(x),
            "--steps", str(steps), "--r", "0.125" if z == 1 else "0.15"]


def layouts() -> list[tuple[str, int, int]]:
    """(variant, ranks, threads): every number of ranks and of threads, and a net over hybrid ones."""
    pairs = {
        "serial": [(1, 1)],
        "omp": [(1, t) for t in (1, 2, 3, 4)],
        "mpi": [(r, 1) for r in (1, 2, 3, 4, 5, 6, 7, 8, 11)],
        "hybrid": [(1, 4), (2, 2), (3, 1), (3, 3), (4, 2), (5, 3), (6, 2), (7, 2), (8, 2), (11, 2)],
    }
    if launch.POLLING:
        pairs["mpi"] = [(1, 1), (3, 1), (8, 1)]
        pairs["hybrid"] = [(2, 2), (5, 1)]
    if launch.LONG:
        pairs["hybrid"] = [(r, t) for r in (1, 2, 3, 4, 5, 6, 7, 8, 11) for t in (1, 2, 3, 4)]
    return [(v, r, t) for v in launch.variants("heat") for r, t in pairs[v]]


class Case(unittest.TestCase):
    """Tests whose runs write into a folder of their own."""

    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)

    def good(self, variant: str, options: list[str], ranks: int = 1, threads: int = 1,
             **more: object) -> Path:
        outcome, path = run(self.folder, variant, options, ranks, threads, **more)
        self.assertTrue(outcome.succeeded(), outcome)
        self.assertNotIn("nan", outcome.out)
        return path
