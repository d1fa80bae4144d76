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
    number,
    paragraph,
    percent,
    percent_span,
    pictures,
    said,
    section,
    si,
    span,
    table,
)
from results.page_split import split_part
from results.picture import Picture
from results.plot_scaling import table_name
from results.points import Point, Table, fewest, work_kept, workers_words
from results.roof import share_of_roof
from results.rows import problem_name, row_name
from results.words import Amount, Words, about, after, counted, joined, whole

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
        paragraph(about(problem_name(problem), Words(_work(found), "; ", _law(found), "."))),
        paragraph(_base(found)),
        pictures(drawn),
        _points(found, limits),
        split_part(found, row_name),
        fits_part(curves, problem_name(problem)),
        model_part(forecasts, problem, problem_name(problem)),
        level=3,
    )


def _law(found: Table) -> str:
    """Of several workers as a base b the formulas with b in them."""
    law, b = LAWS[found.problem.scaling], whole(found.fewest, "fewest")
    if found.fewest == 1:
        return law
    if found.problem.scaling == "strong":
        before, after_it = law.split("T1/Tp")
        return Words(before, b, " T", b, "/Tp", after_it)
    before, after_it = law.split("(Wp/Tp) / (W1/T1)")
    return Words(before, b, " (Wp/Tp) / (W", b, "/T", b, ")", after_it)


def _work(found: Table) -> str:
    weak = found.problem.scaling == "weak"
    amounts = [work_kept(point) for point in found.points]
    unit = found.points[0].work.unit or found.points[0].rate_unit.partition("/")[0]
    low, high = (
        Amount(si(amount, unit), amount, key, unit=unit)
        for amount, key in ((min(amounts), "work_least"), (max(amounts), "work_most"))
    )
    words = Words(low) if low.text == high.text else Words(low, " to ", high)
    return words + (f" {found.problem.share}" if weak else " in all")


def _base(found: Table) -> str:
    words: list[str] = []
    name = problem_name(found.problem)
    if found.serial is not None:
        base = found.serial
        reach = said(span(base.time.low, base.time.high, "s"), "interval", row_name(base))
        words.append(Words(f"Base: {base.problem.app}_serial, T1 = ", _time(base), " (", reach, ")."))
    elif found.own_bases:
        against = about(name, fewest(found))
        words.append(Words("There is no serial point that can be compared: E is against ", against, "."))
    else:
        of = workers_words(found.fewest, name, "fewest")
        words.append(Words("There is no point of ", of, " that can be compared: no speed-up is shown."))
    own = [_own_words(base) for base in found.own_bases]
    if own:
        words.append(Words("Of a parallel program ", joined(", ", dict.fromkeys(own)), "."))
    return joined(" ", words)


def _own_words(base: Point) -> str:
    on = workers_words(base.workers, row_name(base))
    if base.nodes > 1:
        on = Words(on, " on ", counted(base.nodes, "node", "nodes", row_name(base)))
    return Words(on, f" of {base.variant} took ", _time(base))


def _time(point: Point) -> Words:
    return said(number(point.time.median, "s"), "time", row_name(point))


def _points(found: Table, limits: Ceilings) -> str:
    lines = {line: point for point in reversed(found.points) for line in point.left_out + point.notes}
    words = short_words(line for point in found.points for line in point.left_out + point.notes)
    points = table(
        f"Points{found.simulated}",
        [heading for heading, _ in POINT_COLUMNS],
        [_row(point, limits, words) for point in found.points],
        [key for _, key in POINT_COLUMNS],
        [row_name(point) for point in found.points],
    )
    explained = [
        Words(short, ": ", about(row_name(lines[line]), after(": ", line)))
        for line, short in words.items()
        if line != short
    ]
    return points + bullets(explained)


def short_words(lines: Iterable[str]) -> dict[str, str]:
    """For a narrow column, by line: of "word: what it means" the word, with a number where a word has
    several meanings."""
    meanings: dict[str, list[str]] = {}
    for line in dict.fromkeys(lines):
        meanings.setdefault(line.partition(": ")[0], []).append(line)
    return {
        line: _short(line, word) if len(own) == 1 else f"{word} [{place}]"
        for word, own in meanings.items()
        for place, line in enumerate(own, start=1)
    }


def _short(line: str, word: str) -> str:
    """A line without a meaning is all word, with its numbers."""
    return line if line == word else word


def _row(point: Point, limits: Ceilings, words: Mapping[str, str]) -> list[Cell | str]:
    split = point.split
    verified = point.verified and point.result in ("PASS", "SLOW")
    notes = ["left out: " + words[reason] for reason in point.left_out]
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
        Cell(joined("; ", notes), mark="warn" if point.left_out else ""),
    ]


def _efficiency_span(point: Point) -> Cell:
    """Of E, and so of the speed-up that it is made of: S = p E."""
    if point.speedup_interval is None:
        return Cell("-", number=True)
    low, high = point.speedup_interval
    return percent_span(low / point.workers, high / point.workers)
