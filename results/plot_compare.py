"""Pictures of a comparison: the ratio of every figure with its interval, and curves over each other."""
from __future__ import annotations

from typing import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from jobscripts.simulate import FOLDER as SIMULATION, PLATFORM
from results.compare import Comparison, Study
from results.forecast import forecasts_of
from results.palette import light
from results.picture import HEIGHT, Drawing, axes, log_axis, safe_name, worker_axis
from results.plot_predicted import PredictedLine, draw_predicted, predicted_lines
from results.points import Problem, Table, fastest

ORDER = ("mpi", "omp", "hybrid", "io", "serial")  # colours of studies, told apart by marker as well
SYMBOLS = ("o", "s", "^", "D", "v")
BAR = 0.2  # inches of height that a figure adds
UNDER, LABEL = 0.42, 0.17  # inches: numbers and words below the axes; a line of the legend


def style_of(number: int) -> tuple[str, str]:
    """Colour and marker of a study."""
    return light(ORDER[number % len(ORDER)]), SYMBOLS[number % len(SYMBOLS)]


def draw_ratios(found: Comparison) -> Drawing | None:
    """The figures on all cores, each study beside the base. None where there is no ratio."""
    lines = [line for line in found.whole if any(line.ratios)]
    if not lines:
        return None
    height = max(HEIGHT, 1.1 + BAR * len(lines) * (len(found.studies) - 1))
    height += LABEL * len(found.studies)
    figure, where = axes("Rate, to the base's", "ratio (1); right of 1 is faster", "", height)
    for number, study in enumerate(found.studies):
        rows = [(row, line.ratios[number]) for row, line in enumerate(lines)]
        known = [(row, part) for row, part in rows if part is not None]
        if not known:
            continue
        colour, marker = style_of(number)
        value = np.array([part.value for _, part in known])
        spread = np.array([[part.value - part.low, part.high - part.value] for _, part in known]).T
        undecided = any(part.undecided for _, part in known)
        shift = 0.22 * (number - (len(found.studies) - 1) / 2)
        drawn, _, (whiskers,) = where.errorbar(
            value,
            [row + shift for row, _ in known],
            xerr=np.nan_to_num(spread),
            fmt=marker,
            color=colour,
            markerfacecolor="none" if undecided else colour,
            capsize=2.5,
            label=study.label,
        )
        drawn.set_gid(f"study-{number}-ratios")
        whiskers.set_gid(f"study-{number}-intervals")
    where.axvline(1, color=light("quiet"), linestyle="--", linewidth=1)
    where.set_yticks(
        range(len(lines)),
        labels=[f"{line.problem.app} {line.problem.scaling} {line.problem.size}" for line in lines],
    )
    where.invert_yaxis()
    where.set_xscale("log")
    low, high = where.get_xlim()
    where.set_xlim(min(low, 0.9), max(high, 1.1))
    log_axis(where.xaxis, *where.get_xlim())
    _legend_below(figure, where)
    words = "rate of each problem on all cores, as a ratio to the base study, with 95 % intervals"
    if any(part is not None and part.undecided for line in lines for part in line.ratios):
        words += "; hollow where undecided: one repeat each, so the intervals are those of two processes"
    return Drawing(figure, "compare-ratios", "Ratios", words)


def draw_together(studies: Sequence[Study], problem: Problem) -> Drawing | None:
    """Rate against workers, of the fastest layout of each study. None where no point is used."""
    height = HEIGHT + LABEL * (len(studies) + 2)
    figure, where = axes("Rate against workers", "workers (cores)", "rate", height)
    workers: list[int] = []
    unit = ""
    for number, study in enumerate(studies):
        table = next(table for table in study.tables if table.problem == problem)
        points = fastest(point for point in table.points if point.used)
        if not points:
            continue
        unit = points[0].rate_unit
        workers += [point.workers for point in points]
        colour, marker = style_of(number)
        simulated = ", simulated" if points[0].simulated else ""
        where.plot(
            [p.workers for p in points], [p.rate for p in points], "-", marker=marker,
            color=colour, label=study.label + simulated, gid=f"study-{number}-rates",
        )
        lines = _predicted(study, table, points[-1].variant)
        draw_predicted(where, lines, lambda spot: spot.rate, colour, number == 0, f"study-{number}")
        workers += [spot.workers for line in lines for spot in line.spots]
    if not workers:
        return None
    where.set_ylabel(f"rate in {unit}")
    where.set_yscale("log")
    log_axis(where.yaxis, *where.get_ylim())
    where.yaxis.set_major_formatter(_powers)
    worker_axis(where, workers)
    _legend_below(figure, where)
    name = safe_name("compare", problem.app, problem.scaling, problem.size, problem.options)
    words = f"{problem.app}, {problem.scaling} scaling, size {problem.size}: rate of each study"
    where.set_title(f"{problem.app}, {problem.scaling}, {problem.size}")
    return Drawing(figure, name, problem.app, words)


def _predicted(study: Study, table: Table, variant: str) -> list[PredictedLine]:
    """Of the variant that is fastest on most workers."""
    cores = study.state.data["machine"]["workers"]
    platform = study.folder / SIMULATION / PLATFORM
    found = predicted_lines(forecasts_of(table, study.limits, cores, platform))
    return [line for line in found if line.variant == variant]


def _legend_below(figure: Figure, where: Axes) -> None:
    """Names of studies are long: within the axes they would lie upon lines, and look like points."""
    down = ScaledTranslation(0, -UNDER, figure.dpi_scale_trans)
    where.legend(
        loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=where.transAxes + down, borderpad=0
    )


def _powers(value: float, _position: object) -> str:
    for factor, prefix in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= factor:
            return f"{value / factor:.3g}{prefix}"
    return f"{value:.3g}"
