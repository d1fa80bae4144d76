"""`scalebar report` on written result files: what is compared, what is left out and said."""
import contextlib
import csv
import io
import math
import random
import unittest

import h5py
import numpy as np

from page_reader import Page
from support import Scratch, new_run, write_study

from results.command import main
from results.stats import median_ranks, pool, summarise


def write_h5(folder, run, elapsed, **changes):
    """A result file of schema 1, with what a report reads."""
    attributes = {
        "schema_name": "scalebar",
        "schema_version": 1,
        "kernel": "philox",
        "binary_sha256": "b" * 64,
        "warnings": "",
        "result": run["verdict"],
        "placement_ok": np.int8(1),
        **{
            key: run[key]
            for key in ("app", "variant", "scaling", "size", "ranks", "threads", "nodes")
        },
    }
    units = changes.pop("units", 1e8 * (run["workers"] if run["scaling"] == "weak" else 1))
    check = changes.pop("check", (0.5, 1.0, 1))
    wide = changes.pop("wide", 0)
    attributes.update(changes)
    with h5py.File(folder / "runs" / f"{run['id']}.h5", "w") as file:
        for key, value in attributes.items():
            file.attrs[key] = np.bytes_(value) if isinstance(value, str) else value
        file["timing/elapsed"] = np.asarray(elapsed, dtype=float)
        file["timing"].attrs["wide"] = np.int8(wide)
        file["workload/units"] = float(units)
        file["verification/check"] = np.array([b"golden"])
        for name, value in zip(("error", "bound", "passed"), check):
            file[f"verification/{name}"] = np.array([value])


class Report(Scratch):
    def setUp(self):
        super().setUp()
        self.runs = []
        (self.folder / "runs").mkdir()

    def add(self, elapsed, run=None, **changes):
        keys = {
            key: changes.pop(key)
            for key in list(changes)
            if key in new_run() and key not in ("warnings",)
        }
        made = new_run(**{**(run or {}), **keys})
        if elapsed is not None:
            write_h5(
                self.folder,
                made,
                [elapsed] * 10 if isinstance(elapsed, float) else elapsed,
                **changes,
            )
        self.runs.append(made)
        return made

    def report(self, *more):
        write_study(self.folder, self.runs)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self.code = main([str(self.folder), *(more or ["--table"])])
        self.assertEqual(err.getvalue(), "")
        self.text = out.getvalue()
        self.assertLessEqual(max(map(len, self.text.splitlines()[:-1])), 120)
        with open(self.folder / "summary.csv", newline="", encoding="utf-8") as file:
            self.rows = {
                (r["variant"], r["ranks"], r["threads"], r["scaling"]): r
                for r in csv.DictReader(file)
            }
        return self.rows

    def row(self, variant, ranks, threads, scaling="strong"):
        return self.rows[variant, str(ranks), str(threads), scaling]


