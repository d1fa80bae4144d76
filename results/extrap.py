"""extrap.json: the points for Extra-P, in its JSON format of "parameters" and "measurements"."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Sequence

from results.points import Table, fastest
from results.whole_file import write_whole


def write_extrap(path: Path, tables: Sequence[Table]) -> None:
    """One parameter, the workers p; of each problem and variant one callpath, with the metrics time
    (s, every sample of the fastest layout of as many workers) and rate (units/s). Points that are left
    out are not written. No file where nothing is left: Extra-P refuses an empty one."""
    measurements = _measurements(tables)
    if not measurements:
        path.unlink(missing_ok=True)
        return
    tree = {"parameters": ["p"], "measurements": measurements}
    write_whole(path, json.dumps(tree, indent=1) + "\n")


def _measurements(tables: Sequence[Table]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table in tables:
        problem = table.problem
        for variant in ("omp", "mpi", "hybrid"):
            points = fastest(p for p in table.points if p.variant == variant and p.used)
            if not points:
                continue
            words = [problem.app, problem.scaling, problem.size, problem.options, variant]
            times, rates = [], []
            for point in points:
                samples = [sample for repeat in point.samples for sample in repeat]
                times.append({"point": [point.workers], "values": samples})
                rates.append(
                    {"point": [point.workers], "values": [point.units / s for s in samples]}
                )
            found[" ".join(word for word in words if word)] = {"time": times, "rate": rates}
    return found
