"""Rates of several studies beside each other, their ratios to a base, above 1 is faster, and the
intervals of these."""
import math

from recompute.beside import beside
from recompute.open_ratios import open_ratio


def ratios(points, folders, base):
    """By number of the study."""
    pairs = {n: (point, points[base]) for n, point in enumerate(points) if n != base}
    return {
        n: open_ratio(*pair, folders[n], folders[base]) for n, pair in pairs.items() if None not in pair
    }


def rows(folders, base=0):
    found = {}
    for name, points in beside(folders).items():
        row = found[name] = {f"rate{n}": p.units / p.median for n, p in enumerate(points) if p}
        for n, part in ratios(points, folders, base).items():
            row[f"ratio{n}"] = part.value
            if not math.isnan(part.low):
                row.update({f"interval{n}_low": part.low, f"interval{n}_high": part.high})
    return found
