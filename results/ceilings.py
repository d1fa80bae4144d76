"""What the machine itself can do, from the runs of the app `probe` in a study: the ceilings beside
which the report puts the apps."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterable, Sequence

from results.record import Figure, Record

# figures of probe: with "_core" of one worker alone, with "_all" of all together
TRIAD, FMA, DGEMM = "triad", "fma", "dgemm"


@dataclass(frozen=True)
class Ceiling:
    """Of one kind: one worker alone, and all of the run's workers."""

    core: float
    all: float
    workers: int  # of the run that measured `all`
    raised: bool = False  # all together measured less than one alone, whose figure stands for theirs

    def at(self, workers: int) -> float:
        """What `workers` can reach: as many times one of them, and never more than all of them."""
        if workers >= self.workers:
            return self.all * workers / self.workers if self.workers else math.nan
        return min(workers * self.core, self.all)


@dataclass(frozen=True)
class Ceilings:
    bandwidth: Ceiling | None  # byte/s of a triad, 24 byte an element
    compute: Ceiling | None  # flop/s of multiply-adds from registers
    product: Ceiling | None  # flop/s of the BLAS library's DGEMM
    records: tuple[Record, ...]

    def roof(self, intensity: float, workers: int) -> float:
        """flop/s that a program of this intensity (flop/byte) can reach (Williams, Waterman and
        Patterson 2009): min(peak, intensity x bandwidth). NaN where the study has no probe."""
        if self.compute is None or self.bandwidth is None or not intensity > 0:
            return math.nan
        return min(self.compute.at(workers), intensity * self.bandwidth.at(workers))


def ceilings(records: Iterable[Record]) -> Ceilings:
    """From verified probe runs: of all workers the best of those with most workers, of one core the
    best of any. The repetitions of probe are triads of all workers, and count as well."""
    found = sorted(
        (record for record in records if record.app == "probe" and record.verified),
        key=lambda record: (record.ranks * record.threads, record.created_utc),
    )
    # Of one node, where it was measured: several have as many times its memory and cores.
    node = [record for record in found if record.nodes == 1] or found
    return Ceilings(
        _ceiling(node, (TRIAD, f"{TRIAD}_stream"), ("rate",)),
        _ceiling(node, (FMA,)),
        _ceiling(node, (DGEMM,)),
        tuple(found),
    )


def _ceiling(
    records: Sequence[Record], names: tuple[str, ...], more: tuple[str, ...] = ()
) -> Ceiling | None:
    """`more`: other figures of all workers."""
    most = max((record.ranks * record.threads for record in records), default=0)
    largest = [record for record in records if record.ranks * record.threads == most]
    core = _best(records, [f"{name}_core" for name in names])
    whole = _best(largest, [*(f"{name}_all" for name in names), *more])
    if whole is None:
        return None
    if core is None:
        return Ceiling(whole, whole, most)
    return Ceiling(core, max(whole, core), most, raised=whole < core)


def _best(records: Sequence[Record], names: list[str]) -> float | None:
    values = [
        figure.value
        for record in records
        for name in names
        for figure in [record.figures.get(name)]
        if isinstance(figure, Figure) and figure.value > 0
    ]
    return max(values, default=None)
