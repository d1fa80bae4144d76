"""The serial fraction that each point of a curve shows by itself (Karp and Flatt 1990,
Communications of the ACM 33, 539)."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Sequence

from results.samples import Sample
from results.stats import Summary, pool
from results.words import Amount, Words, joined, whole


@dataclass(frozen=True)
class SerialFraction:
    """e = (1/S - 1/p)/(1 - 1/p - (b - 1)/S) against b workers, b = 1 in the paper, and its 95 %
    interval: NaN where a median has none. Below 0 where the speed-up exceeds p; above 1 where the base
    was faster, and infinite where against b workers no e at all makes it so slow."""

    workers: int
    value: float
    low: float
    high: float


def karp_flatt(base: Sample, samples: Sequence[Sample]) -> tuple[SerialFraction, ...]:
    """Of every sample with more workers than `base`, by ascending workers; S is against it, scaled
    where the work grows, and its b workers count as b. That e is the one of T(p) = T1 (e + (1 - e)/p):
    T(p)/T(b) = b/S is solved for it. The interval is that of the ratio of two medians, each with an interval of
    its own: half widths add as squares, in logarithms (Zou and Donner 2008, Statistics in Medicine
    27, 1693). The base's part of it is shared by all points."""
    first = pool(base.repeats)
    found = []
    for sample in sorted(samples, key=lambda a: a.workers):
        if sample.workers > base.workers:
            times = _times(first, pool(sample.repeats), base.units / sample.units)
            ends = (_e(x, sample.workers, base.workers) for x in times)
            found.append(SerialFraction(sample.workers, *ends))
    return tuple(found)


def karp_flatt_words(fractions: Sequence[SerialFraction]) -> str:
    """One sentence on what the intervals support."""
    sure = sorted(
        (e for e in fractions if not math.isnan(e.low) and not math.isnan(e.high)),
        key=lambda e: e.workers,
    )
    if len(sure) < 2:
        return "Too few points with intervals to tell a serial part from overhead."
    slower = [e for e in sure if e.low > 1]
    if slower:
        which = joined(", ", (_workers(e) for e in slower))
        why = " workers: no serial part explains that, but overhead does."
        return Words("Slower than the base on ", which, why)
    if all(e.high < 0 for e in sure):
        return "Faster than p times the base on every number of workers: no serial part is seen."
    rises = _step(sure, lambda a, b: b.low > a.high)
    falls = _step(sure, lambda a, b: b.high < a.low)
    if rises and falls:
        return (
            "The serial fraction e rises and falls with the workers: neither a serial part nor "
            "overhead that grows explains it alone."
        )
    if rises:
        a, b = rises
        return Words(*_from_to("rises", a, b), ": overhead that grows with the workers.")
    if falls:
        a, b = falls
        why = ": more workers gain something, such as cache, or the base is slow."
        return Words(*_from_to("falls", a, b), why)
    low, high = max(e.low for e in sure), min(e.high for e in sure)
    if low <= 0 <= high:
        return "No serial part is seen: every interval of the serial fraction e holds 0."
    return Words(
        "One serial fraction e between ",
        Amount(f"{low:.2g}", low, "common_low"),
        " and ",
        Amount(f"{high:.2g}", high, "common_high"),
        " suits every point: a serial part; no overhead that grows is seen.",
    )


def _from_to(way: str, a: SerialFraction, b: SerialFraction) -> tuple[str, ...]:
    start = f"The serial fraction e {way}, from "
    return start, _e_words(a), " on ", _workers(a), " workers to ", _e_words(b), " on ", _workers(b)


def _e_words(e: SerialFraction) -> Words:
    return Words(Amount(f"{e.value:.2g}", e.value, "serial_fraction", f"p={e.workers}"))


def _workers(e: SerialFraction) -> Words:
    return Words(whole(e.workers, "workers", f"p={e.workers}"))


def _step(
    fractions: Sequence[SerialFraction], apart: Callable[[SerialFraction, SerialFraction], bool]
) -> tuple[SerialFraction, SerialFraction] | None:
    """Of the pairs of fewer and more workers that are apart, the one farthest apart in workers."""
    pairs = [
        (a, b)
        for i, a in enumerate(fractions)
        for b in fractions[i + 1 :]
        if b.workers > a.workers and apart(a, b)
    ]
    return max(pairs, key=lambda pair: pair[1].workers / pair[0].workers, default=None)


def _times(base: Summary, point: Summary, work: float) -> tuple[float, float, float]:
    """T(p)/T(b) and its interval, from the medians in seconds and the base's work by the point's."""
    times = work * point.median / base.median
    down = math.hypot(math.log(point.median / point.low), math.log(base.high / base.median))
    up = math.hypot(math.log(point.high / point.median), math.log(base.median / base.low))
    return times, times * math.exp(-down), times * math.exp(up)


def _e(times: float, workers: int, base: int) -> float:
    parallel = 1 - 1 / workers - times * (1 - 1 / base)
    return math.inf if parallel <= 0 else (times / base - 1 / workers) / parallel
