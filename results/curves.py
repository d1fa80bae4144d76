"""The points of one variant as a curve, with the laws fitted to it."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

import numpy as np

from results import fits
from results.points import Point, Table, fastest


@dataclass(frozen=True)
class Curve:
    """What one variant's points of one table say of scaling laws."""

    variant: str
    law: fits.Fit | fits.Refusal  # Amdahl (strong) or Gustafson (weak)
    usl: fits.Fit | fits.Refusal
    serial_fractions: tuple[fits.SerialFraction, ...]  # strong scaling alone
    serial_words: str
    base_workers: int  # of the point that serial fractions are against
    base_rate: float  # units/s of one worker of what speed-up is drawn against; NaN: there is nothing

    @property
    def fit(self) -> fits.Fit | None:
        return self.law if isinstance(self.law, fits.Fit) else None


@dataclass(frozen=True)
class FittedLine:
    """A fitted law as it is drawn: inside the data alone."""

    variant: str
    law: str
    workers: tuple[float, ...]
    speedup: tuple[float, ...]  # against the base of the drawn points
    low: tuple[float, ...]  # 95 % interval of the fitted curve
    high: tuple[float, ...]


LINE_POINTS = 60


def fitted_lines(curves: Sequence[Curve], table: Table) -> list[FittedLine]:
    lines = []
    for curve in curves:
        fit = curve.fit
        used = [p.workers for p in table.points if p.variant == curve.variant and p.used]
        if fit is None or min(used) == max(used) or math.isnan(curve.base_rate):
            continue
        ratio = max(used) / min(used)
        across = [min(used) * ratio ** (n / LINE_POINTS) for n in range(LINE_POINTS + 1)]
        speedups = tuple(fit.rate(p) / curve.base_rate for p in across)
        bands = np.array([fit.rate_band(p) for p in across]) / curve.base_rate
        low, high = (tuple(map(float, ends)) for ends in bands.T)
        lines.append(FittedLine(curve.variant, fit.law, tuple(across), speedups, low, high))
    return lines


def curves_of(table: Table) -> list[Curve]:
    """Of each parallel variant that has a point which is used; of layouts with as many workers the
    fastest."""
    found = []
    for variant in ("omp", "mpi", "hybrid"):
        points = fastest(p for p in table.points if p.variant == variant and p.used)
        if points:
            found.append(_curve(table, variant, points))
    return found


def _curve(table: Table, variant: str, points: Sequence[Point]) -> Curve:
    samples = [_sample(point) for point in points]
    strong = table.problem.scaling == "strong"
    base = table.own_base(variant)
    fractions: tuple[fits.SerialFraction, ...] = ()
    if strong and base is not None:
        fractions = fits.karp_flatt(_sample(base), samples)
    drawn = table.serial or base
    return Curve(
        variant,
        fits.amdahl(samples) if strong else fits.gustafson(samples),
        fits.usl(samples, points[0].rate_unit),
        fractions,
        fits.karp_flatt_words(fractions) if fractions else "",
        base.workers if base is not None else 1,
        drawn.rate / drawn.workers if drawn is not None else math.nan,
    )


def _sample(point: Point) -> fits.Sample:
    return fits.Sample(point.workers, point.samples, point.units)
