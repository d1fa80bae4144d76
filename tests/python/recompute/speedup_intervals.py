"""Intervals of speed-up and parallel efficiency: those of a quotient of two medians."""
import math

from recompute.bases import related
from recompute.ratios import rate, ratio
from recompute.speedups import speedup


def rows(folder):
    found = {}
    for point in related(folder):
        base = point.serial or point.own
        if not point.used or base is None or base is point:
            continue
        value, *ends = ratio(rate(point), rate(base))
        row = found[point.name] = {}
        for name, end in zip(("low", "high"), ends):
            if not math.isnan(end):
                row[f"speedup_interval_{name}"] = speedup(point, base) * end / value
                row[f"efficiency_interval_{name}"] = speedup(point, base) * end / value / point.workers
    return found
