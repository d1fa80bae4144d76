"""State files, and the sidecars that say how to draw them, are what people's tools read."""
from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import h5py
import numpy as np

import launch

CHECKER = Path(__file__).resolve().parent.parent / "schema" / "check_schema.py"
# Test programs that write one: FILE NZ NY NX SEED.
WRITERS = {"serial": launch.TESTS / "test_state_file", "mpi": launch.TESTS / "ranks_state_file_mpi"}
SHAPE = (3, 4, 5)


def values(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """What tests/unit/toy_state.h makes."""
    index = np.arange(np.prod(shape))
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan])
    made = np.sin(index + 1.0) * seed
    return np.where(index % 11 == 3, special[index // 11 % 5], made).reshape(shape)


class State(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory(prefix="scalebar_state_")
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)

    def write(self, name: str, seed: int, shape: tuple[int, ...] = SHAPE, variant: str = "serial") -> Path:
        if not WRITERS[variant].exists():
            self.skipTest(f"{WRITERS[variant].name} is not in this build")
        ranks = 1 if variant == "serial" else 2
        run = launch.run(WRITERS[variant], name, *map(str, shape), str(seed), ranks=ranks, cwd=self.folder)
        if "built without HDF5" in run.err:
            self.skipTest("no HDF5 in this build")
        self.assertEqual(run.code, 0, run)
        return self.folder / name

    def test_tools_read_a_state(self) -> None:
        for variant in WRITERS:
            for shape in (SHAPE, (1, 6, 7)):
                with self.subTest(variant=variant, shape=shape):
                    path = self.write(f"{variant}.h5", 9, shape, variant)
                    checked = subprocess.run(
                        [sys.executable, "-B", str(CHECKER), str(path), "--state", "--app", "toy",
                         "--variant", variant, "--fields", "temperature"],
                        capture_output=True, text=True, check=False)
                    self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
                    with h5py.File(path) as file:
                        self.assertEqual((file.attrs["step"], file.attrs["time"]), (9, 9 / 8))
                        self.assertEqual(file.attrs["time_units"].decode(), "1")
                        np.testing.assert_allclose(file["fields/temperature"], values(shape, 9), rtol=1e-15)
                        self.assertEqual(list(file["fields/x"][:2]), [0.75, 2.25])

    def test_sidecar_leads_to_the_numbers(self) -> None:
        """As a reader of XDMF goes: from each grid to its values, whose shape must fit the mesh."""
        names = ["a & b.h5", "<c>.h5"]
        for seed, name in enumerate(names):
            self.write(name, seed)
        drawn = launch.run(launch.TESTS / "test_xmf", "run.h5", *map(str, SHAPE), *names, cwd=self.folder)
        self.assertEqual(drawn.code, 0, drawn)
        series = ElementTree.parse(self.folder / "run.xmf").getroot().find("Domain/Grid")
        assert series is not None
        self.assertEqual((series.get("GridType"), series.get("CollectionType")), ("Collection", "Temporal"))
        grids = series.findall("Grid")
        self.assertEqual([float(g.find("Time").get("Value")) for g in grids], [0.0, 1.0])
        for seed, grid in enumerate(grids):
            nodes = tuple(map(int, grid.find("Topology").get("Dimensions").split()))
            item = grid.find("Attribute/DataItem")
            self.assertEqual(grid.find("Attribute").get("Center"), "Cell")
            file_name, path = item.text.split(":")
            with h5py.File(self.folder / file_name) as file:
                data = file[path]
                self.assertEqual(data.shape, tuple(map(int, item.get("Dimensions").split())))
                self.assertEqual(data.shape, tuple(n - 1 for n in nodes))
                self.assertEqual(data.dtype, np.dtype(f"<f{item.get('Precision')}"))
                np.testing.assert_allclose(data, values(SHAPE, seed), rtol=1e-15)
                origin, spacing = (list(map(float, d.text.split())) for d in grid.findall("Geometry/DataItem"))
                for d, name in enumerate("zyx"):
                    middle = origin[d] + spacing[d] * (np.arange(data.shape[d]) + 0.5)
                    np.testing.assert_allclose(file[f"fields/{name}"], middle, rtol=1e-15)


if __name__ == "__main__":
    unittest.main()
