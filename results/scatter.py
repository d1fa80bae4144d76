"""How far repeats scatter about a law, and how far Q may thus rise in the region of a fit.

A repeat's median strays by the spread inside the repeat, which the samples show, and by what
differs between processes (memory pages, placement, clock), which only repeats and points show. The
model is that of a meta-analysis: variance inside, which is known, plus one variance between, which
is found from the residuals (Paule and Mandel 1982, Journal of Research of the National Bureau of
Standards 87, 377), and a quantile of t by the degrees of freedom (Knapp and Hartung 2003,
Statistics in Medicine 22, 2693).
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from results.laws import Curve, Law
from results.region import Data, best
from results.samples import RESOLUTION, Locations

ROUNDS = 20  # of weights and fit in turn, until they agree
AGREED = 1e-3  # relative change of the variance between
HALVINGS = 40
# Points may stand farther from the law than repeats explain, because no machine follows a law
# exactly. A test at this level decides; a strict one would overlook it (Bancroft 1964, Biometrics
# 20, 427). It can only widen the intervals.
MISFIT_LEVEL = 0.25
COVERAGE = 0.95


@dataclass(frozen=True)
class Scatter:
    """The best fit, its data with the weights found, and the limit of Q for 95 % intervals of one
    quantity."""

    data: Data
    centre: np.ndarray
    limit: float


def settle(law: Law, seen: Locations) -> Scatter:
    """Fits `law` and finds its weights in turn."""
    curve = Curve(law, seen.workers)
    freedom = len(seen.value) - 1 - len(law.upper)
    between, weight = math.inf, np.ones(len(seen.value))
    centre = None
    for _ in range(ROUNDS):
        data = Data(curve, seen.value, weight)
        centre = best(data, centre)
        before, between = between, _between(data.level(centre)[1], seen.variance, freedom)
        weight = 1 / (seen.variance + between)
        if abs(between - before) <= AGREED * (between + float(seen.variance.min())):
            break
    data = Data(curve, seen.value, weight)
    centre = best(data, centre)
    return Scatter(data, centre, _limit(data, centre, seen.point, freedom))


def _between(residuals: np.ndarray, variance: np.ndarray, freedom: int) -> float:
    """The variance between that makes the weighted squares of the residuals what they should be: as
    many as there are degrees of freedom. 0 where the spread inside explains all."""
    squares = residuals**2
    low, high = 0.0, float(squares.sum()) / freedom
    if float((squares / variance).sum()) <= freedom:
        return 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if float((squares / (variance + middle)).sum()) > freedom:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _limit(data: Data, centre: np.ndarray, point: np.ndarray, freedom: int) -> float:
    squares = float(data.squares(centre))
    unit, degrees = squares / freedom, freedom
    means = np.bincount(point, data.weight * data.value) / np.bincount(point, data.weight)
    pure = float(data.weight @ (data.value - means[point]) ** 2)
    pure_freedom = len(point) - len(means)
    misfit_freedom = freedom - pure_freedom
    if pure_freedom > 0 and misfit_freedom > 0:
        misfit = (squares - pure) / misfit_freedom
        most = f_quantile(1 - MISFIT_LEVEL, misfit_freedom, pure_freedom)
        if misfit > most * pure / pure_freedom:
            unit, degrees = misfit, misfit_freedom
    unit = max(unit, RESOLUTION**2 * float(data.weight.max()))
    return squares + unit * t_quantile(degrees) ** 2


@lru_cache(maxsize=None)
def t_quantile(degrees: int) -> float:
    """Two-sided, of COVERAGE."""
    return float(special.stdtrit(degrees, (1 + COVERAGE) / 2))


@lru_cache(maxsize=None)
def f_quantile(level: float, upper: int, lower: int) -> float:
    return float(special.fdtri(upper, lower, level))
