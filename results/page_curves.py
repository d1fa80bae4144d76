"""The part of the page about one app: its scaling, table by table."""
from __future__ import annotations

from typing import Iterable, Mapping, Sequence

from results.ceilings import Ceilings
from results.curves import Curve
from results.forecast import Forecast, NoForecast
from results.page_fits import fits_part
from results.page_model import model_part
from results.page_parts import (
    Cell,
    bullets,
    interval,
    number,
    paragraph,
    percent,
    percent_span,
    pictures,
    section,
    si,
    span,
    table,
)
from results.page_split import split_part
from results.picture import Picture
from results.plot_scaling import table_name
from results.points import Point, Problem, Table, fewest, work_kept, workers_words
from results.roof import share_of_roof

LAWS = {
    "strong": "the same problem on p workers: S = T1/Tp, E = S/p",
    "weak": "work that grows with the workers: scaled speed-up S = (Wp/Tp) / (W1/T1), E = S/p",
}
POINT_COLUMNS = (
    ("variant", ""),
    ("ranks x threads", ""),
    ("workers p", "workers"),
    ("nodes", "nodes"),
    ("time", "time"),
    ("95 % interval", "interval"),
    ("samples", "samples"),
    ("rate", "rate"),
    ("S to serial (1)", "speedup_serial"),
    ("S to own base (1)", "speedup_own"),
    ("E", "efficiency"),
    ("95 % interval of E", "efficiency_interval"),
    ("load balance", "load_balance"),
    ("comm. eff.", "communication_efficiency"),
    ("parallel eff.", "parallel_efficiency"),
    ("of the roof", "roof"),
    ("verified", ""),
    ("notes", ""),
)


def row_name(point: Point) -> str:
    """ "heat strong tiny mpi 2x1": finds the row of a point."""
    nodes = f" on {point.nodes} nodes" if point.nodes > 1 else ""
    return f"{problem_name(point.problem)} {point.variant} {point.ranks}x{point.threads}{nodes}"


def problem_name(problem: Problem) -> str:
    words = [problem.app, problem.scaling, problem.size, problem.options]
    return " ".join(word for word in words if word)


def scaling_section(
    found: Table,
    curves: Sequence[Curve],
    drawn: Sequence[Picture],
    limits: Ceilings,
    forecasts: Sequence[Forecast | NoForecast] = (),
) -> str:
    problem = found.problem
    size = problem.size + (f", {problem.options}" if problem.options else "")
    return section(
        table_name(found),
        f"{problem.scaling.capitalize()} scaling, size {size}{found.simulated}",
        paragraph(f"{_work(found)}; {_law(found)}."),
        paragraph(_base(found)),
        pictures(drawn),
        _points(found, limits),
        split_part(found, row_name),
        fits_part(curves, problem_name(problem)),
        model_part(forecasts, problem, problem_name(problem)),
        level=3,
    )


def _law(found: Table) -> str:
    law = LAWS[found.problem.scaling]
    b = found.fewest
    if b > 1:
        law = law.replace("T1/Tp", f"{b} T{b}/Tp").replace("(Wp/Tp) / (W1/T1)", f"{b} (Wp/Tp) / (W{b}/T{b})")
    return law


def _work(found: Table) -> str:
    weak = found.problem.scaling == "weak"
    amounts = [work_kept(point) for point in found.points]
    unit = found.points[0].work.unit or found.points[0].rate_unit.partition("/")[0]
    low, high = si(min(amounts), unit), si(max(amounts), unit)
    return (low if low == high else f"{low} to {high}") + (f" {found.problem.share}" if weak else " in all")


def _base(found: Table) -> str:
    words = []
    if found.serial is not None:
        base = found.serial
        words.append(
            f"Base: {base.problem.app}_serial, T1 = {si(base.time.median, 's')} "
            f"({interval(base.time.low, base.time.high, 's')})."
        )
    elif found.own_bases:
        words.append(f"There is no serial point to compare with: E is against {fewest(found)}.")
    else:
        words.append(f"There is no point of {workers_words(found.fewest)} to compare with: no speed-up is shown.")
    own = [_own_words(base) for base in found.own_bases]
    if own:
        words.append("Of a parallel program " + ", ".join(dict.fromkeys(own)) + ".")
    return " ".join(words)


def _own_words(base: Point) -> str:
    on = workers_words(base.workers) + (f" on {base.nodes} nodes" if base.nodes > 1 else "")
    return f"{on} of {base.variant} took {si(base.time.median, 's')}"


def _points(found: Table, limits: Ceilings) -> str:
    words = short_words(line for point in found.points for line in point.left_out + point.notes)
    points = table(
        f"Points{found.simulated}",
        [heading for heading, _ in POINT_COLUMNS],
        [_row(point, limits, words) for point in found.points],
        [key for _, key in POINT_COLUMNS],
        [row_name(point) for point in found.points],
    )
    explained = [f"{short}: {line.partition(': ')[2]}" for line, short in words.items() if line != short]
    return points + bullets(explained)


def short_words(lines: Iterable[str]) -> dict[str, str]:
    """For a narrow column, by line: of "word: what it means" the word, with a number where a word has
    several meanings."""
    meanings: dict[str, list[str]] = {}
    for line in dict.fromkeys(lines):
        meanings.setdefault(line.partition(": ")[0], []).append(line)
    return {
        line: word if len(own) == 1 else f"{word} [{place}]"
        for word, own in meanings.items()
        for place, line in enumerate(own, start=1)
    }


def _row(point: Point, limits: Ceilings, words: Mapping[str, str]) -> list[Cell | str]:
    split = point.split
    verified = point.verified and point.result in ("PASS", "SLOW")
    notes = [f"left out: {words[reason]}" for reason in point.left_out]
    notes += [words[note] for note in point.notes]
    return [
        point.variant,
        f"{point.ranks} x {point.threads}",
        number(float(point.workers), text=str(point.workers)),
        number(float(point.nodes), text=str(point.nodes)),
        number(point.time.median, "s"),
        span(point.time.low, point.time.high, "s"),
        number(float(point.time.n), text=str(point.time.n)),
        number(point.rate, point.rate_unit),
        number(point.speedup_serial),
        number(point.speedup_own),
        percent(point.efficiency),
        _efficiency_span(point),
        percent(split.load_balance if split else None),
        percent(split.communication_efficiency if split else None),
        percent(split.parallel_efficiency if split else None),
        percent(share_of_roof(point, limits)),
        Cell("yes", mark="good") if verified else Cell("NO", mark="bad"),
        Cell("; ".join(notes), mark="warn" if point.left_out else ""),
    ]


def _efficiency_span(point: Point) -> Cell:
    """Of E, and so of the speed-up that it is made of: S = p E."""
    if point.speedup_interval is None:
        return Cell("-", number=True)
    low, high = point.speedup_interval
    return percent_span(low / point.workers, high / point.workers)
