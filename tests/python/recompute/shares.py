"""Where the time went: the mean of the ranks' times in a repetition, and what part of it each phase had."""
from recompute.points import points

PHASES = ("compute", "communicate", "wait", "io")


def rows(folder):
    found = {}
    for point in points(folder):
        sums = {phase: [run[f"timing/{phase}"].mean(axis=1).sum() for run in point.runs] for phase in PHASES}
        mean = {phase: sum(sums[phase]) / point.times.size for phase in PHASES}
        whole = sum(mean.values())
        shares = {f"{phase}_share": mean[phase] / whole for phase in PHASES if whole > 0}
        found[point.name] = {"mean_time": whole, **shares}
    return found
