"""What becomes of a study's points on a machine that is slower than its budget was meant for. The clock
is invented: it moves by what each run takes."""
from __future__ import annotations

import json
import math
import random
import tempfile
import unittest
from collections import Counter
from pathlib import Path
from typing import Any

import support  # noqa: F401  finds the code

from jobscripts.budget import MINIMUM_LIMIT, USED_UP, Budget, overhead
from jobscripts.duration import Needs, least
from jobscripts.outcome import cut_short
from jobscripts.pace import Pace
from jobscripts.state import State

ENOUGH = 6  # samples of a point, for an interval
CHECKS = 2.0  # repetitions' worth of what a run does beside them
BETWEEN = {"fft": 4.0}  # of what a repetition takes, what is in between and not timed
# Of each app, s: those of inputs/studies/quick.ini on two cores that others use, too.
REPETITION = {"fft": 0.012, "heat": 0.3, "matmul": 0.2, "pi": 0.5}
CURVES = [(variant, scaling) for variant in ("serial", "omp", "mpi", "hybrid") for scaling in ("strong", "weak")]
POINTS = 16  # of each app: two on each of its curves


class Machine:
    """Runs that take `slower` times as long as predicted, more or less, and `beside` s more than
    guessed to start and end."""

    def __init__(self, budget: float, repeats: int, slower: float, beside: float = 0.0, seed: int = 7) -> None:
        self.now = 0.0
        self.random = random.Random(seed)
        self.slower = slower
        self.beside = beside
        self.samples: Counter[tuple[str, Any]] = Counter()
        self.cut_short: int | None = None
        self.budget = Budget(budget, 10.0, 60.0, clock=lambda: self.now)
        self.waiting = [run for repeat in range(1, repeats + 1) for run in self.block(repeat)]

    def block(self, repeat: int) -> list[dict[str, Any]]:
        runs = [
            {"purpose": "scaling", "app": app, "point": (*curve, workers), "repeat": repeat, "ranks": 1,
             "id": f"{app}-{curve}-{workers}-{repeat}",
             "workers": workers, "program": f"{app}_{curve[0]}", "scaling": curve[1], "size": "tiny",
             "measure": {"warmup": "1"}, "figures": {},
             "predicted": {"memory_rank": 1.0, "repetition": seconds, "asked": True}}
            for app, seconds in REPETITION.items() for curve in CURVES for workers in (1, 2)
        ]
        self.random.shuffle(runs)
        return runs

    def take(self, run: dict[str, Any], limit: float) -> None:
        """As a program does it: samples until one ends beyond the limit, which counts the warm-up."""
        repetition = self.slower * run["predicted"]["repetition"] * self.random.uniform(0.9, 1.1)
        if self.slower >= 2.0:
            repetition *= run["workers"]  # which find no core of their own
        whole = repetition * BETWEEN.get(run["app"], 1.0)
        taken = min(100, max(1, math.ceil(limit / whole) - 1))
        self.cut_short = None if taken == 100 else taken + 1
        beside = self.beside * self.random.uniform(0.5, 1.5)
        run["seconds"] = overhead(1) + beside + (1 + taken) * whole + CHECKS * repetition
        run["figures"] = {f"{run['app']}.time": {"value": repetition}}
        self.now += run["seconds"]
        self.samples[run["app"], run["point"]] += taken

    def go(self) -> None:
        pace = Pace(self.budget)
        while self.waiting:
            chosen = pace.next(self.waiting)
            if chosen is None:
                return
            run, limit = chosen
            self.waiting = [other for other in self.waiting if other is not run]
            self.take(run, limit)
            pace.took(run, limit, self.cut_short)

    def lost(self) -> Counter[str]:
        """Points of each app with too few samples."""
        return Counter(app for app, point in self.points() if self.samples[app, point] < ENOUGH)

    def whole(self) -> Counter[str]:
        """Curves of each app all of whose points have enough."""
        return Counter(
            app for app in REPETITION for curve in CURVES
            if all(self.samples[app, (*curve, workers)] >= ENOUGH for workers in (1, 2))
        )

    @staticmethod
    def points() -> list[tuple[str, Any]]:
        return [(app, (*curve, workers)) for app in REPETITION for curve in CURVES for workers in (1, 2)]


