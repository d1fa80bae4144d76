"""What the notes on a point tell: cores that are too few for its workers, repeats without a result, work that
is not that of its base."""
from recompute.bases import as_much, related
from recompute.runs import of_curves, plan, problem
from recompute.works import kept


def rows(folder):
    planned, cores = of_curves(plan(folder)["runs"]), plan(folder)["machine"]["workers"]
    return {point.name: remarks(point, planned, cores) for point in related(folder)}


def remarks(point, planned, cores):
    layout = point.problem, point.variant, point.nodes, point.ranks, point.threads
    keys = "variant nodes ranks threads".split()
    asked = sum((problem(run), *(run[key] for key in keys)) == layout for run in planned)
    row = {}
    if asked > len(point.runs):
        row.update(repeats_lost=asked - len(point.runs), repeats_asked=asked)
    if point.workers > cores * point.nodes and all(run["placement_ok"] == 1 for run in point.runs):
        row["cores"] = cores * point.nodes
    other = [base for base in (point.serial, point.own) if base and not as_much(point, base)]
    if point.right and other:
        row.update(work_kept=kept(point), base_work_kept=kept(other[0]))
    return row
