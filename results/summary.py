"""summary.csv: one row per point, for spreadsheets and scripts. Units stand in the column names."""
from __future__ import annotations

import csv
import io
import math
from pathlib import Path

from results.points import Point, Table
from results.record import PHASES
from results.whole_file import write_whole

COLUMNS = (
    "app variant scaling size options nodes ranks threads workers repeats samples "
    "time_s time_low_s time_high_s units rate rate_low rate_high rate_unit "
    "speedup_serial speedup_own base_workers efficiency speedup_low speedup_high compute_s communicate_s wait_s io_s load_balance "
    "communication_efficiency parallel_efficiency flop bytes sent_bytes kernel exchange tier "
    "verified result placement_ok used reason simulated"
).split()


def write_summary(path: Path, tables: list[Table]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for table in tables:
        for point in table.points:
            writer.writerow([_cell(value) for value in _row(point)])
    write_whole(path, text.getvalue())


def _row(point: Point) -> list[object]:
    problem, time, work = point.problem, point.time, point.work
    return [
        problem.app,
        point.variant,
        problem.scaling,
        problem.size,
        problem.options,
        point.nodes,
        point.ranks,
        point.threads,
        point.workers,
        point.repeats,
        time.n,
        time.median,
        time.low,
        time.high,
        point.units,
        point.rate,
        point.units / time.high,
        point.units / time.low,
        point.rate_unit,
        point.speedup_serial,
        point.speedup_own,
        point.base_workers,
        point.efficiency,
        *(point.speedup_interval or (None, None)),
        *_split(point),
        work.flop,
        work.bytes,
        work.sent,
        point.kernel,
        point.exchange,
        point.tier,
        point.verified,
        point.result,
        point.placement_ok,
        point.used,
        "; ".join(point.left_out + point.notes),
        point.simulated,
    ]


def _split(point: Point) -> list[float | None]:
    split = point.split
    if split is None:
        return [None] * 7
    phases = [split.phases[phase] for phase in PHASES]
    return phases + [
        split.load_balance,
        split.communication_efficiency,
        split.parallel_efficiency,
    ]


def _cell(value: object) -> str:
    """Numbers in full, yes and no as 1 and 0, nothing where there is nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return str(value)
