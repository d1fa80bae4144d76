"""What is told of a point that one study leaves out, beside the same point of others: samples that are too
few, and what else the notes on it say."""
from recompute import remarks
from recompute.bases import related
from recompute.beside import beside


def rows(folders, base=0):
    found = {name: {} for name in beside(folders)}
    for n, folder in enumerate(folders):
        told = remarks.rows(folder)
        for point in related(folder):
            before, _, after = point.name.rpartition(f"{point.ranks}x{point.threads}")
            name = f"{before}{point.ranks} x {point.threads}{after}"
            if name in found and not point.used:
                row = {f"{key}{n}": value for key, value in told[point.name].items()}
                few = {f"samples{n}": point.times.size} if point.times.size < 6 else {}
                found[name].update({**row, **few})
    return found
