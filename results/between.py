"""How much processes of one study differ, and what that leaves open of a ratio of two points.

Two processes that run the same program on the same cores differ in where their memory lies and how
they were placed, often by more than the repetitions inside one of them show. Only repeats tell. One
point has few, so all points of a study tell it together: the variance of the logarithm of a
repeat's median about the mean of its point, over the degrees of freedom sum (repeats - 1). That
holds the spread inside the repeats as well, as far as it moves their medians. It is not taken out:
that errs to the safe side.
"""
from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import median
from typing import Iterable

from results.points import Point, measured_rate
from results.ratio import Ratio, ratio, widened
from results.scatter import f_quantile, t_quantile
from results.words import Amount, Words, whole

# A point whose repeats differ so much more than those of all others, by chance once in a hundred
# studies, had an accident: it says nothing of the other points.
WILD_LEVEL = 0.01
MEDIAN_TO_MEAN = math.pi / 2  # variance of a median to that of a mean: never more, for three or more


@dataclass(frozen=True)
class Between:
    """Of one study. With 0 degrees of freedom nothing is known: it has no point of two repeats."""

    variance: float  # of the natural logarithm of a repeat's median
    freedom: int

    @property
    def known(self) -> bool:
        return self.freedom > 0

    @property
    def words(self) -> str:
        if not self.known:
            return "unknown: no point has two repeats"
        differ = math.sqrt(self.variance)
        share = Amount(f"{100 * differ:.2g} %", differ, "differ")
        freedom = whole(self.freedom, "freedom")
        return Words(share, " (standard deviation, ", freedom, " degrees of freedom)")


def between(points: Iterable[Point]) -> Between:
    """From all points of a study that are used and have repeats, but for wild ones (Cochran 1941,
    Annals of Eugenics 11, 47, with the largest variance against the mean of the others)."""
    parts = sorted(
        (_own(point) for point in points if point.used and point.repeats > 1),
        key=lambda part: part.variance,
    )
    while len(parts) > 1:
        *others, largest = parts
        rest = _pooled(others)
        level = 1 - WILD_LEVEL / len(parts)
        if largest.variance <= rest.variance * f_quantile(level, largest.freedom, rest.freedom):
            break
        parts = others
    return _pooled(parts)


def _own(point: Point) -> Between:
    """By the repeats of one point alone."""
    logs = [math.log(median(repeat)) for repeat in point.samples]
    mean = sum(logs) / len(logs)
    freedom = len(logs) - 1
    return Between(sum((value - mean) ** 2 for value in logs) / max(freedom, 1), freedom)


def _pooled(parts: list[Between]) -> Between:
    freedom = sum(part.freedom for part in parts)
    return Between(sum(part.variance * part.freedom for part in parts) / max(freedom, 1), freedom)


def compared(new: Point, base: Point, of_new: Between, of_base: Between) -> Ratio:
    """The ratio of two points' rates, new / base. Its interval is that which follows from those of
    both medians, widened where need be to t sqrt(variance of new + variance of base) on both sides,
    as a logarithm: what processes differ, with t of the fewer degrees of freedom. Both tell of the
    spread inside the repeats, so they are not added. A study of which nothing is known is taken to
    scatter as the other. Where nothing is known of either, the interval is that of the medians, and
    the ratio undecided."""
    if new.simulated and base.simulated:  # exact: a simulated run is the same each time
        exact = new.rate / base.rate
        return Ratio(exact, exact, exact)
    alone = ratio(measured_rate(new), measured_rate(base))
    known = [part for part in (of_new, of_base) if part.known]
    if not known:
        return replace(alone, undecided=True)
    first, last = (part if part.known else known[0] for part in (of_new, of_base))
    variance = _left_open(new, first) + _left_open(base, last)
    half = t_quantile(min(part.freedom for part in known)) * math.sqrt(variance)
    return replace(widened(alone, half), once=min(new.repeats, base.repeats) < 2)


def _left_open(point: Point, study: Between) -> float:
    """Variance that processes leave in the logarithm of the median of all samples of a point. A point
    whose own repeats differ more than those of the study is judged by them. Where samples of
    repeats hardly mix, the median of all follows the repeats with the most samples: those count as
    so many processes as the largest repeat goes into all samples, so 10 and 11 samples as one."""
    counts = [len(repeat) for repeat in point.samples]
    processes = sum(counts) // max(counts)
    loss = MEDIAN_TO_MEAN if processes > 2 else 1.0
    return loss * max(study.variance, _own(point).variance) / processes
