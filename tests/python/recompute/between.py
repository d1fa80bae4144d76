"""How much processes of one study differ: the variance of the logarithm of a repeat's median about the
mean of its point, over all points with repeats. Points that differ far more than all others (Cochran
1941, Annals of Eugenics 11, 47; once in a hundred studies by chance) say nothing of those."""
import math
from functools import lru_cache

import numpy as np
from scipy.stats import f

from recompute.bases import related


def own(point):
    """Variance and degrees of freedom of one point."""
    logs = [np.log(np.median(repeat)) for repeat in point.repeats]
    return (np.var(logs, ddof=1), len(logs) - 1) if len(logs) > 1 else (0.0, 0)


def pooled(parts):
    freedom = sum(degrees for _, degrees in parts)
    return sum(variance * degrees for variance, degrees in parts) / max(freedom, 1), freedom


@lru_cache(maxsize=None)
def between(folder):
    parts = sorted(own(point) for point in related(folder) if point.used and len(point.repeats) > 1)
    while len(parts) > 1:
        variance, freedom = pooled(parts[:-1])
        if parts[-1][0] <= variance * f.ppf(1 - 0.01 / len(parts), parts[-1][1], freedom):
            break
        parts.pop()
    return pooled(parts)


def rows(folders, base=0):
    found = {f"study {n}": between(folder) for n, folder in enumerate(folders)}
    known = {name: told for name, told in found.items() if told[1]}
    return {name: {"differ": math.sqrt(variance), "freedom": n} for name, (variance, n) in known.items()}
