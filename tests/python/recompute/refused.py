"""Laws that are not fitted: of how few different numbers of workers the points are, or how far their work
differs."""
from recompute.curves import curves
from recompute.laws import NAMES, amdahl, gustafson, laws_of, usl

LEAST = {amdahl: 4, gustafson: 4, usl: 5}


def rows(folder):
    found = {}
    for curve in curves(folder):
        first, fitted = curve[0], laws_of(curve)
        for law in (amdahl if first.scaling == "strong" else gustafson, usl):
            row = found[f"{first.problem} {first.variant} {NAMES[law]}"] = {}
            if len(curve) < LEAST[law]:
                row["distinct"] = len(curve)
            elif law not in fitted:
                each = [p.units if law is amdahl else p.units / p.workers for p in curve]
                row.update(work_least=min(each), work_most=max(each))
    return found
