"""What becomes of a study's points on a machine that is slower than its budget was meant for. The clock
is invented: it moves by what each run takes."""
from __future__ import annotations

import random
import unittest
from collections import Counter
from pathlib import Path
from typing import Any

import support  # noqa: F401  finds the code

from jobscripts.budget import MINIMUM_LIMIT, USED_UP, Budget, overhead
from jobscripts.duration import Needs, least
from jobscripts.pace import Pace
from jobscripts.state import State

ENOUGH = 6  # samples of a point, for an interval
CHECKS = 2.0  # repetitions' worth of what a run does beside them
# Of each app, s: those of inputs/studies/quick.ini on two cores that others use, too.
REPETITION = {"fft": 0.012, "heat": 0.3, "matmul": 0.2, "pi": 0.5}
POINTS = 16  # of each app


class Machine:
    """Runs that take `slower` times as long as predicted, more or less."""

    def __init__(self, budget: float, repeats: int, slower: float) -> None:
        self.now = 0.0
        self.random = random.Random(7)
        self.slower = slower
        self.samples: Counter[tuple[str, int]] = Counter()
        self.budget = Budget(budget, 10.0, 60.0, clock=lambda: self.now)
        self.waiting = [run for repeat in range(1, repeats + 1) for run in self.block(repeat)]

    def block(self, repeat: int) -> list[dict[str, Any]]:
        runs = [
            {"purpose": "scaling", "app": app, "point": point, "repeat": repeat, "ranks": 1,
             "measure": {"warmup": "1"}, "figures": {},
             "predicted": {"memory_rank": 1.0, "repetition": seconds, "asked": True}}
            for app, seconds in REPETITION.items() for point in range(POINTS)
        ]
        self.random.shuffle(runs)
        return runs

    def take(self, run: dict[str, Any], limit: float) -> None:
        """As a program does it: samples until one ends beyond the limit, which counts the warm-up."""
        repetition = self.slower * run["predicted"]["repetition"] * self.random.uniform(0.9, 1.1)
        taken = min(100, max(1, int(limit / repetition)))
        run["seconds"] = overhead(1) + (1 + taken + CHECKS) * repetition
        run["figures"] = {f"{run['app']}.time": {"value": repetition}}
        self.now += run["seconds"]
        self.samples[run["app"], run["point"]] += taken

    def go(self) -> None:
        pace = Pace(self.budget)
        while self.waiting:
            limit = pace.limit(self.waiting)
            if limit is None:
                return
            run = self.waiting.pop(0)
            self.take(run, limit)
            pace.took(run, limit)

    def lost(self) -> Counter[str]:
        """Points of each app with too few samples."""
        return Counter(app for app in REPETITION for point in range(POINTS) if self.samples[app, point] < ENOUGH)


class Busy(unittest.TestCase):
    def gone(self, budget: float, repeats: int, slower: float) -> Machine:
        machine = Machine(budget, repeats, slower)
        machine.go()
        self.assertLess(machine.now, budget + 5.0)
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

    def test_what_is_lost_is_not_spread_over_all_apps(self) -> None:
        machine = self.gone(250.0, 1, 2.0)
        self.assertEqual(len(machine.waiting), 0)
        self.assertEqual(machine.lost()["fft"], 0)
        self.assertLess(machine.lost()["matmul"], 0.25 * POINTS)
        self.assertLess(sum(machine.lost().values()), 30)

    def test_time_left_is_of_what_takes_place(self) -> None:
        machine = Machine(250.0, 2, 1.0)
        pace = Pace(machine.budget)
        once = [run for run in machine.waiting if run["repeat"] == 1]
        self.assertEqual(pace.left(machine.waiting), pace.left(once))
        self.assertEqual(pace.limit(machine.waiting), pace.limit(once))


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


class Codes(unittest.TestCase):
    def code(self, **left_over: object) -> int:
        """Of a study with one run that passed, and one that did not take place."""
        done = {"status": "done", "verdict": "PASS", "repeat": 1, "program": "pi_omp", "attempts": [], "reason": ""}
        skipped = {**done, "status": "skipped", "verdict": None, **left_over}
        data = {"runs": [done, skipped], "programs": {"pi_omp": {"sha256": ""}}}
        return State(Path("nowhere"), data).exit_code()

    def test_repeats_without_time_are_no_failure(self) -> None:
        self.assertEqual(self.code(repeat=2, reason=USED_UP), 0)

    def test_points_without_time_are_one(self) -> None:
        self.assertEqual(self.code(repeat=1, reason=USED_UP), 1)

    def test_what_an_attempt_told_is_not_forgotten(self) -> None:
        for verdict, code in (("WRONG", 2), ("ERROR", 1)):
            attempts = [{"verdict": verdict, "binary_sha256": ""}]
            self.assertEqual(self.code(repeat=2, reason=USED_UP, attempts=attempts), code)

    def test_repeats_that_fell_out_otherwise_are_one(self) -> None:
        self.assertEqual(self.code(repeat=2, reason="the job was cancelled"), 1)
        self.assertEqual(self.code(repeat=2, status="waiting"), 1)


if __name__ == "__main__":
    unittest.main()
