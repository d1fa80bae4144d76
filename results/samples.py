"""One point of a curve as its samples, and what a fit needs of them: locations and variances."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

import numpy as np
from scipy import special

RESOLUTION = 1e-12  # no relative time is taken to be surer: rounding of sums of double precision
# From the lower quarter of the distances to the standard deviation of a normal distribution, the
# corrections for few values, and what is known of a scale that way, against the standard deviation.
FROM_DISTANCE = 2.2219
SMALL_SAMPLES = {2: 0.399, 3: 0.994, 4: 0.512, 5: 0.844, 6: 0.611, 7: 0.857, 8: 0.669, 9: 0.872}
DISTANCE_EFFICIENCY = 0.82
MOST_COMPARED = 200  # of a longer sample every so many-th value
LEAST_SPREAD = 1e-4  # squared, against the largest of a curve: ticks of a clock may show none
MOST_PRIOR = 100.0  # half the degrees of freedom of the common spread: as good as all of the weight


@dataclass(frozen=True)
class Sample:
    """One point of a curve: the seconds of every repetition of every repeat (a process of its own),
    and the work of one repetition, which grows with the workers in weak scaling."""

    workers: int
    repeats: tuple[tuple[float, ...], ...]
    units: float


@dataclass(frozen=True)
class Locations:
    """Every repeat of a curve as one observation, in arrays of one length. `point` is the index of
    its sample, `value` the logarithm of its median in seconds for a unit of work, `variance` that
    of the value by the spread inside the repeat alone."""

    point: np.ndarray
    workers: np.ndarray
    value: np.ndarray
    variance: np.ndarray


def fault(samples: Sequence[Sample]) -> str:
    """Why the samples are no data for a fit, or ''."""
    for sample in samples:
        if sample.workers < 1:
            return f"{sample.workers} workers"
        if not (math.isfinite(sample.units) and sample.units > 0):
            return f"work of {sample.units} at {sample.workers} workers"
        if not sample.repeats or not all(sample.repeats):
            return f"a repeat without samples at {sample.workers} workers"
        if not all(math.isfinite(t) and t > 0 for repeat in sample.repeats for t in repeat):
            return f"a time that is not above 0 at {sample.workers} workers"
    return ""


def locate(samples: Sequence[Sample]) -> Locations:
    """Of samples without a fault."""
    point, workers, value, counts, spreads, freedoms = [], [], [], [], [], []
    for index, sample in enumerate(samples):
        squares = freedom = 0.0
        for repeat in sample.repeats:
            logs = np.sort(np.log(np.array(repeat) / sample.units))
            point.append(index)
            workers.append(sample.workers)
            value.append(float(logs[(logs.size - 1) // 2] + logs[logs.size // 2]) / 2)
            counts.append(logs.size)
            own = DISTANCE_EFFICIENCY * (logs.size - 1)
            squares, freedom = squares + own * robust_scale(logs) ** 2, freedom + own
        spreads.append(squares / max(freedom, 1))
        freedoms.append(freedom)
    place = np.array(point)
    spread = _steadied(np.array(spreads), np.array(freedoms))[place]
    variance = np.maximum(math.pi / 2 * spread / np.array(counts), RESOLUTION**2)
    return Locations(place, np.array(workers, dtype=float), np.array(value), variance)


def robust_scale(ordered: np.ndarray) -> float:
    """Standard deviation of a normal sample, from the lower quarter of the distances between its
    values, so that up to half of the values may be outliers: Q_n of Rousseeuw and Croux 1993,
    Journal of the American Statistical Association 88, 1273. Takes ascending values; 0 for one."""
    if ordered.size < 2:
        return 0.0
    thin = ordered[:: -(-ordered.size // MOST_COMPARED)]
    n = thin.size
    half = n // 2 + 1
    rank = half * (half - 1) // 2  # from 1, of the n (n - 1)/2 distances
    place = n + 2 * (rank - 1)  # in the square of them: n zeros first, then each distance twice
    distance = np.partition(np.abs(thin[:, np.newaxis] - thin), place, axis=None)[place]
    small = SMALL_SAMPLES.get(n, n / (n + (1.4 if n % 2 else 3.8)))
    return FROM_DISTANCE * small * float(distance)


def _steadied(spreads: np.ndarray, freedoms: np.ndarray) -> np.ndarray:
    """The squared spread of each point drawn towards that of the curve: the spread of a few samples
    is itself a guess, and a point that is quiet by chance would get all the weight. How far is
    found from the spreads: where they differ no more than chance makes them, all points get the
    common one, and where points differ in truth, each keeps its own (Smyth 2004, Statistical
    Applications in Genetics and Molecular Biology 3, 3, section 6.2)."""
    known = freedoms > 0
    if not known.any() or spreads[known].max() == 0:
        return spreads
    own, half = np.maximum(spreads[known], LEAST_SPREAD * spreads[known].max()), freedoms[known] / 2
    logs = np.log(own) - special.digamma(half) + np.log(half)
    excess = float(logs.var(ddof=1) - _trigamma(half).mean()) if own.size > 1 else 0.0
    middle = float(logs.mean())
    if excess <= _trigamma(MOST_PRIOR):
        return np.full(len(spreads), math.exp(middle))
    prior = _inverse_trigamma(excess)
    common = math.exp(middle + float(special.digamma(prior)) - math.log(prior))
    steadied = np.full(len(spreads), common)
    steadied[known] = (prior * common + half * own) / (prior + half)
    return steadied


def _trigamma(x: np.ndarray | float) -> np.ndarray:
    return np.asarray(special.zeta(2, x))


def _inverse_trigamma(value: float) -> float:
    low, high = 0.0, MOST_PRIOR  # the function falls
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _trigamma(middle) > value else (low, middle)
    return (low + high) / 2
