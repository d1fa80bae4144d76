"""The points of a study: all repeats of one program on one layout, together."""
from collections import defaultdict
from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from recompute.median import interval
from recompute.runs import of_curves, problem, runs

VARIANTS = ("serial", "omp", "mpi", "hybrid")


@lru_cache(maxsize=None)
def points(folder):
    groups = defaultdict(list)
    for run in of_curves(runs(folder)):
        layout = VARIANTS.index(run["variant"]), run["workers"], run["ranks"], run["nodes"]
        groups[problem(run), layout].append(run)
    return [point(groups[key]) for key in sorted(groups)]


def point(found):
    keys = "app scaling variant ranks threads nodes workers".split()
    made = SimpleNamespace(runs=found, problem=problem(found[0]), **{key: found[0][key] for key in keys})
    several = f" on {made.nodes} nodes" if made.nodes > 1 else ""
    made.name = f"{made.problem} {made.variant} {made.ranks}x{made.threads}{several}"
    made.repeats = [np.atleast_1d(run["timing/elapsed"]) for run in found]
    made.times, made.units = np.concatenate(made.repeats), float(found[0]["workload/units"])
    made.median, (made.low, made.high) = np.median(made.times), interval(made.repeats)
    made.simulated = found[0].get("simulated", "none") != "none"
    return made