class Busy(unittest.TestCase):
    def gone(self, budget: float, repeats: int, slower: float, beside: float = 0.0, seed: int = 7) -> Machine:
        machine = Machine(budget, repeats, slower, beside, seed)
        machine.go()
        self.assertLess(machine.now, budget + 5.0 * slower + 2 * beside, "the last run at most")
        return machine

    def test_there_is_time_for_all(self) -> None:
        for repeats, budget in ((1, 250.0), (2, 600.0)):
            with self.subTest(repeats=repeats):
                machine = self.gone(budget, repeats, 1.0)
                self.assertEqual((machine.lost(), len(machine.waiting)), (Counter(), 0))

    def test_repeats_go_before_samples(self) -> None:
        """Where two repeats would be too much, each point has its samples from the first."""
        for budget, slower in ((250.0, 1.0), (350.0, 1.5)):
            with self.subTest(slower=slower):
                machine = self.gone(budget, 2, slower)
                self.assertLessEqual(sum(machine.lost().values()), 2)  # of 64: the first, before it is known
                self.assertEqual({run["repeat"] for run in machine.waiting}, {2})

    def test_few_whole_curves_rather_than_many_useless_points(self) -> None:
        """Where starting alone takes longer than the budget, or repetitions are eight times as long."""
        for budget, slower, beside, curves in (
            (180.0, 1.0, 4.0, 9), (180.0, 2.0, 2.0, 4), (300.0, 2.0, 8.0, 4), (60.0, 1.0, 0.0, 7)
        ):
            with self.subTest(budget=budget, slower=slower, beside=beside):
                machine = self.gone(budget, 1, slower, beside)
                begun = [taken for taken in machine.samples.values() if taken]
                self.assertGreaterEqual(sum(machine.whole().values()), curves)
                self.assertLess(sum(taken < ENOUGH for taken in begun), 0.5 * len(begun))

    def test_every_app_has_its_share_of_curves(self) -> None:
        """Whatever the order: an app that has had its turn waits for the others."""
        for seed in range(20):
            with self.subTest(seed=seed):
                whole = self.gone(180.0, 1, 1.0, 4.0, seed).whole()
                self.assertGreaterEqual(min(whole[app] for app in REPETITION), 1, whole)

    def test_every_app_has_a_point_where_few_fit(self) -> None:
        for seed in range(20):
            with self.subTest(seed=seed):
                machine = Machine(60.0, 1, 1.0, 4.0, seed)
                machine.waiting = [run for run in machine.waiting if run["workers"] == 1]
                machine.go()
                self.assertEqual({app for app, _ in machine.samples}, set(REPETITION))

    def test_turns_that_were_had_before_a_study_was_stopped_count(self) -> None:
        runs = [run for run in Machine(10.0, 1, 1.0).waiting if run["workers"] == 1]
        ended = [run for run in runs if run["app"] == "fft"][:4]
        waiting = [run for run in runs if run not in ended and run["app"] in ("fft", "heat")]
        for took_place, expected in (([], {"fft", "heat"}), (ended, {"heat"})):
            pace = Pace(Budget(6.0, 10.0, 60.0, clock=lambda: 0.0))
            pace.took_place(took_place)
            chosen = pace._taking_place(waiting)
            self.assertEqual({run["app"] for run in chosen}, expected)

    def test_time_that_is_left_is_used_to_its_end(self) -> None:
        """What fits no longer is begun all the same: the shortest run."""
        machine = self.gone(100.0, 1, 8.0)
        self.assertGreaterEqual(machine.now, 100.0)
        self.assertTrue(machine.waiting)
        pace = Pace(Budget(0.5, 10.0, 60.0, clock=lambda: 0.0))
        run, _ = pace.next([run for run in machine.waiting if run["app"] == "pi"] + self.runs_of("fft"))
        self.assertEqual(run["app"], "fft")

    def runs_of(self, app: str) -> list[dict[str, Any]]:
        return [run for run in Machine(100.0, 1, 1.0).waiting if run["app"] == app]

    def test_learns_what_a_repetition_takes_with_what_is_not_timed(self) -> None:
        pace = Pace(Budget(100.0, 10.0, 60.0, clock=lambda: 0.0))
        run = {**self.runs_of("pi")[0], "seconds": 4.0, "figures": {"pi.time": {"value": 0.5}}}
        pace.took(run, 3.0)
        self.assertEqual(pace._least(run), 7 * 0.5)
        pace.took(run, 3.0, cut_short=2)
        self.assertEqual(pace._least(run), 7 * (0.5 + 1.5) / 2, "the mean of both runs")

    def test_learns_of_each_number_of_workers(self) -> None:
        pace = Pace(Budget(100.0, 10.0, 60.0, clock=lambda: 0.0))
        one, two = ({**self.runs_of("pi")[0], "workers": workers, "seconds": 4.0} for workers in (1, 2))
        pace.took({**one, "figures": {"pi.time": {"value": 0.5}}}, 3.0)
        self.assertEqual(pace._least(two), 7 * 0.5, "of the app, as long as nothing else is known")
        pace.took({**two, "figures": {"pi.time": {"value": 1.0}}}, 3.0)
        self.assertEqual((pace._least(one), pace._least(two)), (7 * 0.5, 7 * 1.0))

    def test_what_is_beside_is_of_the_app_once_it_has_runs(self) -> None:
        pace = Pace(Budget(100.0, 10.0, 60.0, clock=lambda: 0.0))
        pi, fft = self.runs_of("pi")[0], self.runs_of("fft")[0]
        for _ in range(4):
            pace.took({**pi, "seconds": 1.0 + overhead(1) + 8.0}, 1.0)
        self.assertAlmostEqual(pace._beside(fft), overhead(1) + 8.0, msg="of all, as long as it has none")
        for _ in range(4):
            pace.took({**fft, "seconds": 1.0 + overhead(1)}, 1.0)
        self.assertAlmostEqual(pace._beside(fft), overhead(1) + 2 * 4.0 / 6)
        self.assertAlmostEqual(pace._beside(pi), overhead(1) + (4 * 8.0 + 2 * 4.0) / 6)

    def test_one_slow_run_does_not_starve_all_others(self) -> None:
        pace = Pace(Budget(100.0, 10.0, 60.0, clock=lambda: 0.0))
        runs = [run for run in Machine(100.0, 1, 1.0).waiting if run["app"] == "fft"]
        before = pace.next(runs)
        for seconds in [2.82] * 19 + [20.0]:
            pace.took({**runs[0], "seconds": seconds}, 2.0)
        self.assertGreater(pace.next(runs)[1], before[1] - 1.5)

    def test_learns_what_runs_take_beside_their_measurement(self) -> None:
        pace = Pace(Budget(100.0, 10.0, 60.0, clock=lambda: 0.0))
        runs = [run for run in Machine(100.0, 1, 1.0).waiting if run["app"] == "fft"]
        before = pace.next(runs)[1]
        pace.took({**runs[0], "seconds": 4.0}, 2.0)
        self.assertAlmostEqual(pace.next(runs)[1], before - (4.0 - 2.0 - overhead(1)), places=2)

    def test_time_left_is_of_what_takes_place(self) -> None:
        machine = Machine(250.0, 2, 1.0)
        pace = Pace(machine.budget)
        once = [run for run in machine.waiting if run["repeat"] == 1]
        self.assertEqual(pace.left(machine.waiting), pace.left(once))
        self.assertEqual(pace.next(machine.waiting), pace.next(once))