class Curves(Report):
    def test_strong_scaling(self):
        self.add(1.0)
        self.add(1.25, variant="mpi")
        self.add(0.5, variant="mpi", ranks=2)
        self.report()
        row = self.row("mpi", 2, 1)
        self.assertEqual(
            [float(row[k]) for k in ("speedup_serial", "speedup_own", "efficiency")],
            [2.0, 2.5, 1.0],
        )
        self.assertEqual((row["used"], row["verified"], row["rate_unit"]), ("1", "1", "sample/s"))
        self.assertEqual(float(row["rate"]), 2e8)
        self.assertIn("base: pi_serial, T1 = 1 s [1, 1]", self.text)
        self.assertIn("the budget was short", self.text)
        self.assertEqual(self.code, 0)

    def test_weak_scaling(self):
        self.add(1.0, scaling="weak")
        self.add(1.25, scaling="weak", variant="omp", threads=4)
        self.report()
        row = self.row("omp", 1, 4, "weak")
        self.assertEqual([float(row[k]) for k in ("speedup_serial", "efficiency")], [3.2, 0.8])
        self.assertEqual(row["speedup_own"], "")
        self.assertIn("1e+08 sample a worker", self.text)
        self.assertIn("E = T1/Tp", self.text)
        self.assertNotIn("strong scaling, the same", self.text)

    def test_weak_scaling_by_nodes(self):
        """The work of a node stays: inside a node that is strong scaling."""
        self.add(1.0, scaling="weak", per="node", units=1e8)
        self.add(0.25, scaling="weak", per="node", variant="mpi", ranks=4, units=1e8)
        self.add(0.25, scaling="weak", per="node", variant="mpi", ranks=8, nodes=2, units=2e8)
        self.report()
        row = self.row("mpi", 4, 1, "weak")
        self.assertEqual([float(row[k]) for k in ("speedup_serial", "efficiency")], [4.0, 1.0])
        row = self.row("mpi", 8, 1, "weak")
        self.assertEqual((row["used"], row["reason"]), ("1", ""), "4 cores on each of two nodes")
        self.assertEqual([float(row[k]) for k in ("speedup_serial", "efficiency")], [8.0, 1.0])
        self.assertIn("1e+08 sample a node", self.text)

    def test_without_serial_the_own_base_counts(self):
        self.add(1.0, variant="omp")
        self.add(0.5, variant="omp", threads=2)
        self.report()
        self.assertEqual(float(self.row("omp", 1, 2)["efficiency"]), 1.0)
        self.assertIn("no serial point", self.text)
        self.assertIn("E is against one worker of the variant", self.text)

    def test_without_any_base_nothing_is_said_of_one(self):
        self.add([1.0] * 3, variant="omp")
        self.add(0.5, variant="omp", threads=2)
        self.report()
        self.assertIn("no point of one worker", self.text)
        self.assertNotIn("E is against", self.text)

    def test_a_base_that_has_not_run_yet_is_no_reason_for_another(self):
        self.add(None, status="waiting", verdict="")
        self.add(None, status="waiting", verdict="", variant="mpi")
        self.add(0.5, variant="mpi", ranks=2)
        self.add(0.25, variant="mpi", ranks=4)
        self.report()
        self.assertEqual([self.row("mpi", n, 1)["efficiency"] for n in (2, 4)], ["", ""])
        self.assertEqual(self.row("mpi", 2, 1)["base_workers"], "")
        self.assertIn("no point of one worker", self.text)

    def test_one_base_for_all_variants_of_whole_nodes(self):
        """The node of mpi failed: its two nodes are not what another variant's one node is."""
        self.add(1.0, variant="hybrid", ranks=2, threads=2)
        self.add(0.5, variant="hybrid", ranks=4, threads=2, nodes=2)
        self.add(None, status="failed", verdict="ERROR", variant="mpi", ranks=4)
        self.add(0.5, variant="mpi", ranks=8, nodes=2)
        self.report()
        self.assertEqual(float(self.row("hybrid", 4, 2)["efficiency"]), 1.0)
        self.assertEqual(self.row("hybrid", 4, 2)["base_workers"], "4")
        self.assertEqual(self.row("mpi", 8, 1)["efficiency"], "")

    def test_the_most_workers_that_are_left_out_are_told(self):
        self.add(1.0)
        self.add(1.0, variant="mpi")
        self.add([0.5] * 3, variant="mpi", ranks=2)
        self.add(0.9, variant="omp")
        self.report("-o", str(self.folder / "page.html"))
        page = Page((self.folder / "page.html").read_text())
        told = "on 2 workers every point is left out: too few samples"
        self.assertTrue(any(card.words.startswith("pi") and told in card.words for card in page.cards))
        self.assertIn(f"pi strong tiny mpi: {told}", page.items)
        self.assertFalse(any(item.startswith("pi strong tiny omp: on") for item in page.items))
        self.assertIn("all answers right; 1 point left out of the curves", page.cards[0].words)

    def test_what_is_left_out_is_told_before_the_study_ends(self):
        self.add(1.0)
        self.add([0.5] * 3, variant="mpi", ranks=2)
        self.add(None, status="waiting", verdict="", variant="omp")
        self.report("-o", str(self.folder / "page.html"))
        words = Page((self.folder / "page.html").read_text()).cards[0].words
        self.assertIn("2 runs right so far, 1 still to come; 1 point left out of the curves", words)

    def test_simulated_work_may_grow(self):
        """A simulated machine has no caches that a small problem could stay in."""
        for name in ("none", "fat_tree"):
            self.runs = []
            self.add([1.0] * 10, scaling="weak", variant="mpi", units=1e8, simulated=name)
            self.add([5.0] * 10, scaling="weak", variant="mpi", ranks=4, units=16e8, simulated=name)
            self.report()
            told = self.row("mpi", 4, 1, "weak")["efficiency"]
            self.assertEqual(told, "" if name == "none" else "0.8")

    def test_more_than_ideal_is_told(self):
        self.add(1.0)
        self.add([0.4] * 10, variant="mpi", ranks=2)
        self.add([0.4, 0.6] * 10, variant="omp", threads=2, units=1e8)
        self.add(0.7, variant="hybrid", threads=2)
        self.report("-o", str(self.folder / "page.html"))
        page = (self.folder / "page.html").read_text()
        told = "more than ideal: the base was slowed down, or caches helped"
        self.assertEqual(self.row("mpi", 2, 1)["reason"], told)
        self.assertEqual(self.row("omp", 1, 2)["reason"], "")
        self.assertEqual(self.row("hybrid", 1, 2)["reason"], "")
        self.assertIn(f") {told}", self.text)
        self.assertRegex(page, r'class="card"><h3>pi<.*' + told)

    def test_no_more_than_ideal_within_the_interval(self):
        self.add(1.0)
        self.add([0.45] * 10 + [0.55] * 9, variant="mpi", ranks=2)
        self.report()
        reason = self.row("mpi", 2, 1)["reason"]
        self.assertEqual(reason, "above ideal: the interval still holds 100 %")

    def test_a_card_names_the_base(self):
        self.add(1.0, variant="mpi")
        self.add(0.8, variant="mpi", ranks=2)
        self.report("-o", str(self.folder / "page.html"))
        self.assertIn("times one worker of mpi", (self.folder / "page.html").read_text())

    def test_problems_do_not_mix(self):
        self.add(1.0)
        self.add(3.0, size="small", variant="omp", units=3e8)
        self.report()
        self.assertEqual(self.row("omp", 1, 1)["speedup_serial"], "")
        self.assertEqual(self.text.count("base:"), 2)

    def test_repeats_are_pooled_and_the_interval_holds_each(self):
        self.add([1.0] * 20)
        self.add([1.2] * 10, repeat=2)
        row = self.report()["serial", "1", "1", "strong"]
        self.assertEqual(
            [float(row[k]) for k in ("time_s", "time_low_s", "time_high_s")], [1.0, 1.0, 1.2]
        )
        self.assertEqual((row["repeats"], row["samples"]), ("2", "30"))


