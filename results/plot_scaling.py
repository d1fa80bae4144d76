"""Curves against workers: time, speed-up, parallel efficiency. Points that are left out of speed-up
are crossed out; they are on no line and in no fit. What is drawn of data has an identifier in the SVG
("omp-points", "omp-line", "omp-intervals"), so that it can be read back."""
from __future__ import annotations

import math
from typing import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes

from results.curves import FittedLine
from results.palette import MARKERS, light
from results.picture import Drawing, axes, legend_below, log_axis, safe_name, worker_axis
from results.plot_predicted import PredictedLine, draw_predicted
from results.points import Point, Table, fastest

TIME_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
LONGEST = 1.5  # times its efficiency a point's interval is shown


def table_name(table: Table) -> str:
    problem = table.problem
    return safe_name(problem.app, problem.scaling, problem.size, problem.options)


def draw_time(table: Table, predicted: Sequence[PredictedLine] = ()) -> Drawing:
    figure, found = axes("Time of one repetition", "workers (cores)", "time in s", left=0.75)
    for variant, points in _variants(table.points):
        used = [point for point in points if point.used]
        _bars(found, variant, used, [_time(point) for point in used])
        _crosses(found, variant, [point for point in points if not point.used], not used)
    if any(not point.used for point in table.points):
        found.plot([], [], "x", color=light("quiet"), label="left out")
    base = table.base
    workers = _workers(table)
    if base is not None:
        _ideal(found, workers, [_ideal_time(table, base, n) for n in workers])
    draw_predicted(found, predicted, lambda spot: spot.seconds)
    found.set_yscale("log")
    low, high = found.get_ylim()
    unit, word = next((item for item in TIME_UNITS if high >= item[0]), TIME_UNITS[-1])
    found.set_ylabel(f"time in {word}")
    log_axis(found.yaxis, low, high, unit)
    return _finished(found, table, "time", figure, "time of one repetition", predicted)


def draw_speedup(table: Table, lines: Sequence[FittedLine]) -> Drawing | None:
    """None where no point has a speed-up."""
    if not _compared(table):
        return None
    figure, found = axes("Speed-up", "workers (cores)", "speed-up S (1)", left=0.75)
    for variant, points in _variants(table.points):
        _line(found, variant, points, lambda p: _first(p.speedup_serial, p.speedup_own), "-")
        _whiskers(found, variant, points, per_worker=False)
        if table.serial is not None and variant != "serial":
            _line(found, variant, points, lambda p: p.speedup_own, ":", label=False)
    workers = _workers(table)
    _ideal(found, workers, [float(n) for n in workers])
    for line in lines:
        _fit(found, line)
    found.set_yscale("log")
    log_axis(found.yaxis, *found.get_ylim())
    return _finished(found, table, "speedup", figure, "speed-up")


def draw_efficiency(table: Table, predicted: Sequence[PredictedLine] = ()) -> Drawing | None:
    """None where no point has a speed-up."""
    if not _compared(table):
        return None
    figure, found = axes("Parallel efficiency", "workers (cores)", "efficiency E = S/p (1)", left=0.75)
    top = 1.0
    for variant, points in _variants(table.points):
        used = [point for point in points if point.efficiency is not None]
        top = max([top, *(_height(point) for point in used)])
        _line(found, variant, points, lambda p: p.efficiency, "-")
        _whiskers(found, variant, points, per_worker=True)
    workers = _workers(table)
    _ideal(found, workers, [1.0] * len(workers))
    top = max([top, *draw_predicted(found, predicted, lambda spot: spot.efficiency)])
    found.set_ylim(0, 1.08 * top)
    _cuts(found, table)
    return _finished(found, table, "efficiency", figure, "parallel efficiency", predicted)


def _compared(table: Table) -> bool:
    return any(point.efficiency is not None for point in table.points)


def _finished(
    found: Axes, table: Table, kind: str, figure: object, what: str, predicted: Sequence[PredictedLine] = ()
) -> Drawing:
    _node_boundary(found, table.points)
    worker_axis(found, [*_workers(table), *(spot.workers for line in predicted for spot in line.spots)])
    legend_below(found)
    problem = table.problem
    words = f"{problem.app}, {problem.scaling} scaling, size {problem.size}: {what} against workers"
    words += table.simulated
    title = found.get_title(loc="left") + table.simulated
    found.set_title(title)
    return Drawing(figure, f"{table_name(table)}-{kind}", title, words)  # type: ignore[arg-type]


def _variants(points: Sequence[Point]) -> Iterator[tuple[str, list[Point]]]:
    for variant in MARKERS:
        own = [point for point in points if point.variant == variant]
        if own:
            yield variant, own


def _workers(table: Table) -> list[int]:
    return sorted({point.workers for point in table.points})


def _ideal_time(table: Table, base: Point, workers: int) -> float:
    """The base's time, in proportion to the work, by the workers. Strong: T1/p."""
    units = max((p.units for p in table.points if p.workers == workers), default=base.units)
    return base.time.median * units / base.units * base.workers / workers


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _time(point: Point) -> tuple[float, float, float]:
    return point.time.median, point.time.low, point.time.high


