"""The machine's limits by probe. Of one core, the best of any run; of all workers, the best of the
largest runs on one node, and no less than one core."""
from recompute.probe import figures, probes

NAMES = {"triad": ("triad", "triad_stream"), "fma": ("fma",), "dgemm": ("dgemm",)}


def limits(folder):
    """By kind (core, all, workers of the largest run)."""
    node = [run for run in probes(folder) if run["nodes"] == 1] or probes(folder)
    most = max((run["workers"] for run in node), default=0)
    found = {}
    for kind, names in NAMES.items():
        alone = [figures(run).get(f"{name}_core", 0) for run in node for name in names]
        largest = [figures(run) for run in node if run["workers"] == most]
        every = [figure.get(f"{name}_all", 0) for figure in largest for name in names]
        every += [figure.get("rate", 0) for figure in largest if kind == "triad"]  # they are triads
        if max(every, default=0) > 0:
            found[kind] = max(alone) or max(every), max(alone + every), most
    return found


def reach(limit, workers):
    core, every, most = limit
    return every * workers / most if workers >= most else min(workers * core, every)


def rows(folder):
    names = {"triad_core": ("triad", 0), "triad": ("triad", 1), "fma": ("fma", 1)}
    found = limits(folder)
    return {"limits": {key: found[kind][which] for key, (kind, which) in names.items() if kind in found}}
