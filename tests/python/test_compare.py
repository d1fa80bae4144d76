"""`scalebar report A B`: ratios and their intervals, what is refused, what is marked."""
import contextlib
import csv
import io
import json
import math
import re
import unittest

import h5py
import numpy as np

from invented import Invented, Law
from support import Scratch

from results.command import main
from results.ratio import Measured, Ratio, geometric_mean, ratio
from results.stats import summarise

CASES = 4000


class Ratios(unittest.TestCase):
    def test_the_interval_covers_the_ratio_of_the_medians(self):
        """At least 95 % less three standard errors of CASES trials: 0.95 - 3 sqrt(0.95 0.05 / CASES)."""
        random = np.random.default_rng(3)
        held = 0
        for _ in range(CASES):
            new, base = (self.rate(random, scale) for scale in (1.3, 1.0))
            found = ratio(new, base)
            held += found.low <= 1 / 1.3 <= found.high
        self.assertGreaterEqual(held / CASES, 0.95 - 3 * math.sqrt(0.95 * 0.05 / CASES))
        self.assertLess(held / CASES, 0.995)  # an interval that holds everything says nothing

    def rate(self, random, scale):
        """Times of a skewed distribution whose median is `scale`: that of a Gumbel is -log(log 2)."""
        skewed = random.gumbel(math.log(math.log(2)), 1, 15)
        times = summarise(list(scale * np.exp(0.1 * skewed)))
        return Measured(1 / times.median, 1 / times.high, 1 / times.low)

    def test_exact_intervals(self):
        found = ratio(Measured(2.0, 1.0, 4.0), Measured(1.0, 1.0, 1.0))
        self.assertEqual((found.value, found.low, found.high), (2.0, 1.0, 4.0))
        found = ratio(Measured(1.0, 1.0, 1.0), Measured(1.0, 0.5, 4.0))
        self.assertEqual((found.value, found.low, found.high), (1.0, 0.25, 2.0))
        both = ratio(Measured(1.0, 1 / math.e, math.e), Measured(1.0, 1 / math.e, math.e))
        self.assertAlmostEqual(both.high, math.exp(math.sqrt(2)))

    def test_without_an_interval_nothing_is_said(self):
        nan = math.nan
        found = ratio(Measured(1.0, nan, nan), Measured(2.0, 1.9, 2.1))
        self.assertEqual((found.value, found.verdict()), (0.5, "no interval"))

    def test_verdicts(self):
        for value, low, high, verdict in (
            (0.90, 0.88, 0.92, "slower"),
            (0.90, 0.80, 1.01, "same"),
            (0.97, 0.96, 0.98, "same"),  # sure, and too little
            (1.10, 1.05, 1.12, "faster"),
            (1.10, 0.99, 1.12, "same"),
        ):
            self.assertEqual(Ratio(value, low, high).verdict(), verdict, value)
        self.assertEqual(Ratio(0.97, 0.96, 0.98).verdict(0.02), "slower")

    def test_geometric_mean(self):
        found = geometric_mean([Ratio(2.0, 1.0, 4.0), Ratio(0.5, 0.25, 1.0)])
        self.assertAlmostEqual(found.value, 1.0)
        self.assertAlmostEqual(found.high, 2 ** (math.sqrt(2) / 2))
        self.assertAlmostEqual(found.low, 1 / found.high)


