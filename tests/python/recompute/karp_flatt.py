"""The serial fraction of each point by itself (Karp and Flatt 1990), against b workers of the variant:
e solves T(p)/T(b) = (e + (1 - e)/p) / (e + (1 - e)/b)."""
import math

from recompute.curves import curves
from recompute.ratios import ratio, time


def fraction(times, p, b):
    """Infinite where no e makes p workers take so many times as long as b."""
    parallel = 1 - 1 / p - times * (1 - 1 / b)
    return math.inf if parallel <= 0 else (times / b - 1 / p) / parallel


def rows(folder):
    pairs = [(point, point.own) for curve in curves(folder) for point in curve if point.own]
    found = {}
    for point, base in pairs:
        if point.scaling == "strong" and point.workers > base.workers:
            times, low, high = ratio(time(point), time(base))
            row = {"workers": point.workers, "serial_fraction": fraction(times, point.workers, base.workers)}
            row["interval_low"] = fraction(low, point.workers, base.workers)
            row["interval_high"] = fraction(high, point.workers, base.workers)
            name = f"{point.problem} {point.variant} Karp-Flatt p={point.workers}"
            found[name] = {key: value for key, value in row.items() if not math.isnan(value)}
    return found
