"""Fits of the scaling laws to the points of a curve, with intervals, or the reason for none."""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Sequence

import numpy as np

from results.karp_flatt import SerialFraction, karp_flatt, karp_flatt_words
from results.laws import AMDAHL, GUSTAFSON, USL, Curve, Law
from results.region import Region, region
from results.samples import Locations, Sample, fault, locate
from results.scatter import Scatter, settle, t_quantile
from results.words import Amount, Words, counted, joined

__all__ = [
    "Fit",
    "Parameter",
    "Refusal",
    "Sample",
    "SerialFraction",
    "amdahl",
    "efficient_workers",
    "gustafson",
    "karp_flatt",
    "karp_flatt_words",
    "usl",
]

SAME_WORK = 1e-6  # relative: strong scaling solves one problem
MOST_GROWTH = 2.0  # of the work of a worker, in weak scaling
FAR = 2  # times the largest number of workers: beyond, a law is a guess


@dataclass(frozen=True)
class Parameter:
    """Value and 95 % interval; `high` is infinite where the data set no upper end."""

    name: str
    symbol: str
    value: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class Refusal:
    law: str
    reason: str


@dataclass(frozen=True)
class Fit:
    """A law with its parameters, and the curve they make.

    `residuals` are (workers, (measured - fitted)/fitted of the time), one of each sample, measured
    being the geometric mean of the medians of its repeats; `spread` is the root of their squares
    over the degrees of freedom, points less parameters. `note` says when the law does not suit the
    data."""

    law: str
    formula: str
    source: str
    parameters: tuple[Parameter, ...]
    residuals: tuple[tuple[int, float], ...]
    spread: float
    largest: int
    note: str
    curve: Fitted = field(repr=False, compare=False)

    def time(self, workers: float) -> float:
        """Fitted seconds of one repetition. Its work is that of the samples; between their numbers
        of workers the work of a worker is interpolated, beyond them it stays."""
        return self.curve.units(workers) * math.exp(self.curve.logarithm(workers))

    def rate(self, workers: float) -> float:
        """Units of work a second on the fitted curve."""
        return math.exp(-self.curve.logarithm(workers))

    def rate_band(self, workers: float) -> tuple[float, float]:
        """95 % interval of `rate`."""
        low, high = self.curve.interval(workers)
        return math.exp(-high), math.exp(-low)

    def speedup(self, workers: float) -> float:
        """Against one worker on the fitted curve; scaled speed-up where the work grows."""
        return math.exp(self.curve.logarithm(1) - self.curve.logarithm(workers))

    def band(self, workers: float) -> tuple[float, float]:
        """95 % interval of `time`, the fitted curve; a new sample strays farther."""
        low, high = self.curve.interval(workers)
        units = self.curve.units(workers)
        return units * math.exp(low), units * math.exp(high)

    @property
    def smallest(self) -> int:
        return min(workers for workers, _ in self.residuals)

    def extrapolated(self, workers: float) -> bool:
        return workers > FAR * self.largest


@dataclass(frozen=True)
class Fitted:
    """What a fit needs to draw itself: times are logarithms of seconds for a unit of work."""

    law: Law
    level: float
    parameters: np.ndarray
    region: Region
    work: tuple[tuple[float, float], ...]  # (workers, work of one worker), ascending
    growing: bool  # the work grows with the workers

    def units(self, workers: float) -> float:
        places, shares = np.log(np.array(self.work)).T
        each = math.exp(float(np.interp(math.log(workers), places, shares)))
        return each * workers if self.growing else each

    def logarithm(self, workers: float) -> float:
        curve = Curve(self.law, np.array([float(workers)]))
        return self.level + float(curve.value(self.parameters)[0])

    def interval(self, workers: float) -> tuple[float, float]:
        value = Curve(self.law, np.array([float(workers)])).value(self.region.parameters)[:, 0]
        value = value + self.region.level
        return float((value - self.region.reach).min()), float((value + self.region.reach).max())


def amdahl(samples: Sequence[Sample]) -> Fit | Refusal:
    """Strong scaling: T(p) = T1 (s + (1 - s)/p); T1 and s are both fitted."""
    reason = refusal(AMDAHL, samples)
    if not reason:
        least, most = min(a.units for a in samples), max(a.units for a in samples)
        if most - least > SAME_WORK * most:
            reason = Words("the work differs, from ", *_ends(least, most), ": Amdahl takes one problem")
    if reason:
        return Refusal(AMDAHL.name, reason)
    return _fit(AMDAHL, samples, False, "s")


def gustafson(samples: Sequence[Sample]) -> Fit | Refusal:
    """Weak scaling: rate(p) = rate(1) (s + (1 - s) p), the rate being work over time; so the work
    of a worker need not be quite the same everywhere. T1 is the time on one worker."""
    reason = refusal(GUSTAFSON, samples)
    if not reason:
        each = [a.units / a.workers for a in samples]
        if max(each) > MOST_GROWTH * min(each):
            reason = Words(
                "the work of a worker differs, from ", *_ends(min(each), max(each)),
                ": Gustafson takes problems that grow with the workers",
            )
    if reason:
        return Refusal(GUSTAFSON.name, reason)
    return _fit(GUSTAFSON, samples, True, "s")