class Comparisons(Scratch):
    def make(self, name, **changes):
        changes = {"apps": ("heat",), "layouts": False, "scalings": ("strong",), **changes}
        return Invented(self.folder / name, **changes).write()

    def report(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        page = self.folder / "page.html"
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*map(str, arguments), "-o", str(page)])
        self.err, self.text = err.getvalue(), out.getvalue()
        if page.exists():
            self.page = page.read_text(encoding="utf-8")
            with open(self.folder / "page.csv", newline="", encoding="utf-8") as file:
                self.rows = list(csv.DictReader(file))
        return code

    def find(self, **wanted):
        return [r for r in self.rows if all(r[key] == value for key, value in wanted.items())]

    def change(self, folder, edit):
        path = folder / "study.json"
        data = json.loads(path.read_text(encoding="utf-8"))
        edit(data)
        path.write_text(json.dumps(data), encoding="utf-8")

    def test_a_slower_machine_is_found(self):
        old, new = self.make("old"), self.make("new", law=Law(one=0.5), seed=2)
        self.assertEqual(self.report(old, new), 0, self.err)
        lines = self.find(study="new")
        self.assertTrue(lines)
        for row in lines:
            self.assertAlmostEqual(float(row["ratio"]), 0.8, delta=0.02)
            self.assertLess(float(row["ratio_low"]), float(row["ratio"]))
            self.assertEqual(row["verdict"], "slower")
        self.assertRegex(self.text, r"new: 0\.(79|80)\d times \[0\.\d+, 0\.\d+\] \(geometric mean")
        self.assertIn("<h3>Regressions</h3>", self.page)

    def test_the_same_machine_twice_has_no_regression(self):
        self.assertEqual(self.report(self.make("old"), self.make("new", seed=2)), 0, self.err)
        self.assertFalse(self.find(verdict="slower") + self.find(verdict="faster"))
        self.assertIn("No figure became slower or faster", self.page)

    def test_a_larger_machine_is_faster_as_a_whole_and_slower_by_core(self):
        small = self.make("small", workers=(1, 2, 4))
        large = self.make("large", workers=(1, 2, 4, 8), law=Law(one=0.5))
        self.report(small, large)
        whole = self.find(study="large", layout="all cores")
        self.assertEqual({row["verdict"] for row in whole}, {"faster"})
        self.assertEqual({r["verdict"] for r in self.find(study="large", layout="omp 1 x 4")}, {"slower"})
        self.assertFalse(self.find(layout="omp 1 x 8"))  # one study alone has it

    def test_the_base_may_be_any(self):
        old, new = self.make("old"), self.make("new", law=Law(one=0.5))
        self.report(old, new, "--baseline", new)
        self.assertEqual({row["verdict"] for row in self.find(study="old")}, {"faster"})
        self.report(old, "--baseline", new)
        self.assertEqual({row["base"] for row in self.find(study="new")}, {"1"})

    def test_three_studies(self):
        folders = [self.make(name, law=Law(one=one)) for name, one in zip("abc", (0.4, 0.5, 0.2))]
        self.assertEqual(self.report(*folders), 0, self.err)
        for name, verdict in (("b", "slower"), ("c", "faster")):
            self.assertEqual({row["verdict"] for row in self.find(study=name)}, {verdict})

    def test_many_studies_are_shown_in_several_tables_each_with_the_base(self):
        folders = [self.make(name, workers=(1, 2)) for name in "abcde"]
        self.assertEqual(self.report(*folders, "--baseline", folders[3]), 0, self.err)
        for caption in ("Fastest on all cores", "The same ranks and threads", "Figures of probe"):
            found = re.findall(f"<table>\n<caption><span>{caption}.*?</table>", self.page, re.DOTALL)
            heads = [re.findall("<th scope=\"col\"[^>]*>([a-e])</th>", table) for table in found]
            self.assertEqual(heads, [["a", "b", "d"], ["c", "d", "e"]], caption)
        keys = {f"rate{n}" for n in range(5)} | set("differ freedom cores runs right problems".split())
        keys |= {f"{key}{n}" for n in (0, 1, 2, 4) for key in ("ratio", "interval", "mean")}
        self.assertEqual(set(re.findall('data-key="([^"]*)"', self.page)), keys)

    def test_unequal_sizes_are_refused(self):
        old, new = self.make("old"), self.make("new", sizes=("small",))
        self.assertEqual(self.report(old, new), 1)
        self.assertRegex(self.err, r"^scalebar report: unequal sizes of heat cannot be compared: ")
        self.assertEqual(self.text, "")

    def test_unequal_work_under_one_name_is_refused(self):
        old, new = self.make("old"), self.make("new")
        for path in (new / "runs").glob("heat*"):
            with h5py.File(path, "a") as file:
                file["workload/units"][...] *= 2
        self.assertEqual(self.report(old, new), 1)
        self.assertIn("unequal work of heat strong tiny cannot be compared: 2.5e+08 in ", self.err)

    def test_what_one_study_alone_has_is_told(self):
        old, new = self.make("old", sizes=("tiny", "small")), self.make("new")
        self.assertEqual(self.report(old, new), 0, self.err)
        self.assertIn("heat strong small is not in all studies and is left out; old has it", self.text)
        old, new = self.make("a", scalings=("strong", "weak")), self.make("b")
        self.assertEqual(self.report(old, new), 0, self.err)
        self.assertIn("heat weak tiny is not in all studies", self.text)

    def test_fewer_workers_are_not_the_whole_machine(self):
        """Where all points of most workers are left out, nothing is said of the whole."""
        old, new = self.make("old"), self.make("new")
        for path in [*(new / "runs").glob("*-1x8-*"), *(new / "runs").glob("*-8x1-*")]:
            with h5py.File(path, "a") as file:
                file.attrs["placement_ok"] = np.int8(0)
        self.report(old, new)
        row = self.find(study="new", layout="all cores")[0]
        self.assertEqual((row["rate"], row["ratio"], row["verdict"]), ("", "", ""))
        self.assertFalse(self.find(verdict="slower"))

    def test_probes_of_the_same_layout_are_compared(self):
        self.report(self.make("old"), self.make("new"))
        self.assertIn("mpi 8 x 1: triad_all", self.page)

    def test_nothing_in_common(self):
        self.assertEqual(self.report(self.make("a", apps=("pi",)), self.make("b", apps=("heat",))), 1)
        self.assertIn("no app in common", self.err)

    def test_other_kernels_tiers_and_programs_are_marked(self):
        old, new = self.make("old"), self.make("new")
        for path in (new / "runs").glob("*.h5"):
            with h5py.File(path, "a") as file:
                file.attrs["compiler"] = np.bytes_("clang 14")
                file.attrs["tier"] = np.bytes_("optimised")
                file.attrs["kernel"] = np.bytes_("blocked")
        self.report(old, new)
        for words in (
            "kernel of heat strong tiny differs: old: invented, new: blocked",
            "tier of heat strong tiny differs",
            "compiler differs: old: GNU 12.2.0; new: clang 14",
        ):
            self.assertIn(words, self.text)
            self.assertIn(words, self.page)

    def test_points_that_are_left_out_are_left_out_here(self):
        old, new = self.make("old"), self.make("new")
        for path in (new / "runs").glob("heat_omp-strong-tiny-1x8-*"):
            with h5py.File(path, "a") as file:
                file.attrs["placement_ok"] = np.int8(0)
        self.report(old, new)
        row = self.find(app="heat", layout="omp 1 x 8", study="new")[0]
        self.assertEqual((row["rate"], row["ratio"], row["verdict"]), ("", "", ""))

    def test_why_a_point_is_left_out_is_told(self):
        old, new = self.make("old"), self.make("new")
        for path in (new / "runs").glob("heat_*-8x1-*"):
            with h5py.File(path, "a") as file:
                file.attrs["placement_ok"] = np.int8(0)
        self.report(old, new)
        row = self.find(layout="mpi 8 x 1", study="new")[0]
        self.assertEqual(row["reason"], "left out: placement: workers shared a core")
        self.assertIn(row["reason"], self.page)

    def test_one_process_does_not_speak_for_a_machine(self):
        old, new = self.make("old", repeats=1), self.make("new", law=Law(one=0.5), seed=2)
        self.report(old, new)
        self.assertEqual({row["repeats"] for row in self.find(study="old")}, {"1"})
        self.assertIn("slower (one repeat)", self.text)
        self.assertIn("slower (one repeat)", self.page)
        self.report(self.make("many", repeats=2), new)
        self.assertNotIn("one repeat)", self.text)

    def test_what_studies_wrote_is_not_written_over(self):
        old, new = self.make("old"), self.make("new")
        for page, words in (
            (new / "study.json", "is the study's own"),
            (old / "summary.html", "summary.csv is the study's own"),
            (self.folder / "x.csv", "needs another name"),
            (old, "is a folder"),
        ):
            with contextlib.redirect_stderr(io.StringIO()) as err:
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    self.assertEqual(main([str(old), str(new), "-o", str(page)]), 1)
            self.assertIn(words, err.getvalue())
            self.assertEqual(out.getvalue(), "")
        self.assertTrue((new / "study.json").read_text(encoding="utf-8").startswith("{"))

    def test_page_and_file_hold_the_same_numbers(self):
        self.report(self.make("old"), self.make("new", law=Law(one=0.47)))
        for row in self.find(study="new"):
            name = f'{row["app"]} {row["scaling"]} {row["size"]} {row["layout"]}'
            line = re.search(f'<tr data-row="{name}">(.*?)</tr>', self.page, re.DOTALL)[1]
            for key, column in (("rate1", "rate"), ("ratio1", "ratio")):
                value = re.search(f'data-value="([^"]*)"[^>]*data-key="{key}"', line)[1]
                self.assertEqual(float(value), float(row[column]))

    def test_bad_arguments(self):
        old = self.make("old")
        for arguments in (("--threshold", "2"), ("--formats", "gif"), ("--table",)):
            self.assertEqual(self.report(old, *arguments), 1)
            self.assertTrue(self.err.startswith("scalebar report: --"), self.err)
        self.assertEqual(self.report(old, self.folder / "none"), 1)


if __name__ == "__main__":
    unittest.main()
