"""Of each run whose checks do not hold, though it passed: the first such error with its bound, as stored."""
import math

import numpy as np

from recompute.right import holds
from recompute.runs import runs


def rows(folder):
    found = {}
    for run in runs(folder):
        if run["status"] == "done" and not holds(run):
            checks = [np.atleast_1d(run[f"verification/{key}"]) for key in ("error", "bound", "passed")]
            bad = [(e, b) for e, b, passed in zip(*checks) if not (passed and e <= b < math.inf)]
            for error, bound in bad[:1]:
                found[run["id"]] = {"stored_error": error, "stored_bound": bound}
    return found
