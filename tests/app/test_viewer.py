"""What ParaView shows of a run: its own readers, given the sidecar, find the fields, their times and
their place in space. Needs python3-paraview, which is large: setup.sh does not install it."""
from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

import heat
import launch

VIEWER = Path(__file__).resolve().parent / "viewer.py"


def has_viewer() -> bool:
    found = subprocess.run([sys.executable, "-c", "from vtkmodules import vtkIOXdmf2, vtkIOXdmf3"],
                           capture_output=True, check=False)
    return found.returncode == 0


@unittest.skipUnless(has_viewer(), "no python3-paraview here")
class Viewer(unittest.TestCase):
    def see(self, problem: heat.Problem, variant: str, files: dict[int, str]) -> None:
        """`files`: of every step in the sidecar the file that holds it."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            run, _ = heat.run(folder, variant, [*problem.options(), "--snapshots", "20"], 3, 2)
            self.assertTrue(run.succeeded(), run)
            # From another folder, as people do.
            seen = subprocess.run([sys.executable, "-B", str(VIEWER), str(folder / "run.xmf"), str(folder / "seen.npz")],
                                  cwd="/", capture_output=True, text=True, check=False)
            self.assertEqual((seen.returncode, seen.stderr), (0, ""), seen.stdout)
            shown = np.load(folder / "seen.npz")
            for reader in ("xdmf2", "xdmf3"):
                self.assertEqual(list(shown[f"{reader}_times"]), [problem.r * step for step in files])
                for i, file in enumerate(files.values()):
                    with h5py.File(folder / file) as h5:
                        expected = h5["fields/temperature"][...]
                    np.testing.assert_array_equal(shown[f"{reader}_{i}"], expected)
                    z, y, x = expected.shape
                    self.assertEqual(list(shown[f"{reader}_{i}_bounds"]), [0, x, 0, y, 0, z])

    def test_fields_of_every_variant(self) -> None:
        for variant in launch.variants("heat"):
            for n in ((1, 20, 31), (6, 9, 12)):
                with self.subTest(variant=variant, n=n):
                    self.see(heat.Problem(n, 50), variant,
                             {20: "run.snapshot.000000000020.h5", 40: "run.snapshot.000000000040.h5", 50: "run.h5"})


if __name__ == "__main__":
    unittest.main()
