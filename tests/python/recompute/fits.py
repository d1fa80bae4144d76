"""The laws fitted to each curve: parameters with their intervals. Where the data set no upper end to a
parameter of the law, they set none to the rate of one worker either."""
from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from recompute.curves import curves
from recompute.laws import NAMES, SCALE, SYMBOLS, UPPER, laws_of
from recompute.limit import limit
from recompute.observed import observed
from recompute.profiles import end
from recompute.settled import settled


@lru_cache(maxsize=None)
def fits(folder):
    return [fit(curve, law) for curve in curves(folder) for law in laws_of(curve)]


def fit(curve, law):
    seen = observed(curve)
    best, squares, weight, freedom = settled(law, seen)
    search = law, seen, weight, best, limit(seen, squares, weight, freedom)
    ends = [(end(*search, k, 0.0), end(*search, k, UPPER[law])) for k in range(1, len(best))]
    endless = np.isinf(ends).any()
    ends = [(low, np.inf if endless else high) for low, high in ends]
    ends.insert(0, (-np.inf if endless else end(*search, 0, -np.inf), end(*search, 0, np.inf)))
    name = f"{curve[0].problem} {curve[0].variant} {NAMES[law]}"
    rows = [f"{name} {symbol}" for symbol in (*SYMBOLS[law], SCALE[law])]
    return SimpleNamespace(name=name, rows=rows, law=law, curve=curve, seen=seen, best=best, ends=ends)
