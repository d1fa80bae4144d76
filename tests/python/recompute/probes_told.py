"""What probes of a study measured, but for lengths of messages: by "probe mpi 2 x 1: triad_all" the
unit, the figure and the ends of its interval, NaN where it has none."""
import math

from recompute.probe import figures, probes


def probes_told(folder):
    found = {}
    for run in probes(folder):
        for name, figure in figures(run).items():
            unit, low, high = (run.get(f"figures/{name}@{key}") for key in ("units", "ci_low", "ci_high"))
            ends = [math.nan if end is None else float(end) for end in (low, high)]
            if unit != "byte":
                layout = f"{run['variant']} {run['ranks']} x {run['threads']}"
                found[f"probe {layout}: {name}"] = (unit, figure, *ends)
    return found
