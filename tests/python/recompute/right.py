"""Whether the time of a point is that of what it stands for: else it is left out of all that compares
points."""
import math

import numpy as np

from recompute.runs import plan


def right(point, folder):
    placed = all(run["placement_ok"] == 1 for run in point.runs)
    fits = point.workers <= plan(folder)["machine"]["workers"] * point.nodes
    enough = point.times.size >= 6 or point.simulated
    return placed and fits and enough and of_its_problem(point)


def of_its_problem(point):
    """However it was measured: of the right answer, and all its runs of the same work."""
    units = [float(run["workload/units"]) for run in point.runs]
    same = all(abs(amount - point.units) <= 0.01 * point.units for amount in units)
    return same and all(verified(run) for run in point.runs)


def verified(run):
    return holds(run) and run["result"] in ("PASS", "SLOW")


def holds(run):
    """Each check within its bound, and at least one."""
    checks = [np.atleast_1d(run[f"verification/{key}"]) for key in ("error", "bound", "passed")]
    held = [passed and error <= bound < math.inf for error, bound, passed in zip(*checks)]
    return bool(held) and all(held)