class Notes(Report):
    def test_words_in_the_cells_and_their_meanings_below(self):
        self.add(1.0)
        self.add(0.5, variant="mpi", ranks=2, wide=1)
        self.add(0.3, variant="mpi", ranks=4, wide=1)
        self.add(0.3, variant="mpi", ranks=5)
        self.add(0.3, variant="mpi", ranks=6)
        self.report("-o", str(self.folder / "page.html"))
        page = Page((self.folder / "page.html").read_text(encoding="utf-8"))
        (points,) = page.table("Points")
        left_out = [f"left out: oversubscription [{n}]" for n in (1, 2)]
        expected = ["", "wide interval", "wide interval", *left_out]
        self.assertEqual([cells[-1].text for cells in points.rows], expected)
        for meaning in (
            "wide interval: that of a repeat stayed wider than asked for",
            "oversubscription [1]: 5 workers on 4 cores",
            "oversubscription [2]: 6 workers on 4 cores",
        ):
            self.assertEqual(page.items.count(meaning), 1)
        self.assertIn("wide interval: that of a repeat stayed wider", self.text)


class LeftOut(Report):
    """Each such point stands in the table, with its reason, and has no speed-up."""

    def check(self, told, elapsed=0.5, **changes):
        self.add(1.0)
        self.add(1.0, variant="omp")
        self.add(elapsed, **{"variant": "omp", "threads": 2, **changes})
        self.report()
        row = self.row("omp", 1, changes.get("threads", 2))
        self.assertEqual(
            [row[k] for k in ("speedup_serial", "speedup_own", "efficiency", "used")],
            ["", "", "", "0"],
        )
        self.assertIn(told, row["reason"])
        self.assertIn(told, self.text)
        self.assertIn("(1)", self.text)

    def test_wrong_placement(self):
        self.check(
            "placement: 2 threads on 1 core",
            placement_ok=np.int8(0),
            warnings="placement: 2 threads on 1 core",
        )
        self.assertEqual(self.code, 0, "a badly placed run is a right run")

    def test_placement_of_one_repeat_spoils_the_point(self):
        self.add(0.5, variant="omp", threads=2, repeat=2, placement_ok=np.int8(0))
        self.check("placement")

    def test_oversubscription(self):
        self.check("8 workers on 4 cores", threads=8)

    def test_too_few_samples(self):
        self.check("too few samples: 5", elapsed=[0.5] * 5)

    def test_wrong_answer(self):
        self.check(
            "not verified",
            verdict="WRONG",
            status="failed",
            reason="wrong answer",
            check=(2.0, 1.0, 0),
        )
        self.assertEqual(self.code, 2)

    def test_checks_are_looked_at_again(self):
        for check in ((math.nan, 1.0, 1), (2.0, 1.0, 1), (0.5, math.inf, 1), (0.5, 1.0, 0)):
            with self.subTest(check):
                self.runs = []
                self.check("not verified", check=check)
                self.assertEqual(self.code, 2)
                self.assertIn("WRONG pi_omp-strong-tiny-1x2-r1: golden is stored with error", self.text)

    def test_the_page_says_first_that_stored_checks_do_not_hold(self):
        self.add(1.0)
        self.add(0.5, variant="omp", threads=2, check=(2.0, 1.0, 1))
        self.report("-o", str(self.folder / "page.html"))
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        told = Page(page)
        self.assertIn("1 wrong answer: this machine is not to be trusted", told.cards[0].words)
        self.assertNotIn("Every run gave a right result.", told.paragraphs)

    def test_other_work(self):
        self.check("other work than its base", units=2e8)

    def test_weak_scaling_counts_the_work(self):
        self.add(1.0, scaling="weak")
        self.add(1.25, scaling="weak", variant="omp", threads=4, units=4.4e8)
        self.add(1.25, scaling="weak", variant="omp", threads=8, units=8 * 2.1e8)
        self.report()
        self.assertAlmostEqual(float(self.row("omp", 1, 4, "weak")["speedup_serial"]), 4.4 / 1.25)
        self.assertEqual(self.row("omp", 1, 8, "weak")["speedup_serial"], "")

    def test_a_base_that_is_left_out_is_no_base(self):
        self.add([1.0] * 3)
        self.add(0.5, variant="omp", threads=2)
        self.report()
        self.assertEqual(self.row("omp", 1, 2)["speedup_serial"], "")


