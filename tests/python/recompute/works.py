"""Of each problem: the work that scaling keeps, the whole of it or that of a worker or node; the fewest
workers planned, where that is not one; how many points tell where their time went, and how many of them one
picture holds."""
from recompute.points import points
from recompute.runs import of_curves, plan, problem

BARS = 24  # at most


def kept(point):
    if point.scaling == "strong":
        return point.units
    return point.units / (point.nodes if point.runs[0]["per"] == "node" else point.workers)


def rows(folder):
    found = {}
    for name in dict.fromkeys(point.problem for point in points(folder)):
        same = [point for point in points(folder) if point.problem == name]
        row = found[name] = {"work_least": min(map(kept, same)), "work_most": max(map(kept, same))}
        fewest = min(run["workers"] for run in of_curves(plan(folder)["runs"]) if problem(run) == name)
        row.update({"fewest": fewest} if fewest > 1 else {})
        row["points"] = sum("timing/compute" in point.runs[0] for point in same)
        row["bars"] = min(row["points"], BARS)
    return found
