"""How long the runs that are left may measure, and how long they will take together."""
from __future__ import annotations

from jobscripts.budget import PROBE_LIMIT, PROBE_TIME, Budget, overhead
from jobscripts.predict import Needs, seconds
from jobscripts.run import PROBE
from jobscripts.state import StudyRun


class Pace:
    """Learns from the runs that have ended how far predictions are off."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._expected = self._spent = 0.0  # of points, s
        self._probe = PROBE_TIME  # s, of the run of probe that took longest so far

    def limit(self, waiting: list[StudyRun]) -> float | None:
        """time_limit of the first of the runs that wait, in s; None when the budget is used up."""
        points = [run["ranks"] for run in waiting if run["purpose"] != PROBE]
        share = self._budget.share(points or [1])
        if share is None or waiting[0]["purpose"] != PROBE:
            return share
        return PROBE_LIMIT

    def took(self, run: StudyRun, limit: float) -> None:
        if run["purpose"] == PROBE:
            self._probe = max(self._probe, run["seconds"])
            return  # most of it is not what other runs do
        self._expected += _expected(run, limit)
        self._spent += run["seconds"]
        self._budget.took(run["ranks"], limit, run["seconds"])

    def left(self, waiting: list[StudyRun], limit: float) -> float:
        """Seconds until all runs that wait have ended, at the speed of those before."""
        probes = self._probe * sum(run["purpose"] == PROBE for run in waiting)
        points = [run for run in waiting if run["purpose"] != PROBE]
        share = self._budget.share([run["ranks"] for run in points]) if points else limit
        ratio = self._spent / self._expected if self._expected else 1.0
        return self._budget.within(
            probes + ratio * sum(_expected(run, share or 0.0) for run in points)
        )


def _expected(run: StudyRun, limit: float) -> float:
    needs = Needs(**run["predicted"]) if run["predicted"] else None
    return seconds(run["purpose"], run["ranks"], run["measure"], needs, limit)[0]