class Failures(Report):
    def test_failed_runs_are_listed_with_reason_and_log(self):
        self.add(1.0)
        self.add(
            None,
            variant="mpi",
            ranks=2,
            status="failed",
            verdict="ERROR",
            reason="killed by SIGKILL",
            exit_code=137,
        )
        self.report()
        self.assertEqual(self.code, 1)
        self.assertIn(
            "ERROR pi_mpi-strong-tiny-2x1-r1: killed by SIGKILL; log runs/pi_mpi-strong-tiny-2x1-r1.log",
            self.text,
        )

    def test_a_failed_repeat_is_noted(self):
        self.add(1.0)
        self.add(None, repeat=2, status="failed", verdict="ERROR", reason="hung")
        self.report()
        self.assertIn("1 of 2 repeats gave no result", self.text)
        self.assertEqual(self.row("serial", 1, 1)["used"], "1")

    def test_missing_broken_and_foreign_files(self):
        lost = self.add(None)
        broken = self.add(1.0, variant="omp")
        (self.folder / "runs" / f"{broken['id']}.h5").write_bytes(b"\x89HDF\r\n\x1a\n garbage")
        self.add(1.0, variant="mpi", ranks=2)
        write_h5(
            self.folder, {**self.runs[-1], "ranks": 3}, [1.0] * 10
        )  # overwrites with another run's
        self.add(1.0, variant="hybrid", result="WRONG")
        self.add(1.0, variant="hybrid", threads=2, binary_sha256="b" * 64)
        write_h5(self.folder, self.runs[-1], [1.0] * 10, binary_sha256="c" * 64)
        self.report()
        self.assertEqual(self.code, 1)
        self.assertEqual(self.rows, {})
        for text in (
            f"UNREADABLE {lost['id']}",
            f"UNREADABLE {broken['id']}",
            "of another run: ranks is 3",
            "say WRONG",
            "written by another binary",
        ):
            self.assertIn(text, self.text)

    def test_earlier_wrong_attempts_are_told(self):
        wrong = {
            "verdict": "WRONG",
            "reason": "check=golden",
            "ended_utc": "",
            "binary_sha256": "b" * 64,
        }
        self.add(1.0, attempts=[wrong, {**wrong, "verdict": "PASS"}])
        self.report()
        self.assertEqual(self.code, 2)
        self.assertIn(
            "attempt 1: check=golden; log runs/pi_serial-strong-tiny-1x1-r1.attempt1.log", self.text
        )

    def test_waiting_runs_and_slow_ones(self):
        self.add(1.0, verdict="SLOW")
        self.report()
        self.assertEqual(self.code, 5)
        self.assertIn("slower than its reference", self.text)
        self.add(None, variant="omp", status="waiting")
        self.report()
        self.assertEqual(self.code, 1)
        self.assertIn("1 run still to come", self.text)

    def test_warnings_that_differ_in_numbers_stand_once(self):
        self.add(1.0, warnings="interval: wide after 12 samples")
        self.add(1.0, variant="omp", warnings="interval: wide after 13 samples\nclock: throttled")
        self.report()
        self.assertEqual(self.text.count("interval: wide"), 1)
        self.assertIn("and 1 more run", self.text)
        self.assertIn("clock: throttled", self.text)

    def test_json_in_place_of_hdf5(self):
        run = self.add(None)
        tree = (
            '{"schema_name": "scalebar", "schema_version": 1, "app": "pi", "variant": "serial", "scaling": "strong",'
            '"size": "tiny", "result": "PASS", "kernel": "philox", "binary_sha256": "unknown", "ranks": 1, "threads": 1,'
            '"nodes": 1, "placement_ok": true, "warnings": "", "timing": {"elapsed": {"value": [1, 1, 1, 1, 1, 1, 1]}},'
            '"workload": {"units": {"value": 1e8}}, "verification": {"check": {"value": ["a"]}, "error": {"value": [%s]},'
            '"bound": {"value": [1]}, "passed": {"value": [true]}}}'
        )
        path = self.folder / "runs" / f"{run['id']}.json"
        path.write_text(tree % "0", encoding="utf-8")
        self.report()
        self.assertEqual((self.code, self.row("serial", 1, 1)["used"]), (0, "1"))
        path.write_text(tree % "null", encoding="utf-8")
        self.report()
        self.assertEqual(self.row("serial", 1, 1)["verified"], "0")

    def test_the_page_goes_where_it_is_asked_for(self):
        self.add(1.0)
        self.report("-o", str(self.folder / "page.html"))
        self.assertIn("<h1>Scalebar: test on Test CPU</h1>", (self.folder / "page.html").read_text())
        self.assertIn(f"report: {self.folder.resolve() / 'page.html'}", self.text)
        self.assertFalse((self.folder / "report.html").exists())
        self.assertIn("<svg", (self.folder / "figures" / "pi-strong-tiny-time.svg").read_text())

    def test_what_the_study_wrote_is_not_written_over(self):
        self.add(1.0)
        write_study(self.folder, self.runs)
        for name in ("study.json", "runs/page.html", "runs/pi_serial-strong-tiny-1x1-r1.h5"):
            with contextlib.redirect_stderr(io.StringIO()) as err:
                self.assertEqual(main([str(self.folder), "-o", str(self.folder / name)]), 1)
            self.assertIn("is the study's own", err.getvalue())

    def test_nor_what_a_report_writes_beside_its_page(self):
        self.add(1.0)
        write_study(self.folder, self.runs)
        (self.folder / "there").mkdir()
        for name, words in (
            ("summary.csv", "is the study's own"),
            ("figures/page.html", "is the study's own"),
            ("there", "is a folder"),
            ("nowhere/page.html", "there is no folder"),
        ):
            if name.startswith("figures"):
                (self.folder / "figures").mkdir()
            before = sorted(self.folder.iterdir())
            with contextlib.redirect_stderr(io.StringIO()) as err:
                self.assertEqual(main([str(self.folder), "-o", str(self.folder / name)]), 1)
            self.assertIn(words, err.getvalue())
            self.assertEqual(sorted(self.folder.iterdir()), before, "nothing was written")

    def test_control_characters_do_not_reach_the_terminal(self):
        self.add(1.0, warnings="\x1b[2Jgone\x07")
        self.report()
        self.assertIn("gone", self.text)
        self.assertFalse(set("\x1b\x07") & set(self.text))

    def test_results_of_another_run_of_the_same_kind_are_told_apart(self):
        """By the figures that the study saw the program print."""
        run = self.add(1.0, figures={"pi.time": {"value": 1.0, "unit": "s"}})
        with h5py.File(self.folder / "runs" / f"{run['id']}.h5", "r+") as file:
            file["figures/time"] = 1.0000004  # was printed with six digits
        self.report()
        self.assertEqual(self.code, 0)
        with h5py.File(self.folder / "runs" / f"{run['id']}.h5", "r+") as file:
            file["figures/time"][...] = 1.01
        self.report()
        self.assertEqual(self.code, 1)
        self.assertIn("are of another run: pi.time is 1.01, not 1", " ".join(self.text.split()))

    def test_the_headline_says_slow(self):
        self.add(1.0, verdict="SLOW", status="failed", reason="slower than its reference")
        self.report("-o", str(self.folder / "page.html"))
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        self.assertIn("1 point slower than the reference", Page(page).cards[0].words)
        self.assertEqual(self.code, 5)

    def test_results_of_another_size_are_not_of_this_run(self):
        run = self.add(1.0, size="small")
        run["size"] = "tiny"
        self.report()
        self.assertIn("size is small", " ".join(self.text.split()))

    def test_folders_without_a_study(self):
        for content in (
            None,
            "{",
            "[]",
            '{"schema": "other"}',
            '{"schema": "scalebar-study", "schema_version": 9}',
        ):
            if content is not None:
                self.write("study.json", content)
            with contextlib.redirect_stderr(io.StringIO()) as err:
                self.assertEqual(main([str(self.folder)]), 1)
            self.assertTrue(err.getvalue().startswith("scalebar report: "))