def _bars(
    found: Axes, variant: str, points: Sequence[Point], values: Sequence[tuple[float, float, float]]
) -> None:
    if not points:
        return
    middle = np.array([value[0] for value in values])
    spread = np.array([[v[0] - v[1], v[2] - v[0]] for v in values]).T
    drawn, _, (whiskers,) = found.errorbar(
        [point.workers for point in points],
        middle,
        yerr=np.nan_to_num(np.abs(spread)),
        fmt=MARKERS[variant],
        color=light(variant),
        capsize=2.5,
        elinewidth=1,
    )
    drawn.set_gid(f"{variant}-points")
    whiskers.set_gid(f"{variant}-intervals")
    best = fastest(points)
    found.plot(
        [point.workers for point in best],
        [point.time.median for point in best],
        "-",
        marker=MARKERS[variant],
        color=light(variant),
        label=variant,
        gid=f"{variant}-line",
    )


def _line(found, variant, points, value, style, label=True) -> None:  # type: ignore[no-untyped-def]
    used = [point for point in points if point.used and value(point) is not None]
    if not used:
        return
    colour, marker = light(variant), MARKERS[variant]
    best = fastest(used)
    if label:
        found.plot(
            [p.workers for p in used], [value(p) for p in used], marker, color=colour, gid=f"{variant}-points"
        )
    found.plot(
        [p.workers for p in best],
        [value(p) for p in best],
        style,
        marker=marker if label else "",
        color=colour,
        label=variant if label else None,
        gid=f"{variant}-line" if label else f"{variant}-own-line",
    )


def _whiskers(found: Axes, variant: str, points: Sequence[Point], per_worker: bool) -> None:
    """95 % intervals of speed-up, or of efficiency."""
    used = [point for point in points if point.used and point.speedup_interval]
    known = [p for p in used if p.speedup_interval and not math.isnan(p.speedup_interval[0])]
    scale = [point.workers if per_worker else 1 for point in known]
    low, high = (
        [point.speedup_interval[end] / by for point, by in zip(known, scale) if point.speedup_interval]
        for end in (0, 1)
    )
    across = [point.workers for point in known]
    found.vlines(across, low, high, color=light(variant), linewidth=1, gid=f"{variant}-intervals")


def _height(point: Point) -> float:
    """How far up a point of efficiency and its interval are shown: not for one wide interval should all
    others become flat."""
    efficiency = point.efficiency or 0.0
    high = point.speedup_interval[1] / point.workers if point.speedup_interval else math.nan
    return efficiency if math.isnan(high) else min(high, LONGEST * efficiency)


def _cuts(found: Axes, table: Table) -> None:
    """Arrows where intervals of efficiency go on above the axes."""
    edge = found.get_ylim()[1]
    label: str | None = "interval goes on"
    for variant, points in _variants(table.points):
        known = [point for point in points if point.used and point.speedup_interval]
        beyond = [p.workers for p in known if p.speedup_interval and p.speedup_interval[1] > edge * p.workers]
        if not beyond:
            continue
        found.plot(
            beyond, [edge] * len(beyond), linestyle="", marker=r"$\uparrow$", markersize=8,
            color=light(variant), label=label, clip_on=False, zorder=4,
        )
        label = None


def _crosses(found: Axes, variant: str, points: Sequence[Point], label: bool) -> None:
    """Of a variant's points that are left out: its open marker, crossed out. `label`: it has no other
    points, that would name it."""
    if not points:
        return
    place = [p.workers for p in points], [p.time.median for p in points]
    colour = light(variant)
    found.plot(
        *place, MARKERS[variant], color=colour, markerfacecolor=light("page"), markersize=6,
        label=variant if label else None,
    )
    found.plot(*place, "x", color=colour, markersize=8, gid=f"{variant}-left-out")


def _ideal(found: Axes, workers: Sequence[int], values: Sequence[float]) -> None:
    found.plot(workers, values, "--", color=light("quiet"), linewidth=1, label="ideal", gid="ideal")


def _fit(found: Axes, line: FittedLine) -> None:
    found.plot(
        line.workers,
        line.speedup,
        linestyle=(0, (5, 1, 1, 1)),
        color=light(line.variant),
        linewidth=0.9,
        label=f"{line.law}, {line.variant}",
        gid=f"{line.variant}-fit",
    )
    found.fill_between(line.workers, line.low, line.high, color=light(line.variant), alpha=0.15, linewidth=0)


def _node_boundary(found: Axes, points: Sequence[Point]) -> None:
    """Where a second node begins."""
    inside = [p.workers for p in points if p.nodes == 1]
    beyond = [p.workers for p in points if p.nodes > 1]
    if inside and beyond and min(beyond) > max(inside):
        where = (max(inside) * min(beyond)) ** 0.5
        found.axvline(where, color=light("quiet"), linestyle=":", linewidth=1)
        found.annotate(
            "node boundary", (where, 0.02), xycoords=("data", "axes fraction"), fontsize=8,
            rotation=90, ha="right", va="bottom",
        )
