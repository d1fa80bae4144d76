"""The points that laws are fitted to: of each problem and parallel variant, the fastest on each number
of workers."""
from recompute.bases import related


def curves(folder, kept="used"):
    """`kept`: "used", or "right" for points of which only the time must be right."""
    good = [point for point in related(folder) if point.variant != "serial" and getattr(point, kept)]
    names = dict.fromkeys((point.problem, point.variant) for point in good)
    return [fastest(p for p in good if (p.problem, p.variant) == name) for name in names]


def fastest(some):
    """Of points on as many workers the fastest, by workers."""
    best = {}
    for point in sorted(some, key=lambda p: p.median):
        best.setdefault(point.workers, point)
    return [best[workers] for workers in sorted(best)]
