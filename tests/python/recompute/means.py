"""The geometric mean of the ratios on all cores of a study, and its interval: their distances on the
logarithm add as squares, as each is of other processes."""
import math

from recompute.beside import beside
from recompute.compared import ratios


def rows(folders, base=0):
    lines = [points for name, points in beside(folders).items() if name.endswith(" all cores")]
    found = [ratios(points, folders, base) for points in lines]
    made = {}
    for n in set(range(len(folders))) - {base}:
        parts = [line[n] for line in found if n in line]
        if len(parts) == len(lines):
            made["problems"] = len(lines)
            made[f"mean{n}"] = mean = math.exp(sum(math.log(part.value) for part in parts) / len(parts))
            for end, way in (("low", -1), ("high", 1)):
                distances = [math.log(getattr(part, end) / part.value) for part in parts]
                made[f"mean{n}_{end}"] = mean * math.exp(way * math.hypot(*distances) / len(parts))
    return {"geometric mean": made}
