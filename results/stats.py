"""The median of a sample and how sure it is; the twin of common/stats.h."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

INTERVAL_MIN = (
    6  # fewest samples with a 95 % interval: minimum and maximum hold the median with 96.9 %
)
EXACT_MAX = 1000


@dataclass(frozen=True)
class Summary:
    """Median, and its 95 % interval: NaN with under INTERVAL_MIN samples."""

    median: float
    low: float
    high: float
    n: int

    @property
    def has_interval(self) -> bool:
        return not math.isnan(self.low)


def median_ranks(n: int) -> tuple[int, int] | None:
    """Ranks, from 1, of the order statistics that enclose the median with at least 95 %, without
    any assumption on the distribution: the largest l with 2 P(B <= l - 1) <= 0.05 where B is
    binomial(n, 1/2), and n + 1 - l (David and Nagaraja, Order Statistics, 7.1; Hoefler and Belli,
    SC15, 3.1.3). Above EXACT_MAX samples the normal approximation."""
    if n < INTERVAL_MIN:
        return None
    if n > EXACT_MAX:
        low = math.floor((n - 1.96 * math.sqrt(n)) / 2)
        return low, n + 1 - low
    low, tail = 0, 1  # tail = 2^n P(B <= low), in whole numbers
    while 40 * tail <= 2**n:
        low += 1
        tail += math.comb(n, low)
    return low, n + 1 - low


def summarise(samples: Sequence[float]) -> Summary:
    """Of at least one sample."""
    ordered = sorted(samples)
    n = len(ordered)
    median = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    ranks = median_ranks(n)
    if ranks is None:
        return Summary(median, math.nan, math.nan, n)
    return Summary(median, ordered[ranks[0] - 1], ordered[ranks[1] - 1], n)


def pool(repeats: Sequence[Sequence[float]]) -> Summary:
    """One summary of several repeats of a run: the median of all samples, its interval widened
    where need be to hold the median of every repeat. Samples of one repeat resemble each other more
    than those of two, so the interval of the pooled samples alone would promise too much.

    Few repeats know little of the spread between repeats. Where that is larger than the spread
    inside, the interval holds the machine's median with 1 - 2^(1-R) at R repeats, the chance that
    their medians lie on both sides of it: 50 % at 2, 75 % at 3, 94 % at 5, 97 % at 6. With one
    repeat it is the interval of that process alone, and may hold the machine's median far less
    often than 95 %. Where repeats do not differ it holds 95 % or more with any number of them."""
    whole = summarise([sample for repeat in repeats for sample in repeat])
    medians = [summarise(repeat).median for repeat in repeats]
    if not whole.has_interval:
        return whole
    return Summary(whole.median, min(whole.low, *medians), max(whole.high, *medians), whole.n)
