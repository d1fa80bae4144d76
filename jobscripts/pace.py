"""How long the runs that are left may measure, and how long they will take together."""
from __future__ import annotations

from dataclasses import replace

from jobscripts.budget import PROBE_LIMIT, PROBE_TIME, Budget, overhead
from jobscripts.duration import Needs, least, seconds, wish
from jobscripts.run import PICTURE, PROBE, SCALING
from jobscripts.state import StudyRun


class Pace:
    """Learns from the runs that have ended how far predictions are off."""

    def __init__(self, budget: Budget, simulated: bool = False) -> None:
        self._budget = budget
        self._simulated = simulated  # the clock of the runs is not ours
        self._expected = self._spent = 0.0  # of points, s
        self._probe = PROBE_TIME  # s, of the run of probe that took longest so far
        self._off: dict[str, list[float]] = {}  # app -> measured over predicted repetition

    def limit(self, waiting: list[StudyRun]) -> float | None:
        """time_limit of the first of the runs that wait, in s; None when the budget is used up."""
        if waiting[0]["purpose"] != SCALING:
            return None if self._budget.share([1]) is None else PROBE_LIMIT
        if self._simulated:
            return None if self._budget.share([1]) is None else self._budget.limit
        dealt = self._deal(self._taking_place(waiting))
        return None if dealt is None else dealt[0]

    def took(self, run: StudyRun, limit: float) -> None:
        if run["purpose"] == PROBE:
            self._probe = max(self._probe, run["seconds"])
        if run["purpose"] != SCALING:
            return  # most of it is not what other runs do
        if not self._simulated:
            self._learn(run)
        self._expected += self._expected_of(run, limit)
        self._spent += run["seconds"]
        self._budget.took(run["ranks"], limit, run["seconds"])

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
        point, too. Their turn comes when the others have ended, if there is time after all."""
        repeats = sorted({run["repeat"] for run in points})
        while len(repeats) > 1:
            leasts = [self._least(run) for run in points]
            if self._budget.suffices([run["ranks"] for run in points], leasts):
                break
            last = repeats.pop()
            points = [run for run in points if run["repeat"] != last]
        return points

    def _least(self, run: StudyRun) -> float:
        return least(run["measure"], self._needs(run), run["repeat"], self._budget.limit)

    def _deal(self, points: list[StudyRun]) -> list[float] | None:
        wishes = [wish(run["measure"], self._needs(run), self._budget.limit) for run in points]
        leasts = [self._least(run) for run in points]
        return self._budget.deal([run["ranks"] for run in points], wishes, leasts)

    def _learn(self, run: StudyRun) -> None:
        """A program predicts its time from a small piece of work; by now it has done all of it."""
        measured = run["figures"].get(f"{run['app']}.time", {}).get("value")
        predicted = (run["predicted"] or {}).get("repetition")
        if measured and predicted:
            self._off.setdefault(run["app"], []).append(measured / predicted)

    def _needs(self, run: StudyRun) -> Needs | None:
        if not run["predicted"]:
            return None
        needs = Needs(**run["predicted"])
        off = self._off.get(run["app"])
        return replace(needs, repetition=needs.repetition * sum(off) / len(off)) if off else needs

    def _expected_of(self, run: StudyRun, limit: float) -> float:
        return seconds(run["purpose"], run["ranks"], run["measure"], self._needs(run), limit)[0]
