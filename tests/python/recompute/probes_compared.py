"""Figures of probe of several studies, and how many times better than the base's each is: times, which
fall with performance, are turned round first."""
import math

from recompute.probes_told import probes_told
from recompute.ratios import ratio

UPWARDS = ("byte/s", "flop/s", "byte s-1", "s-1")


def better(unit, value, low, high):
    """NaN where there is none, or none that is above 0."""
    value, low, high = (end if end > 0 else math.nan for end in (value, low, high))
    return (value, low, high) if unit in UPWARDS else (1 / value, 1 / high, 1 / low)


def rows(folders, base=0):
    studies = [probes_told(folder) for folder in folders]
    found = {}
    for name in dict.fromkeys(name for study in studies for name in study):
        row = found[name] = {f"rate{n}": study[name][1] for n, study in enumerate(studies) if name in study}
        for n, study in enumerate(studies):
            if n != base and name in study and name in studies[base]:
                told = ratio(better(*study[name]), better(*studies[base][name]))
                keys = f"ratio{n}", f"interval{n}_low", f"interval{n}_high"
                row.update({key: value for key, value in zip(keys, told) if not math.isnan(value)})
    return found
