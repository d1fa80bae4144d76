"""A state that finds no room leaves the one before as it was, and nothing else."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py

import launch

# Test programs that write one: FILE NZ NY NX SEED.
WRITERS = {"serial": launch.TESTS / "test_state_file", "mpi": launch.TESTS / "ranks_state_file_mpi"}
DISK = 6 << 20
OLDER, NEWER = 3, 4  # seeds, and so steps


class FullDisk(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="scalebar_full_")
        self.addCleanup(place.cleanup)
        self.disk = Path(place.name)
        if os.geteuid() != 0 or sys.platform != "linux":
            self.skipTest("a small file system takes root on Linux")
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(self.disk)],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"no file system can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.disk)], check=True)

    def write(self, variant: str, ranks: int, ny: int, seed: int) -> launch.Outcome:
        run = launch.run(WRITERS[variant], "s.h5", "1", str(ny), "1024", str(seed), ranks=ranks, cwd=self.disk)
        if "built without HDF5" in run.err:
            self.skipTest("no HDF5 in this build")
        self.assertFalse(run.timed_out, run)
        return run

    def test_older_state_stays(self) -> None:
        for variant, ranks in (("serial", 1), ("mpi", 1), ("mpi", 2)):
            if not WRITERS[variant].exists():
                continue
            with self.subTest(variant=variant, ranks=ranks):
                self.assertEqual(self.write(variant, ranks, 64, OLDER).code, 0)
                older = (self.disk / "s.h5").read_bytes()
                # 8 MiB do not fit; of 5 MiB, no more than the older file of 0.5 MiB leaves.
                for ny in (1024, 704):
                    run = self.write(variant, ranks, ny, NEWER)
                    self.assertEqual(run.code, 1, run)
                    self.assertEqual(len(run.errors()), 1, run)
                    self.assertRegex(run.errors()[0], r"cannot write s\.h5: No space left on device", run)
                    self.assertEqual((self.disk / "s.h5").read_bytes(), older)
                    self.assertEqual([p.name for p in self.disk.iterdir()], ["s.h5"], run)
                self.assertEqual(self.write(variant, ranks, 640, NEWER).code, 0)
                with h5py.File(self.disk / "s.h5") as file:
                    self.assertEqual(file.attrs["step"], NEWER)
                (self.disk / "s.h5").unlink()

    def test_heat_ends_in_a_sentence(self) -> None:
        """A snapshot that finds no room: all ranks know, so nobody is stranded or shot."""
        for variant in launch.variants("heat"):
            with self.subTest(variant=variant):
                run = launch.run(launch.BIN / f"heat_{variant}", "--nx", "512", "--ny", "512", "--steps", "9",
                                 "--snapshots", "2", "--output", "run.h5", ranks=3,
                                 threads=2 if variant in ("omp", "hybrid") else None, cwd=self.disk)
                if "built without HDF5" in run.err:
                    self.skipTest("no HDF5 in this build")
                self.assertEqual((run.code, run.result(), run.timed_out), (1, "ERROR", False), run)
                self.assertEqual(len(run.errors()), 1, run)
                self.assertRegex(run.errors()[0], r"cannot write run\.snapshot\.\d+\.h5: No space left", run)
                self.assertEqual(sorted(p.name for p in self.disk.iterdir()),
                                 [f"run.snapshot.{step:012d}.h5" for step in (2, 4)])
                for path in self.disk.iterdir():
                    path.unlink()


if __name__ == "__main__":
    unittest.main()
