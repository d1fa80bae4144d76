"""Measured operations in a second, of what the roofline allows as many workers (Williams, Waterman,
Patterson 2009)."""
from recompute.limits import limits, reach
from recompute.points import points


def rows(folder):
    found, tops = {}, limits(folder)
    for point in points(folder) if "fma" in tops and "triad" in tops else ():
        flop, moved = (float(point.runs[0][f"workload/{key}"]) for key in ("flop", "bytes"))
        if flop > 0 and moved > 0:
            compute, memory = reach(tops["fma"], point.workers), reach(tops["triad"], point.workers)
            found[point.name] = {"roof": flop / point.median / min(compute, flop / moved * memory)}
    return found
