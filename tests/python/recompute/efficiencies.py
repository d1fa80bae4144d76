"""The figures of POP: of the time U that each rank computed, in all repetitions, and the time T of the
run."""
from recompute.points import points


def rows(folder):
    found = {}
    for point in points(folder):
        if point.ranks > 1:  # one rank has nobody to wait for
            useful = [run["timing/compute"].sum(axis=0) for run in point.runs]  # of each rank
            mean, most = sum(u.mean() for u in useful), sum(u.max() for u in useful)
            row = found[point.name] = {"load_balance": mean / most}
            row["communication_efficiency"] = most / point.times.sum()
            row["parallel_efficiency"] = mean / point.times.sum()
    return found