def usl(samples: Sequence[Sample], rate_unit: str = "unit/s") -> Fit | Refusal:
    """X(p) = lambda p/(1 + sigma (p - 1) + kappa p (p - 1)), the rate X being work over time, in
    strong or weak scaling."""
    reason = refusal(USL, samples)
    if reason:
        return Refusal(USL.name, reason)
    units = [a.units for a in samples]
    growing = max(units) - min(units) > SAME_WORK * max(units)
    return _fit(USL, samples, growing, rate_unit)


def refusal(law: Law, samples: Sequence[Sample]) -> str:
    """Why `law` cannot be fitted, or ''."""
    distinct = len({sample.workers for sample in samples})
    if distinct < law.least_points:
        return Words(
            "too few points: ",
            counted(distinct, "distinct number", "distinct"),
            f" of workers, {law.name} takes {law.least_points}",
        )
    return fault(samples)


def _ends(least: float, most: float) -> tuple[Amount, str, Amount]:
    return Amount(f"{least:g}", least, "work_least"), " to ", Amount(f"{most:g}", most, "work_most")


def efficient_workers(fit: Fit, base_rate: float, efficiency: float = 0.5) -> int | None:
    """The largest number of workers with at least this parallel efficiency by the law, against
    `base_rate`, units of work a second of one worker; it falls with p in all laws. 0 where it is below
    that on the fewest workers measured; None where it lies beyond twice the largest number."""

    def efficient(workers: int) -> bool:
        return fit.rate(workers) >= efficiency * base_rate * workers

    low, high = fit.smallest, FAR * fit.largest
    if not efficient(low):
        return 0
    if efficient(high):
        return None
    while high - low > 1:  # low is efficient, high is not
        middle = (low + high) // 2
        if efficient(middle):
            low = middle
        else:
            high = middle
    return low


def _fit(law: Law, samples: Sequence[Sample], growing: bool, unit: str) -> Fit:
    seen = locate(samples)
    scatter = settle(law, seen)
    shape = region(scatter.data, scatter.limit, scatter.centre)
    level = float(scatter.data.level(scatter.centre)[0])
    curve = Fitted(law, level, scatter.centre, shape, _work(samples, growing), growing)
    shapes = tuple(
        Parameter(
            name,
            symbol,
            float(scatter.centre[k]),
            float(shape.parameters[:, k].min()),
            math.inf if shape.endless else float(shape.parameters[:, k].max()),
            "1",
        )
        for k, (name, symbol) in enumerate(zip(law.names, law.symbols))
    )
    residuals = _residuals(curve, samples, seen)
    freedom = len(residuals) - 1 - len(law.symbols)
    return Fit(
        law=law.name,
        formula=law.formula,
        source=law.source,
        parameters=(*shapes, _scale(curve, unit)),
        residuals=residuals,
        spread=math.sqrt(sum(r * r for _, r in residuals) / freedom),
        largest=max(sample.workers for sample in samples),
        note=_note(scatter),
        curve=curve,
    )


def _work(samples: Sequence[Sample], growing: bool) -> tuple[tuple[float, float], ...]:
    each: dict[int, list[float]] = {}
    for sample in samples:
        share = sample.units / sample.workers if growing else sample.units
        each.setdefault(sample.workers, []).append(share)
    return tuple((float(p), sum(shares) / len(shares)) for p, shares in sorted(each.items()))


def _scale(curve: Fitted, unit: str) -> Parameter:
    """Of the curve on one worker: the time, or for a law of rates the rate."""
    low, high = curve.interval(1)
    value, endless = curve.logarithm(1), curve.region.endless
    if curve.law is USL:
        rate = (math.exp(-value), math.exp(-high), math.inf if endless else math.exp(-low))
        return Parameter("rate of one worker lambda", "lambda", *rate, unit)
    time = (curve.units(1) * math.exp(x) for x in (value, low, high))
    return Parameter("time of one worker T1", "T1", *time, unit)


def _residuals(
    curve: Fitted, samples: Sequence[Sample], seen: Locations
) -> tuple[tuple[int, float], ...]:
    means = np.bincount(seen.point, seen.value) / np.bincount(seen.point)
    return tuple(
        (sample.workers, math.expm1(float(mean) - curve.logarithm(sample.workers)))
        for sample, mean in zip(samples, means)
    )


def _note(scatter: Scatter) -> str:
    """Says when a parameter is held by a bound that the data contradict: when leaving it would
    explain more of Q than chance does."""
    data, law = scatter.data, scatter.data.curve.law
    residuals = data.level(scatter.centre)[1]
    slopes = data.gradient(scatter.centre)
    squares = float(data.weight @ residuals**2)
    freedom = len(residuals) - 1 - len(law.symbols)
    notes = []
    for k, symbol in enumerate(law.symbols):
        at_low, at_high = scatter.centre[k] == 0, scatter.centre[k] == law.upper[k]
        pull = float(data.weight @ (residuals * slopes[k]))
        if not (at_low and pull < 0 or at_high and pull > 0):
            continue
        gain = pull**2 / float(data.weight @ slopes[k] ** 2)
        if gain * freedom > t_quantile(freedom) ** 2 * max(squares - gain, 0.0):
            word, bound = ("faster", 0.0) if at_low else ("slower", law.upper[k])
            held = Amount(f"{bound:g}", bound, "value", symbol)
            notes.append(Words(f"{word} than the law allows: {symbol} is at its bound ", held))
    return joined("; ", notes)
