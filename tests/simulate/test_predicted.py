"""Predicted time is within a quarter of the simulated one at every point."""
from __future__ import annotations

import re
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import predicted
import simulated

ALLOWED = 0.25
RANKS = (16, 64, 256)
UNEVEN = (7, 37, 100)

BIN = None


def setUpModule() -> None:
    global BIN
    BIN = simulated.build()


class Predicted(unittest.TestCase):
    def held(self, found: predicted.Both) -> None:
        print(found, flush=True)
        self.assertLessEqual(abs(found.ratio - 1.0), ALLOWED, str(found))

    def test_weak_scaling_on_the_fat_tree(self) -> None:
        for app, options in predicted.WEAK.items():
            for ranks in RANKS:
                with self.subTest(app=app, ranks=ranks):
                    found = predicted.both(BIN, app, options, ranks)
                    self.held(found)
                    self.assertGreater(found.cost.communication, 0.0)

    def test_strong_scaling_on_uneven_ranks(self) -> None:
        for app, options in predicted.STRONG.items():
            for ranks in UNEVEN:
                with self.subTest(app=app, ranks=ranks):
                    self.held(predicted.both(BIN, app, options, ranks))

    def test_fft_in_natural_order(self) -> None:
        for options, numbers in ((predicted.WEAK["fft"], RANKS[:2]), (predicted.STRONG["fft"], UNEVEN)):
            for ranks in numbers:
                with self.subTest(options=options, ranks=ranks):
                    self.held(predicted.both(BIN, "fft", (*options, "--layout", "natural"), ranks))

    def test_few_ranks_a_node(self) -> None:
        for app, options in predicted.WEAK.items():
            for ranks_a_node in (1, 11):
                with self.subTest(app=app, ranks_a_node=ranks_a_node):
                    self.held(predicted.both(BIN, app, options, 44, ranks_a_node=ranks_a_node))

    def test_panels_of_unequal_widths(self) -> None:
        for options, ranks, ranks_a_node in predicted.UNEVEN_PANELS:
            with self.subTest(options=options, ranks=ranks, ranks_a_node=ranks_a_node):
                self.held(predicted.both(BIN, "matmul", options, ranks, ranks_a_node=ranks_a_node))

    def test_a_fat_tree_with_fewer_links_upwards(self) -> None:
        """Four nodes a switch, and one link upwards. How far off other problems are: results/README.md."""
        problems = {**predicted.STRONG, "matmul": predicted.WEAK["matmul"]}
        text = (simulated.PLATFORMS / "fat_tree.xml").read_text(encoding="utf-8")
        for old, new in (("2;16,16;1,16;1,1", "2;4,4;1,1;1,1"), ("0-255", "0-15"), ('core="16"', 'core="4"')):
            self.assertEqual(text.count(old), 1)
            text = text.replace(old, new)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "thinned.xml").write_text(text, encoding="utf-8")
            with unittest.mock.patch.object(simulated, "PLATFORMS", Path(folder)):
                for app in ("fft", "matmul", "heat"):
                    with self.subTest(app=app):
                        self.held(predicted.both(BIN, app, problems[app], 64, "thinned", 4))

    def test_four_nodes_of_the_torus(self) -> None:
        """Of more, results/README.md says how far prediction is off, and why."""
        for app, options in predicted.WEAK.items():
            with self.subTest(app=app):
                self.held(predicted.both(BIN, app, options, 64, platform="torus"))


class Grids(unittest.TestCase):
    def test_are_those_of_the_programs(self) -> None:
        """The model chooses process grids by itself, the twin of what the programs do."""
        from results import model_fft, model_heat, model_matmul
        from results.model import Layout, grown
        from results.model_platform import of_platform
        from results.model_setting import Setting

        machine = of_platform(simulated.PLATFORMS / "fat_tree.xml")
        models = {"heat": model_heat, "matmul": model_matmul, "fft": model_fft}
        for app, model in models.items():
            for options in (predicted.WEAK[app], predicted.STRONG[app]):
                for ranks in (6, 96):
                    with self.subTest(app=app, ranks=ranks, options=options):
                        found = simulated.run(BIN / f"{app}_mpi", *options, *simulated.ONCE, ranks=ranks)
                        self.assertTrue(found.succeeded(), found)
                        config = grown(app, found.record["config"], Layout(ranks, 1, found.record["nodes"]))
                        setting = Setting(machine, ranks, 1, found.record["nodes"], False)
                        grid = model.grid_of(config, setting).ranks
                        told = re.search(r"(?:over|of) ((?:\d+ x )+\d+) ranks", found.record["workload"]["decomposition"])
                        ours = grid if app == "matmul" else grid[:2] if app == "fft" else grid[-int(config["dims"]):]
                        self.assertEqual(" x ".join(map(str, ours)), told[1])


if __name__ == "__main__":
    unittest.main()
