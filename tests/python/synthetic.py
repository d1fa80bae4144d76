"""Curves with a known law, and noise as machines make it: what the tests of the fits are fed."""
from __future__ import annotations

import math
import unittest
import warnings
from dataclasses import dataclass
from typing import Callable, Sequence

import numpy as np

import support  # noqa: F401  (finds the package)

from results.fits import Parameter, Sample

DENSE = (1, 2, 3, 4, 6, 8, 12, 16)
DOUBLED = (1, 2, 4, 8)
FEW = (1, 2, 3, 4)


def strong(s: float) -> Callable[[float], float]:
    return lambda p: s + (1 - s) / p


def contention(sigma: float, kappa: float) -> Callable[[float], float]:
    return lambda p: (1 + sigma * (p - 1) + kappa * p * (p - 1)) / p


def weak(s: float) -> Callable[[float], float]:
    """Seconds of p times the work: p over the scaled speed-up."""
    return lambda p: p / (s + (1 - s) * p)


def holds(parameter: Parameter, truth: float) -> bool:
    return parameter.low <= truth <= parameter.high


@dataclass(frozen=True)
class Noise:
    """Of the logarithm of a time: `inside` a repeat, `between` repeats; the share of samples that
    are 1.5 to 5 times slower; how many repeats of how many samples."""

    inside: float
    between: float
    outliers: float
    repeats: int
    samples: int


def random_noise(random: np.random.Generator) -> Noise:
    """From quiet to bad: all the range that the fits promise to stand."""
    return Noise(
        inside=math.exp(random.uniform(math.log(0.005), math.log(0.1))),
        between=float(random.choice([0.0, 0.003, 0.01, 0.03])),
        outliers=float(random.choice([0.0, 0.02, 0.05, 0.1])),
        repeats=int(random.choice([1, 2, 3, 5])),
        samples=int(random.integers(6, 31)),
    )


def times(
    random: np.random.Generator, seconds: float, noise: Noise, factor: float = 1
) -> tuple[tuple[float, ...], ...]:
    """Repeats of a point that takes `seconds`; all its noise times `factor`."""
    shape = (noise.repeats, noise.samples)
    shift = random.normal(0, noise.between * factor, (noise.repeats, 1))
    values = seconds * np.exp(shift + random.normal(0, noise.inside * factor, shape))
    slow = random.random(shape) < noise.outliers
    values = np.where(slow, values * random.uniform(1.5, 5, shape), values)
    return tuple(map(tuple, values.tolist()))


def curve(
    random: np.random.Generator,
    workers: Sequence[int],
    seconds: Callable[[int], float],
    noise: Noise,
    factors: Sequence[float] = (),
    units: Callable[[int], float] = lambda p: 1.0,
) -> list[Sample]:
    return [
        Sample(p, times(random, seconds(p), noise, factors[i] if factors else 1), units(p))
        for i, p in enumerate(workers)
    ]


def exact(
    workers: Sequence[int],
    seconds: Callable[[int], float],
    units: Callable[[int], float] = lambda p: 1.0,
) -> list[Sample]:
    """Without any noise."""
    return [Sample(p, ((seconds(p),) * 6,) * 2, units(p)) for p in workers]


def fewest(cases: int, rate: float = 0.95) -> float:
    """The share of hits that `cases` independent intervals of coverage `rate` fall below with a
    chance of 0.1 %, by the normal approximation of the binomial distribution: 3.09 standard
    deviations."""
    return rate - 3.09 * math.sqrt(rate * (1 - rate) / cases)


class Warned(unittest.TestCase):
    """Any warning is an error."""

    def setUp(self) -> None:
        catch = warnings.catch_warnings()
        catch.__enter__()
        self.addCleanup(catch.__exit__, None, None, None)
        warnings.simplefilter("error")
        self.random = np.random.default_rng(20260)
