"""Where the time of a point went, and how well its ranks were used, by the definitions of POP
(common/efficiency.h): with U_i the time that rank i computed, outside communication and I/O,
and T the run time,

    load balance             = mean of U / max of U
    communication efficiency = max of U / T
    parallel efficiency      = their product

over all repetitions of all repeats together. One rank has nobody to wait for, and what its threads do
among themselves counts as computing: its 100 % would be no measurement, and it has no such figures."""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Sequence

from results.record import PHASES, Record


@dataclass(frozen=True)
class Split:
    phases: dict[str, float]  # mean of the ranks, s in one repetition, by name of phase
    load_balance: float  # NaN of one rank, as the two below
    communication_efficiency: float
    parallel_efficiency: float

    @property
    def seconds(self) -> float:
        """Mean of the ranks in one repetition: a mean of repetitions as well, not their median."""
        return sum(self.phases.values())

    def share(self, phase: str) -> float:
        """Of `seconds`; NaN of no time at all."""
        return _quotient(self.phases[phase], self.seconds)


def split_of(records: Sequence[Record]) -> Split | None:
    """None where a file does not say where its time went."""
    times = [record.times for record in records if record.times is not None]
    if not records or len(times) < len(records):
        return None
    reps = sum(len(record.elapsed) for record in records)
    mean = sum(part.useful_mean for part in times)
    most = sum(part.useful_max for part in times)
    elapsed = sum(part.elapsed for part in times)
    phases = {phase: sum(part.phases[phase] for part in times) / reps for phase in PHASES}
    if records[0].ranks == 1:
        return Split(phases, math.nan, math.nan, math.nan)
    return Split(
        phases, _quotient(mean, most), _quotient(most, elapsed), _quotient(mean, elapsed)
    )


def _quotient(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan
