"""The numbers of the machine, as the first run tells them that tells of it: cores, clock, caches, memory."""
import numpy as np

from recompute.runs import runs


def rows(folder):
    for run in runs(folder):
        keys = [key for key in run if key.startswith("machine/") and "@" not in key]
        if keys:
            single = {key: np.asarray(run[key]).item() for key in keys if np.ndim(run[key]) == 0}
            told = {key: n for key, n in single.items() if isinstance(n, (int, float))}
            known = {key: n for key, n in told.items() if n != run.get(f"{key}@missing_value")}
            return {"machine": {key.rpartition("/")[2]: n for key, n in known.items()}}
    return {}
