"""Each check of each app: how many runs made it, and the error that came nearest to its bound."""
from collections import defaultdict

import numpy as np

from recompute.runs import runs


def rows(folder):
    found = defaultdict(list)
    for run in runs(folder):
        columns = [np.atleast_1d(run[f"verification/{key}"]) for key in ("check", "error", "bound")]
        for name, error, bound in zip(*columns):
            found[f"{run['app']} check {name}"].append((error, bound))
    made = {}
    for name, pairs in found.items():
        error, bound = max(pairs, key=lambda pair: pair[0] / pair[1] if pair[1] > 0 else pair[0])
        made[name] = {"runs": len(pairs), "error": error, "bound": bound}
    return made
