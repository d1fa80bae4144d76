"""What laws are fitted to: of each repeat of the points of a curve the logarithm of the median time of
a unit of work, and its variance by the spread inside repeats."""
import math
from types import SimpleNamespace

import numpy as np

from recompute.spread import spread
from recompute.steadied import steadied

KNOWN = 0.82  # of the degrees of freedom: what Q_n tells, against the standard deviation


def observed(curve):
    place, logs, squares, freedoms = [], [], [], []
    for index, point in enumerate(curve):
        own = [np.log(repeat / point.units) for repeat in point.repeats]
        freedom = [KNOWN * (len(values) - 1) for values in own]
        parts = [f * spread(values) ** 2 for f, values in zip(freedom, own)]
        squares.append(sum(parts) / max(sum(freedom), 1))
        freedoms.append(sum(freedom))
        place += [index] * len(own)
        logs += own
    within = steadied(np.array(squares), np.array(freedoms))[place]
    variance = math.pi / 2 * within / np.array([len(values) for values in logs])  # of a median
    value = np.array([np.median(values) for values in logs])
    workers = np.array([curve[index].workers for index in place], dtype=float)
    least = np.maximum(variance, 1e-24)  # no relative time is surer than 1e-12
    return SimpleNamespace(place=np.array(place), p=workers, value=value, variance=least)
