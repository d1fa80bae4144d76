"""What points are compared with: the serial program, and the fewest workers planned of the same
variant; and which points may be compared, being right and of the same work as both."""
from functools import lru_cache

from recompute.points import points
from recompute.right import right
from recompute.runs import of_curves, plan, problem


@lru_cache(maxsize=None)
def related(folder):
    good = [point for point in points(folder) if right(point, folder)]
    for point in points(folder):
        planned = [run for run in of_curves(plan(folder)["runs"]) if problem(run) == point.problem]
        fewest = min(run["workers"] for run in planned)
        same = [other for other in good if other.problem == point.problem]
        own = [other for other in same if (other.variant, other.workers) == (point.variant, fewest)]
        serial = [other for other in same if (other.variant, other.workers) == ("serial", 1)]
        point.serial, point.own = next(iter(serial), None), min(own, key=lambda p: p.median, default=None)
        point.right = point in good
        point.used = point.right and all(as_much(point, b) for b in (point.serial, point.own) if b)
    return points(folder)


def as_much(point, base):
    """Weak scaling keeps the work of a worker, or node, within a factor of two, but in simulations."""
    if point.scaling == "strong":
        return abs(point.units - base.units) <= 0.01 * base.units
    shares = "nodes" if point.runs[0]["per"] == "node" else "workers"
    one, other = point.units / getattr(point, shares), base.units / getattr(base, shares)
    return point.simulated or 0.5 * other <= one <= 2 * other