class Leasts(unittest.TestCase):
    """What a run measures for at least, to be of use."""

    def test_warm_up_and_six_samples(self) -> None:
        needs = Needs(1.0, 0.5, True)
        self.assertEqual(least({"warmup": "1"}, needs, 1, 10.0), 0.5 * (1 + 6))
        self.assertEqual(least({}, needs, 1, 10.0), 0.5 * (2 + 6))
        self.assertEqual(least({"warmup": "0", "max_reps": "3"}, needs, 1, 10.0), 0.5 * 3, "all there will be")

    def test_bounds(self) -> None:
        self.assertEqual(least({}, Needs(1.0, 5.0, True), 1, 10.0), 10.0)
        self.assertEqual(least({}, Needs(1.0, 1e-3, True), 1, 10.0), MINIMUM_LIMIT)
        self.assertEqual(least({}, None, 1, 10.0), MINIMUM_LIMIT)

    def test_later_repeats_need_none(self) -> None:
        self.assertEqual(least({}, Needs(1.0, 0.5, True), 2, 10.0), MINIMUM_LIMIT)


class CutShort(unittest.TestCase):
    """How many repetitions a time limit let a run make."""

    def told(self, text: str) -> int | None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.json"
            path.write_text(text, encoding="utf-8")
            return cut_short(path)

    def test_warm_up_and_loops_count(self) -> None:
        timing = {"stop": "time_limit", "loops": 4, "elapsed": {"value": [0.1] * 3}, "warmup": {"value": [0.1] * 2}}
        self.assertEqual(self.told(json.dumps({"timing": timing})), 2 + 4 * 3)
        self.assertIsNone(self.told(json.dumps({"timing": {**timing, "stop": "interval"}})))

    def test_nothing_is_told(self) -> None:
        self.assertIsNone(cut_short(Path("nowhere.json")))
        for text in ("", "[]", "{}", '{"timing": 1}', '{"timing": {"stop": "time_limit"}}'):
            self.assertIsNone(self.told(text), text)


