"""Every number of report.html and comparison.html against the result files: the scripts of recompute/ find
each of them anew. How near both must be is said in nearness.py."""
from __future__ import annotations

import math
import re
import unittest
from collections import Counter
from typing import Mapping

from nearness import LAW, differences
from page_reader import Page
from page_studies import compared, flawed, reported, scattered, simulated, unfinished, untrusted, whole_nodes
from recompute import recompute, recompute_several
from recompute.verdicts import verdicts

# Found of each point, and told of some alone: in the cards, and of each variant on most workers.
CHOSEN = re.compile("rate_|speedup_interval_|base_workers")
# Told in sentences that are said where they matter, once for points that share a note
SAID = re.compile(
    "(work_most|nodes_there|right|wrong|failed|waiting|slow|left_out|cores|work_kept|base_work_kept|"
    "repeats_lost|repeats_asked)$"
)


class Numbers(unittest.TestCase):
    """`kinds` of numbers are counted, so that none goes lost with its column."""

    def check(self, page: Page, anew: Mapping[str, Mapping[str, float]]) -> Counter[str]:
        self.assertEqual(differences(page, anew), [])
        told = {(row, key) for row, key, _ in page.told()}
        found = {(row, key) for row in anew for key in anew[row]}
        untold = {(row, key) for row, key in found - told if not CHOSEN.match(key) and not SAID.match(key)}
        self.assertEqual(untold, set(), "found in the files, and not on the page")
        kinds = {key for _, key in found if not SAID.match(key)}
        self.assertEqual(kinds, {key for _, key in told if not SAID.match(key)})
        self.assertEqual(len(page.numbers), len([e for e in page.numbers if e.attributes.get("data-key") and e.row]))
        return Counter(key for _, key in told)

    def test_a_study_with_all_that_tables_show(self) -> None:
        folder, page = reported()
        kinds = self.check(page, recompute(folder))
        points = 4 * 16  # of two apps and scalings: serial, and three variants on five workers each
        self.assertEqual(kinds["speedup_own"], points - 1, "all but the point left out")
        self.assertEqual([kinds[key] for key in ("mean_time", "compute_share", "io_share")], [points] * 3)
        self.assertEqual(kinds["efficiency_interval_low"], points - 4 - 1, "nor of the bases")
        measured, beyond = 4 * 3 * 5 - 1, 4 * 2 * 2  # mpi and hybrid, on twice and four times the workers
        self.assertEqual(kinds["ratio"], measured)
        self.assertEqual(kinds["predicted"], measured + beyond)
        self.assertEqual(kinds["predicted_best"], 2 * 3 * 5 - 1, "of heat")
        fits = Counter(found[1] for row, key, _ in page.told() if key == "value" and (found := LAW.search(row)))
        # mpi of heat has lost a point of strong scaling: four are left, too few for USL
        self.assertEqual(fits, {"Amdahl": 6 * 2, "Gustafson": 6 * 2, "USL": 11 * 3})
        self.assertEqual(kinds["residual"], (6 + 6 + 11) * 5 - 1)

    def test_a_study_of_whole_nodes(self) -> None:
        folder, page = whole_nodes()
        kinds = self.check(page, recompute(folder))
        layouts = 1 + 4 + 3 + 3 + 3 + 3  # omp on a node, mpi on four, hybrid as each number divides
        self.assertEqual(kinds["speedup_own"], 2 * layouts)
        self.assertEqual(kinds["serial_fraction"], 2 * 3, "of mpi and hybrid, on two nodes and more")
        self.assertEqual(kinds["base_workers"], 2 * 2, "of mpi and hybrid on most nodes")
        self.assertEqual(kinds["value"], 2 * 2 * 2, "Amdahl and Gustafson of mpi and hybrid")

    def test_a_study_whose_processes_differ(self) -> None:
        folder, page = scattered()
        kinds = self.check(page, recompute(folder))
        self.assertEqual(kinds["value"], 2 * 3 * 2 * (2 + 3))
        self.assertGreater(kinds["efficient_workers"], 40)
        told = {(key, value) for row, key, value in page.told() if LAW.search(row)}
        for told_of in (("value", 1.0), ("interval_low", 0.0), ("interval_high", math.inf)):
            self.assertTrue(told_of in told, told_of)

    def test_a_study_whose_last_points_are_left_out(self) -> None:
        folder, page = untrusted()
        kinds = self.check(page, recompute(folder))
        layouts = {"omp": 3, "mpi": 4, "hybrid": 4}  # 1 or 2 that are used, 2 or 4 times as many workers
        self.assertEqual(kinds["predicted"], sum(layouts.values()))
        points, used, told = 1 + 3 * 3, 1 + 2 + 2, 3  # one is of a wrong answer
        self.assertEqual(kinds["ratio"], used)
        self.assertEqual(kinds["time"], points + used + told)

    def test_a_study_in_which_much_went_wrong(self) -> None:
        """What sentences say of it is told of the right points."""
        folder, page = flawed()
        self.check(page, recompute(folder))
        told = {(row, key): value for row, key, value in page.told()}
        for row, key, value in (
            ("study", "failed", 1),
            ("study", "seed", 7),
            ("heat strong tiny mpi 2x1", "repeats_lost", 1),
            ("heat strong tiny omp 1x4", "cores", 3),
            ("heat weak tiny hybrid 1x2", "work_kept", 3 * 2.5e8),
            ("warning 1", "more_runs", 3),
        ):
            self.assertEqual(told[row, key], value, key)

    def test_a_study_that_still_goes_on(self) -> None:
        folder, page = unfinished()
        self.check(page, recompute(folder))
        told = {key: value for row, key, value in page.told() if row == "study"}
        self.assertEqual((told["waiting"], told["slow"], told["right"]), (2, 1, 12))

    def test_a_simulated_study_of_files_without_hdf5(self) -> None:
        folder, page = simulated()
        self.assertEqual(list((folder / "runs").glob("*.h5")), [])
        kinds = self.check(page, recompute(folder))
        self.assertEqual(kinds["samples"], kinds["time"] - kinds["ratio"] + kinds["figure"], "of points and probe")
        self.assertEqual(set(kinds) & {"interval_low", "speedup_interval_low", "predicted_best"}, {"interval_low"})
        self.assertGreater(kinds["predicted"], kinds["ratio"])
        self.assertGreater(kinds["serial_fraction"], 10)

    def test_studies_side_by_side(self) -> None:
        folders, page = compared()
        kinds = self.check(page, recompute_several(folders))
        self.assertEqual((kinds["mean1"], kinds["mean2_high"], kinds["differ"]), (1, 1, 2))
        problems, layouts, smaller = 4, 1 + 3 * 4, 1 + 3 * 3  # the third has no points of eight workers
        self.assertEqual(kinds["ratio1"], problems * (1 + layouts) + len(self.probes(page, "1")))
        self.assertEqual(kinds["interval2_high"], problems * (1 + smaller) - 1 + len(self.probes(page, "2")))
        self.assertEqual(kinds["samples2"], 1, "of the point left out")
        self.assertGreater(len(self.probes(page, "1")), 5)

    def probes(self, page: Page, study: str) -> set[str]:
        return {row for row, key, _ in page.told() if row.startswith("probe ") and key == f"ratio{study}"}

    def test_the_verdicts(self) -> None:
        folders, page = compared()
        right = verdicts(folders)
        checked: Counter[str] = Counter()
        for caption in ("Fastest on all cores", "The same ranks and threads"):
            for table in page.table(caption):
                columns = [n for n, heading in enumerate(table.headings) if heading.text == "verdict"]
                for cells in table.rows:
                    for study, column in enumerate(columns, start=1):
                        verdict = cells[column].text.partition(" (one repeat)")[0]
                        if (cells[0].row, study) in right:
                            self.assertEqual(verdict, right[cells[0].row, study], cells[0].row)
                            checked[verdict] += 1
                        else:
                            self.assertRegex(verdict, "^(not measured|nothing to compare with|left out: too few samples: 2)")
        self.assertEqual(sum(checked.values()), len(right))
        self.assertGreaterEqual(set(checked), {"slower", "same"})

    def test_what_they_are_to_one_base_is_not_what_they_are_to_another(self) -> None:
        folders, _ = compared()
        means = [recompute_several(folders, base)["geometric mean"] for base in (0, 1)]
        self.assertAlmostEqual(means[0]["mean1"] * means[1]["mean0"], 1.0)
        self.assertNotIn("mean0", means[0])


if __name__ == "__main__":
    unittest.main()
