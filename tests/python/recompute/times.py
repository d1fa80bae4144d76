"""Times and rates of points, each with the interval of its median. s, and units of work in a second."""
import math

from recompute.points import points


def rows(folder):
    found = {}
    for point in points(folder):
        row = {"workers": point.workers, "nodes": point.nodes, "samples": point.times.size}
        row.update(time=point.median, rate=point.units / point.median)
        found[point.name] = row
        if not math.isnan(point.low):
            row.update(interval_low=point.low, interval_high=point.high)
            row.update(rate_low=point.units / point.high, rate_high=point.units / point.low)
    return found
