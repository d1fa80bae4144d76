"""Result files of every variant hold schema 1, and say the same as what the run printed."""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py

import launch

CHECKER = Path(__file__).resolve().parent.parent / "schema" / "check_schema.py"
QUICK = ("--samples", "1e6", "--min_reps", "6", "--max_reps", "8")


def layout(variant: str) -> tuple[int, int]:
    return (3 if variant in ("mpi", "hybrid") else 1, 2 if variant in ("omp", "hybrid") else 1)


def writes_hdf5(variant: str) -> bool:
    return "hdf5: none" not in launch.run(f"pi_{variant}", "--version").out


class Schema(unittest.TestCase):
    def run_and_check(self, folder: str, variant: str, *checker_options: str,
                      options: tuple[str, ...] = (), env: dict[str, str] | None = None) -> launch.Outcome:
        ranks, threads = layout(variant)
        run = launch.run(f"pi_{variant}", *QUICK, "--fields", "yes", "--output", "r.h5", "--json", "r.json",
                         *options, ranks=ranks, threads=threads if threads > 1 else None, cwd=folder, env=env)
        self.assertTrue(run.succeeded(), run)
        self.assertEqual(sorted(p.name for p in Path(folder).iterdir()), ["r.h5", "r.json"])
        checked = subprocess.run(
            [sys.executable, "-B", str(CHECKER), "r.h5", "--json", "r.json", "--ranks", str(ranks),
             "--threads", str(threads), "--app", "pi", "--variant", variant, "--result", "PASS",
             "--fields", "estimate", *checker_options],
            cwd=folder, capture_output=True, text=True, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        return run

    def test_every_variant(self) -> None:
        for variant in launch.variants():
            if not writes_hdf5(variant):
                continue
            with self.subTest(variant=variant), tempfile.TemporaryDirectory() as folder:
                run = self.run_and_check(folder, variant, "--nodes", "1")
                figures = run.figures()
                with h5py.File(Path(folder) / "r.h5") as file:
                    self.assertEqual(int(file["figures/hits"][()]), int(figures["pi.hits"]))
                    self.assertAlmostEqual(file["figures/time"][()] / float(figures["pi.time"]), 1.0, places=4)
                    counted = file["fields/estimate"][:].mean() / 4 * 1e6  # batches of almost equal size
                    self.assertAlmostEqual(counted / int(figures["pi.hits"]), 1.0, places=4)
                    self.assertEqual(int(file["workload/units"][()]), 10**6)
                document = json.loads((Path(folder) / "r.json").read_text())
                self.assertIn(figures["pi.hits"], json.dumps(document))

    def test_compressed_fields(self) -> None:
        for variant in launch.variants():
            if not writes_hdf5(variant):
                continue
            with self.subTest(variant=variant), tempfile.TemporaryDirectory() as folder:
                self.run_and_check(folder, variant, options=("--compress", "yes"), env=launch.WITHOUT_LEAKS)
                with h5py.File(Path(folder) / "r.h5") as file:
                    self.assertTrue(file["fields/estimate"].fletcher32)

    def test_many_ranks_are_told_by_node(self) -> None:
        """Above SB_LISTED_RANKS ranks the file holds numbers per node; here that limit is lowered."""
        if "mpi" not in launch.variants() or not writes_hdf5("mpi"):
            self.skipTest("no MPI or no parallel HDF5 in this build")
        with tempfile.TemporaryDirectory() as folder:
            self.run_and_check(folder, "mpi", "--nodes", "2", "--per-node",
                               env={"SB_LISTED_RANKS": "2", "SB_NODE_SIZE": "2"})

    def test_json_alone(self) -> None:
        for variant in launch.variants():
            with self.subTest(variant=variant), tempfile.TemporaryDirectory() as folder:
                run = launch.run(f"pi_{variant}", *QUICK, "--json", "r.json", ranks=2, cwd=folder,
                                 env=launch.WITHOUT_LEAKS)
                self.assertTrue(run.succeeded(), run)
                json.loads((Path(folder) / "r.json").read_text())


if __name__ == "__main__":
    unittest.main()