class Codes(unittest.TestCase):
    def done(self) -> dict[str, Any]:
        return {"status": "done", "verdict": "PASS", "repeat": 1, "app": "pi", "purpose": "scaling",
                "program": "pi_omp", "attempts": [], "reason": ""}

    def code(self, more: dict[str, Any] | None = None, **left_over: object) -> int:
        """Of a study with one run that passed, maybe another, and one that did not take place."""
        done = self.done()
        skipped = {**done, "status": "skipped", "verdict": None, "reason": USED_UP, **left_over}
        data = {"runs": [done, skipped, *([more] if more else [])], "programs": {"pi_omp": {"sha256": ""}}}
        return State(Path("nowhere"), data).exit_code()

    def test_what_a_budget_leaves_out_is_no_failure(self) -> None:
        self.assertEqual(self.code(repeat=2), 0)
        self.assertEqual(self.code(repeat=1), 0)

    def test_an_app_that_is_left_out_is_one(self) -> None:
        self.assertEqual(self.code(app="heat"), 1)

    def test_a_picture_is_no_point(self) -> None:
        done = self.done()
        picture = {**done, "app": "heat", "purpose": "picture"}
        self.assertEqual(self.code(app="heat", more=picture), 1)

    def test_what_an_attempt_told_is_not_forgotten(self) -> None:
        for verdict, code in (("WRONG", 2), ("ERROR", 1)):
            attempts = [{"verdict": verdict, "binary_sha256": ""}]
            self.assertEqual(self.code(repeat=2, attempts=attempts), code)

    def test_what_fell_out_otherwise_is_one(self) -> None:
        self.assertEqual(self.code(repeat=2, reason="the job was cancelled"), 1)
        self.assertEqual(self.code(repeat=2, status="waiting"), 1)


if __name__ == "__main__":
    unittest.main()
