"""How long the runs that are left may measure, and how long they will take together."""
from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Sequence, Tuple

from jobscripts.budget import PROBE_LIMIT, PROBE_TIME, Budget, overhead
from jobscripts.duration import Needs, least, seconds, wish
from jobscripts.run import PICTURE, PROBE, SCALING
from jobscripts.state import StudyRun

_OF_ALL = 2  # runs' worth of what all apps taught, before an app's own count

Curve = Tuple[str, str, str, str]  # app and what else the points of one line of a plot share


@dataclass
class _Sum:
    total: float = 0.0
    count: int = 0

    def add(self, value: float) -> None:
        self.total += value
        self.count += 1

    @property
    def mean(self) -> float:
        return self.total / max(1, self.count)


class Pace:
    """Learns from the runs that have ended how far predictions are off."""

    def __init__(self, budget: Budget, simulated: bool = False) -> None:
        self._budget = budget
        self._simulated = simulated  # the clock of the runs is not ours
        self._expected = self._spent = 0.0  # of points, s
        self._probe = PROBE_TIME  # s, of the run of probe that took longest so far
        # Measured over predicted repetitions, of an app, and of it on so many workers: where they share
        # cores with others, more of them are no faster.
        self._off: defaultdict[tuple[str, int | None], _Sum] = defaultdict(_Sum)
        self._over: defaultdict[str | None, _Sum] = defaultdict(_Sum)  # s beyond guesses, of an app, of all
        self._begun: set[Curve] = set()

    def next(self, waiting: list[StudyRun]) -> tuple[StudyRun, float] | None:
        """Which of the runs that wait comes next, and its time_limit in s; None when the budget is
        used up."""
        if self._budget.used_up:
            return None
        if waiting[0]["purpose"] != SCALING:
            return waiting[0], PROBE_LIMIT
        if self._simulated:
            return waiting[0], self._budget.limit
        points = self._taking_place(waiting)
        dealt = self._deal(points)
        return None if dealt is None else (points[0], dealt[0])

    def took_place(self, runs: Sequence[StudyRun]) -> None:
        """Runs of the study that had ended before, when it was stopped."""
        self._begun.update(_curve(run) for run in runs if run.get("purpose", SCALING) == SCALING)

    def took(self, run: StudyRun, limit: float, cut_short: int | None = None) -> None:
        """A run with this time_limit has ended; where the limit ended it, after so many repetitions."""
        if run["purpose"] == PROBE:
            self._probe = max(self._probe, run["seconds"])
        if run["purpose"] != SCALING:
            return  # most of it is not what other runs do
        if not self._simulated:
            self._learn(run, limit / cut_short if cut_short else 0.0)
        self._expected += self._expected_of(run, limit)
        self._spent += run["seconds"]
        over = max(0.0, run["seconds"] - limit - overhead(run["ranks"]))
        for who in (run["app"], None):
            self._over[who].add(over)
        self._begun.add(_curve(run))

    def left(self, waiting: list[StudyRun]) -> float:
        """Seconds until all runs that wait have ended, at the speed of those before."""
        probes = self._probe * sum(run["purpose"] == PROBE for run in waiting)
        probes += sum(overhead(run["ranks"]) for run in waiting if run["purpose"] == PICTURE)
        points = self._taking_place([run for run in waiting if run["purpose"] == SCALING])
        limits = (self._deal(points) if points else None) or [0.0] * len(points)
        ratio = self._spent / self._expected if self._expected else 1.0
        guess = ratio * sum(map(self._expected_of, points, limits))
        return self._budget.within(probes + guess)

    def _taking_place(self, points: list[StudyRun]) -> list[StudyRun]:
        """Without the last repeats, where there is no time for them and for enough samples of each
        point, too; and where that is not enough, without some curves. The turn of what is left out
        comes when the others have ended, if there is time after all."""
        repeats = sorted({run["repeat"] for run in points})
        while points and not self._suffices(points):
            last = repeats.pop()
            if not repeats:
                return self._of_curves(points)
            points = [run for run in points if run["repeat"] != last]
        return points

    def _of_curves(self, points: list[StudyRun]) -> list[StudyRun]:
        """Whole curves, as many as there is time for: of each app that with the least left to do, then
        of each its second; in this order, for there may be less time than it seems. Where not even one
        fits, the shortest run, for time that is left is there to be used."""
        curves: dict[Curve, list[StudyRun]] = {}
        for run in points:
            curves.setdefault(_curve(run), []).append(run)
        time = {curve: sum(map(self._shortest, runs)) for curve, runs in curves.items()}
        turns = _turns(time, self._begun - set(curves))
        room, chosen = self._budget.left() or 0.0, []
        for curve in sorted(turns, key=lambda c: (turns[c], time[c])):
            if time[curve] <= room:
                room -= time[curve]
                chosen += curves[curve]
        if not chosen:
            return [min(points, key=self._shortest)]
        rank = {run["id"]: place for place, run in enumerate(points)}
        return sorted(chosen, key=lambda run: (turns[_curve(run)], rank[run["id"]]))

    def _shortest(self, run: StudyRun) -> float:
        """Seconds that a run takes when it measures for no longer than it must."""
        return self._beside(run) + self._least(run)

    def _suffices(self, points: list[StudyRun]) -> bool:
        return self._budget.suffices(
            list(map(self._beside, points)), list(map(self._least, points))
        )

    def _beside(self, run: StudyRun) -> float:
        """Seconds that a run takes beside its measurement. Apps differ in that, on a busy machine by
        seconds; what one of them taught says little as long as it is of few runs."""
        own, mean = self._over[run["app"]], self._over[None].mean
        return overhead(run["ranks"]) + (own.total + _OF_ALL * mean) / (own.count + _OF_ALL)

    def _least(self, run: StudyRun) -> float:
        return least(run["measure"], self._needs(run), run["repeat"], self._budget.limit)

    def _deal(self, points: list[StudyRun]) -> list[float] | None:
        wishes = [wish(run["measure"], self._needs(run), self._budget.limit) for run in points]
        leasts = [self._least(run) for run in points]
        return self._budget.deal(list(map(self._beside, points)), wishes, leasts)

    def _learn(self, run: StudyRun, least_time: float) -> None:
        """A program predicts its time from a small piece of work; by now it has done all of it, and
        maybe shown what a repetition takes with what is not timed in between."""
        measured = run["figures"].get(f"{run['app']}.time", {}).get("value")
        predicted = (run["predicted"] or {}).get("repetition")
        if measured and predicted:
            for workers in (run["workers"], None):
                self._off[run["app"], workers].add(max(measured, least_time) / predicted)

    def _needs(self, run: StudyRun) -> Needs | None:
        if not run["predicted"]:
            return None
        needs = Needs(**run["predicted"])
        on_these, of_app = self._off[run["app"], run["workers"]], self._off[run["app"], None]
        off = on_these if on_these.count else of_app
        return replace(needs, repetition=needs.repetition * off.mean) if off.count else needs

    def _expected_of(self, run: StudyRun, limit: float) -> float:
        return seconds(run["purpose"], run["ranks"], run["measure"], self._needs(run), limit)[0]


def _curve(run: StudyRun) -> Curve:
    return run["app"], run["program"], run["scaling"], run["size"]


def _turns(time: dict[Curve, float], ended: set[Curve]) -> dict[Curve, int]:
    """Of each curve whose turn it is in its app, the shortest first. An app has had a turn for each of
    its curves that have ended."""
    had = Counter(curve[0] for curve in ended)
    turns = {}
    for curve in sorted(time, key=lambda c: time[c]):
        had[curve[0]] += 1
        turns[curve] = had[curve[0]]
    return turns