class Statistics(unittest.TestCase):
    def test_exact_ranks(self):
        published = {6: (1, 6), 10: (2, 9), 20: (6, 15)}  # Hoefler and Belli, SC15
        for n, ranks in published.items():
            self.assertEqual(median_ranks(n), ranks)
        self.assertIsNone(median_ranks(5))

    def test_ranks_hold_95_percent_and_are_the_narrowest(self):
        for n in range(6, 200):
            low, high = median_ranks(n)
            below = sum(math.comb(n, k) for k in range(low)) / 2**n
            self.assertEqual(high, n + 1 - low)
            self.assertGreaterEqual(1 - 2 * below, 0.95)
            self.assertLess(1 - 2 * (below + math.comb(n, low) / 2**n), 0.95)

    def test_large_samples(self):
        self.assertEqual(median_ranks(1001), (469, 533))
        exact, normal = median_ranks(1000)[0], median_ranks(1001)[0]
        self.assertLess(abs(exact - normal), 3)

    def test_coverage(self):
        source = random.Random(1)
        held = 0
        for _ in range(2000):
            summary = summarise([source.expovariate(1.0) for _ in range(15)])
            held += summary.low <= math.log(2) <= summary.high
        self.assertGreaterEqual(held / 2000, 0.95)

    def test_medians(self):
        self.assertEqual(summarise([3.0, 1.0, 2.0]).median, 2.0)
        self.assertEqual(summarise([4.0, 1.0, 2.0, 3.0]).median, 2.5)
        self.assertFalse(summarise([1.0] * 5).has_interval)

    def test_the_pooled_interval_holds_the_median_of_each_repeat(self):
        pooled = pool([[1.0] * 40, [0.5] * 4, [2.0] * 4])
        self.assertEqual((pooled.low, pooled.median, pooled.high, pooled.n), (0.5, 1.0, 2.0, 48))
        self.assertFalse(pool([[1.0] * 2, [2.0] * 3]).has_interval)


if __name__ == "__main__":
    unittest.main()
