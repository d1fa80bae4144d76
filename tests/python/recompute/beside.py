"""Points of several studies side by side: the fastest on all cores of each problem, and each layout
that at least two studies have. By the name of a row a list of points, with None where a study has none
that is used."""
from recompute.bases import related
from recompute.runs import of_curves, plan, problem


def beside(folders):
    tables = [related(folder) for folder in folders]
    shared = set.intersection(*({point.problem for point in table} for table in tables))
    found = {f"{name} all cores": [whole(folder, name) for folder in folders] for name in sorted(shared)}
    names = dict.fromkeys(point.name for table in tables for point in table if point.problem in shared)
    for name in names:
        points = [next((p for p in table if p.name == name), None) for table in tables]
        if sum(point is not None for point in points) > 1:
            one = next(point for point in points if point)
            before, _, after = name.rpartition(f"{one.ranks}x{one.threads}")
            used = [point if point and point.used else None for point in points]
            found[f"{before}{one.ranks} x {one.threads}{after}"] = used
    return found


def whole(folder, name):
    """On as many workers as were asked for at most, on the cores that there are."""
    cores = plan(folder)["machine"]["workers"]
    asked = [run for run in of_curves(plan(folder)["runs"]) if problem(run) == name]
    most = max(min(run["workers"], run["nodes"] * cores) for run in asked)
    same = [p for p in related(folder) if p.used and (p.problem, p.workers) == (name, most)]
    return max(same, key=lambda p: p.units / p.median, default=None)
