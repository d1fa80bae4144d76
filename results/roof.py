"""How far a point is from what the machine can do."""
from __future__ import annotations

import math
from typing import Iterable

from results.ceilings import Ceilings
from results.points import Point, Table, fastest


def intensity(point: Point) -> float:
    """Operations for each byte that moves between memory and processors, by the app's work model.
    NaN where an app counts none."""
    work = point.work
    return work.flop / work.bytes if work.flop > 0 and work.bytes > 0 else math.nan


def share_of_roof(point: Point, limits: Ceilings) -> float | None:
    """Measured flop/s, of what the roofline allows as many workers. None where there is no probe, or
    no floating-point work. Above 1 where data stay in caches, which the model counts as memory."""
    roof = limits.roof(intensity(point), point.workers)
    if math.isnan(roof):
        return None
    return point.work.flop / point.time.median / roof


def on_roof(tables: Iterable[Table]) -> list[Point]:
    """Of each app the fastest used point of its largest strong problem, for one worker and for most;
    of a weak one where it has no strong one."""
    found = list(tables)
    strong = {t.problem.app for t in found if t.problem.scaling == "strong"}
    chosen: dict[tuple[str, int], Point] = {}
    for table in found:
        if table.problem.scaling == "weak" and table.problem.app in strong:
            continue
        used = [p for p in table.points if p.used and not math.isnan(intensity(p))]
        best = fastest(used)
        for point in best[:1] + best[-1:]:
            key = table.problem.app, point.workers
            if key not in chosen or (point.work.flop, point.rate) > (
                chosen[key].work.flop,
                chosen[key].rate,
            ):
                chosen[key] = point
    return list(chosen.values())
