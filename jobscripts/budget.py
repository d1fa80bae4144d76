"""How long each run may measure, so that the whole study keeps to its time."""
from __future__ import annotations

import time
from typing import Callable

PLANNED_LIMIT = 2.0  # s; rather fewer runs than runs that measure for less
MINIMUM_LIMIT = 0.5  # s; where a study is late all the same
PROBE_LIMIT = 2.0  # s; of the repetitions of a run of probe, which measures more beside them
PROBE_TIME = 8.0  # s; guess of what such a run takes in all
PROBE_SHARE = 0.2  # of a budget for the runs of probe
LONG_RUN = 4.0  # repetitions' worth of a run whose repetitions are longer than its time_limit
USED_UP = "the budget was used up"  # why a run did not take place
GRACE = 30.0  # s that a run may overstay before it is ended


def overhead(ranks: int) -> float:
    """Guess of what a run takes beside its measurement, in s: start-up, checks, files."""
    return 0.8 + 0.02 * ranks


class Budget:
    """Deals the time that is left to the runs that are left. Without a total, every run may take
    the study's own time limit."""

    def __init__(
        self,
        total: float | None,
        limit: float,
        watchdog: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._start = clock()
        self._total = total
        self._limit = limit
        self.watchdog = watchdog if total is None else min(watchdog, max(10.0, total / 6))

    def left(self) -> float | None:
        """Seconds left of the total, None when there is none."""
        return None if self._total is None else self._start + self._total - self._clock()

    @property
    def used_up(self) -> bool:
        left = self.left()
        return left is not None and left <= 0

    def share(self, beside: list[float]) -> float | None:
        """Mean time_limit, in s, of the runs that are left, which take so many seconds beside their
        measurement; None when the time is used up."""
        left = self.left()
        if left is None:
            return self._limit
        if left <= 0:
            return None
        mean = (left - sum(beside)) / len(beside)
        return round(min(self._limit, max(MINIMUM_LIMIT, mean)), 3)

    def deal(
        self, beside: list[float], wishes: list[float], leasts: list[float]
    ) -> list[float] | None:
        """time_limit of each of the runs left, in s: half of the time is dealt evenly, half by what
        they wish for, so that on a slow machine long repetitions are made often enough, and short
        ones still are where a wish was too modest. Where that is less than the least with which a
        run is of use, those that have more make it up."""
        share = self.share(beside)
        if share is None:
            return None
        if share <= MINIMUM_LIMIT or share >= self._limit:
            return [share] * len(beside)
        mean = sum(wishes) / len(wishes)
        shares = [share * (1 + wish / mean) / 2 for wish in wishes]
        shares = [min(self._limit, max(MINIMUM_LIMIT, s)) for s in shares]
        return [round(s, 3) for s in _useful(shares, leasts)]

    def suffices(self, beside: list[float], leasts: list[float]) -> bool:
        """Whether there is time for all of these runs, each with its least."""
        left = self.left()
        return left is None or sum(beside) + sum(leasts) <= left

    @property
    def limit(self) -> float:
        """The study's own time limit of a run, s."""
        return self._limit

    def patience(self, limit: float, repetition: float = 0.0) -> float:
        """Seconds after which a run with this time_limit, and repetitions that are expected to take
        so long, is ended from outside: late enough for the watchdog to speak first, which knows
        more."""
        patience = 3 * (limit + LONG_RUN * repetition) + self.watchdog + GRACE
        left = self.left()
        return patience if left is None else min(patience, max(left, 0.0) + limit + GRACE)

    def patience_simulated(self) -> float:
        """Seconds after which a run in a simulated machine is ended from outside: of its own clock
        nothing follows for ours, so the study's limit is that of the whole run."""
        return self.within(self._limit)

    def within(self, seconds: float) -> float:
        """No more than what is left of the total."""
        left = self.left()
        return seconds if left is None else min(seconds, max(left, 0.0))


def _useful(shares: list[float], leasts: list[float]) -> list[float]:
    """The same sum, dealt so that each has its least. Where that is too much, as many as can be have
    theirs, those that need least first: a few whole curves, rather than all of them with points that
    are left out."""
    spare = [max(0.0, share - least) for share, least in zip(shares, leasts)]
    lacking = [max(0.0, least - share) for share, least in zip(shares, leasts)]
    if sum(lacking) <= sum(spare):
        part = sum(lacking) / sum(spare) if any(lacking) else 0.0
        return [s + more - part * less for s, more, less in zip(shares, lacking, spare)]
    dealt = [MINIMUM_LIMIT] * len(shares)
    room = sum(shares) - sum(dealt)
    for index in sorted(range(len(leasts)), key=lambda i: leasts[i]):
        room -= leasts[index] - dealt[index]
        if room < 0:
            break
        dealt[index] = leasts[index]
    return dealt
