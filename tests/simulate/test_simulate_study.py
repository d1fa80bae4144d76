"""One small study in a simulated machine from its file to its report, with the real SimGrid."""
from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import simulated

STUDY = """\
[study]
kind = scaling
apps = pi heat
scaling = weak
workers = 1 all
nodes = 1 4
heat.nodes = 1
time_limit = 5 min
pi.samples = 16384
heat.dims = 2
heat.nx = 64
heat.ny = 64
heat.steps = 10
"""


class SmallStudy(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.bin = simulated.build()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        (cls.folder / "small.ini").write_text(STUDY)
        cls.out = cls.folder / "out"
        cls.study = cls.run_study("--launcher", "simulate", "--out", cls.out)

    @classmethod
    def run_study(cls, *more: object) -> subprocess.CompletedProcess:
        return cls.scalebar("study", cls.folder / "small.ini", "--programs", cls.bin, *more)

    @classmethod
    def scalebar(cls, *words: object) -> subprocess.CompletedProcess:
        environment = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}
        return subprocess.run([simulated.ROOT / "scalebar", *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, cwd=cls.folder, env=environment, timeout=600)

    def state(self) -> dict:
        return json.loads((self.out / "study.json").read_text())

    def test_all_runs_pass_where_they_were_put(self) -> None:
        self.assertEqual(self.study.returncode, 0, self.study.stderr)
        state = self.state()
        self.assertEqual(state["simulated"], "fat_tree")
        points = [run for run in state["runs"] if run["purpose"] == "scaling"]
        self.assertEqual([(run["app"], run["workers"], run["nodes"]) for run in sorted(
            points, key=lambda run: (run["app"], run["workers"]))],
            [("heat", 1, 1), ("heat", 16, 1), ("pi", 1, 1), ("pi", 16, 1), ("pi", 64, 4)])
        for run in points:
            record = json.loads((self.out / "runs" / f"{run['id']}.json").read_text())
            self.assertEqual((record["nodes"], record["simulated"]), (run["nodes"], "fat_tree"))
            work = record["workload"]
            predicted, counted = work["comm_bytes_predicted"]["value"], work["comm_bytes_actual"]["value"]
            self.assertEqual(predicted, counted)
            self.assertEqual(counted > 0, run["app"] == "heat" and run["ranks"] > 1)

    def test_limits_are_those_of_the_platform(self) -> None:
        """Of one node and of two. No figure comes from a clock that stands still."""
        probes = [run for run in self.state()["runs"] if run["purpose"] == "probe"]
        self.assertEqual([(run["workers"], run["nodes"]) for run in probes], [(16, 1), (32, 2)])
        found = {name.partition(".")[2]: figure["value"] for name, figure in probes[1]["figures"].items()}
        self.assertAlmostEqual(found["triad_core"], 10e9, delta=1e5)  # memory_bandwidth and speed of a core
        self.assertAlmostEqual(found["fma_core"], 20e9, delta=1e5)
        self.assertAlmostEqual(found["latency_network"], 0.9e-6, delta=0.01e-6)  # two links, and 0.4 us
        self.assertAlmostEqual(found["bandwidth_network"], 12.5e9, delta=0.1e9)
        self.assertFalse(any("noise" in name or "write" in name for name in found), found)

    def test_report_says_simulated_wherever_a_figure_stands(self) -> None:
        done = self.scalebar("report", self.out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("(simulated on fat_tree)"), 2)  # a table an app
        self.assertIn("simulated: exact, no interval", done.stdout)
        with open(self.out / "summary.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual({row["simulated"] for row in rows}, {"fat_tree"})
        self.assertEqual({row["used"] for row in rows}, {"1"})  # one sample is enough
        self.assertGreater(float(rows[-1]["efficiency"]), 0.5)
        page = (self.out / "report.html").read_text(encoding="utf-8")
        for words in ("<h1>Scalebar: small on simulated machine fat_tree", "none of its times was measured",
                      '<span class="warn">simulated on fat_tree</span>', "Points (simulated on fat_tree)"):
            self.assertIn(words, page)
        self.assertNotIn("times its caches", page)  # it has none

    def test_the_same_again_to_the_last_digit(self) -> None:
        again = self.folder / "again"
        done = self.run_study("--launcher", "simulate", "--nodes", "1", "--out", again)
        self.assertEqual(done.returncode, 0, done.stderr)
        for path in (again / "runs").glob("*.json"):
            first = json.loads((self.out / "runs" / path.name).read_text())
            self.assertEqual(first["figures"]["time"], json.loads(path.read_text())["figures"]["time"])

    def test_compared_studies_are_marked(self) -> None:
        other = shutil.copytree(self.out, self.folder / "other")
        done = self.scalebar("report", self.out, other, "-o", self.folder / "comparison.html")
        self.assertIn("base: out (simulated)", done.stdout)
        self.assertIn("other (simulated)", done.stdout)

    def test_programs_for_the_other_machine(self) -> None:
        done = self.run_study("--launcher", "local", "--nodes", "1", "--out", self.folder / "local")
        self.assertEqual(done.returncode, 1)
        self.assertIn("is built for a simulated machine: it takes --launcher simulate", done.stderr)


if __name__ == "__main__":
    unittest.main()
