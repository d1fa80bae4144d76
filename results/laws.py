"""The scaling laws as curves: how the time of a unit of work changes with the workers."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable

import numpy as np


@dataclass(frozen=True)
class Law:
    """Time for a unit of work on p workers = time on one * exp(offset(p)) * (base(p) + sum of
    parameter_k * slope_k(p)) ** sign. At p = 1 the factor is 1. Every parameter lies in
    [0, upper]."""

    name: str
    formula: str
    source: str
    names: tuple[str, ...]
    symbols: tuple[str, ...]
    upper: tuple[float, ...]
    least_points: int  # fewest distinct numbers of workers
    sign: int
    offset: Callable[[np.ndarray], np.ndarray]
    base: Callable[[np.ndarray], np.ndarray]
    slopes: Callable[[np.ndarray], np.ndarray]  # shape (parameters, points)


AMDAHL = Law(
    name="Amdahl",
    formula="S = 1/(s + (1 - s)/p)",
    source="Amdahl 1967, AFIPS Conference Proceedings 30, 483",
    names=("serial fraction s",),
    symbols=("s",),
    upper=(1.0,),
    least_points=4,
    sign=1,
    offset=np.zeros_like,
    base=lambda p: 1 / p,
    slopes=lambda p: np.stack([1 - 1 / p]),
)

GUSTAFSON = Law(
    name="Gustafson",
    formula="S = s + (1 - s) p",
    source="Gustafson 1988, Communications of the ACM 31, 532",
    names=("serial fraction s",),
    symbols=("s",),
    upper=(1.0,),
    least_points=4,
    sign=-1,
    offset=np.zeros_like,
    base=lambda p: p,
    slopes=lambda p: np.stack([1 - p]),
)

USL = Law(
    name="USL",
    formula="X = lambda p/(1 + sigma (p - 1) + kappa p (p - 1))",
    source="Gunther 2007, Guerrilla Capacity Planning, chapters 4 to 6",
    names=("contention sigma", "coherency kappa"),
    symbols=("sigma", "kappa"),
    upper=(math.inf, math.inf),
    least_points=5,
    sign=1,
    offset=lambda p: -np.log(p),
    base=np.ones_like,
    slopes=lambda p: np.stack([p - 1, p * (p - 1)]),
)


class Curve:
    """A law at given numbers of workers. Parameters come in arrays of shape (..., parameters)."""

    def __init__(self, law: Law, workers: np.ndarray) -> None:
        self.law = law
        self.offset = law.offset(workers)
        self.base = law.base(workers)
        self.slopes = law.slopes(workers)

    def inner(self, parameters: np.ndarray) -> np.ndarray:
        """base + sum of parameter * slope, shape (..., points): above 0 where the law has a
        meaning."""
        return np.asarray(self.base + parameters @ self.slopes)

    def value(self, parameters: np.ndarray) -> np.ndarray:
        """Logarithm of the time of a unit of work, against that on one worker; shape
        (..., points)."""
        return np.asarray(self.offset + self.law.sign * np.log(self.inner(parameters)))

    def gradient(self, parameters: np.ndarray) -> np.ndarray:
        """Derivatives of value by the parameters, of one set of them: shape
        (parameters, points)."""
        return np.asarray(self.law.sign * self.slopes / self.inner(parameters))
