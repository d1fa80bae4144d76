"""Ratios of two measured rates, with intervals, and their geometric mean."""
from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Sequence

THRESHOLD = 0.05  # a smaller change is called none, however sure it is
CHANGES = ("slower", "faster")


@dataclass(frozen=True)
class Measured:
    """A figure that grows with performance, and the 95 % interval of its median (NaN: none)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Ratio:
    value: float
    low: float  # 95 % interval; NaN where either figure has none
    high: float
    once: bool = False  # either figure is of one process alone
    undecided: bool = False  # nothing is known of how much processes differ

    @property
    def has_interval(self) -> bool:
        return not math.isnan(self.low)

    @property
    def decided(self) -> bool:
        """Whether the interval can tell a change from chance."""
        return self.has_interval and not self.undecided

    def verdict(self, threshold: float = THRESHOLD) -> str:
        """"slower" or "faster": when the interval leaves 1 out and the change is beyond the threshold;
        "no interval" or "undecided" where nothing can be said, else "same"."""
        if not self.has_interval:
            return "no interval"
        if self.undecided:
            return "undecided"
        if self.high < 1 and self.value <= 1 - threshold:
            return "slower"
        if self.low > 1 and self.value >= 1 + threshold:
            return "faster"
        return "same"

    def words(self, threshold: float = THRESHOLD) -> str:
        """The verdict, with a caution where one process speaks for a machine."""
        verdict = self.verdict(threshold)
        return f"{verdict} (one repeat)" if self.once and verdict in CHANGES else verdict

    @property
    def caution(self) -> str:
        """What a reader must know of the interval; "" where it counts all repeats as they are."""
        if self.undecided:
            return "undecided: one repeat each says nothing of how processes differ"
        return "one repeat" if self.once else ""


def ratio(new: Measured, base: Measured) -> Ratio:
    """new / base. The interval joins those of both on the logarithm, by the method of variance
    estimates recovery (Zou and Donner, Statistics in Medicine 27, 2008, equation 4): each side's
    distances are added as squares."""
    value = new.value / base.value
    down = math.hypot(_log(new.value, new.low), _log(base.high, base.value))
    up = math.hypot(_log(new.high, new.value), _log(base.value, base.low))
    if math.isnan(down) or math.isnan(up):
        return Ratio(value, math.nan, math.nan)
    return Ratio(value, value * math.exp(-down), value * math.exp(up))


def _log(high: float, low: float) -> float:
    return math.log(high / low) if high > 0 and low > 0 else math.nan


def widened(part: Ratio, half: float) -> Ratio:
    """`part` with an interval that reaches at least `half` to both sides, as a natural logarithm."""
    if not part.has_interval:
        return part
    down = max(_log(part.value, part.low), half)
    up = max(_log(part.high, part.value), half)
    return replace(part, low=part.value * math.exp(-down), high=part.value * math.exp(up))


def geometric_mean(ratios: Sequence[Ratio]) -> Ratio:
    """Of at least one ratio; its interval by the same rule, for ratios whose errors are independent:
    each of other processes. Intervals that are one quantile of t times standard deviations, as those
    of two studies are, give that quantile times the standard deviation of the mean."""
    n = len(ratios)
    value = math.exp(sum(math.log(part.value) for part in ratios) / n)
    down = math.sqrt(sum(_log(part.value, part.low) ** 2 for part in ratios)) / n
    up = math.sqrt(sum(_log(part.high, part.value) ** 2 for part in ratios)) / n
    once = any(part.once for part in ratios)
    undecided = any(part.undecided for part in ratios)
    if math.isnan(down) or math.isnan(up):
        return Ratio(value, math.nan, math.nan, once, undecided)
    return Ratio(value, value * math.exp(-down), value * math.exp(up), once, undecided)
