"""The scaling table as plain text, 120 columns at most."""
from __future__ import annotations

import textwrap
from typing import Iterator

from jobscripts.state import State
from jobscripts.units import count, rate_text
from results.outcomes import Outcomes, warnings_told
from results.points import Point, Table, fewest, work_kept, workers_words
from results.record import Record

WIDTH = 120
ROW = "{:<8}{:>16}{:>6}{:>11}  {:<24}{:>18}{:>8}{:>8}{:>6}  {}"
HEADINGS = "variant,ranks x threads,p,time s,95 % interval,rate,S,S1,E,verified".split(",")

LEGEND = """\
Time is that of one repetition: the median of the samples of all repeats, with its 95 % interval
(exact binomial ranks), widened where need be to hold the median of each repeat.
p: workers (cores), ranks x threads.
S: speed-up against the serial program, which has no MPI and no OpenMP in it.
S1: speed-up against one worker of the same variant; where that and a serial point are missing, against
its fewest workers b, which count as b.
strong scaling, the same problem on p workers:    S = T1/Tp, parallel efficiency E = S/p.
weak scaling, work W that grows with p:           scaled speed-up S = (Wp/Tp) / (W1/T1), E = S/p;
weak scaling, the same work for each worker:      E = T1/Tp."""


def report(state: State, tables: list[Table], outcomes: Outcomes) -> str:
    """The whole report."""
    lines = list(_heading(state))
    notes: list[str] = []
    for table in tables:
        lines += ["", *_table(table, notes)]
    if tables:
        lines += ["", *_legend(tables)]
    for number, note in enumerate(notes, start=1):
        lines += _wrapped(f"({number}) ", note)
    lines += _failures(outcomes)
    lines += _warnings(state, outcomes.records)
    return "\n".join(lines) + "\n"


def _heading(state: State) -> Iterator[str]:
    data = state.data
    machine = data["machine"]
    seed = "" if data["seed"] is None else f", seed {data['seed']}"
    yield f"{data['study']}, {data['created_utc']}: {count(len(state.runs), 'run')}{seed}"
    cores, domains = count(machine["workers"], "core"), count(
        machine["numa_domains"], "NUMA domain"
    )
    yield f"{machine['model']}: {cores}, {domains}"
    yield from data["notes"]


def _table(table: Table, notes: list[str]) -> Iterator[str]:
    problem = table.problem
    size = problem.size + (f" with {problem.options}" if problem.options else "")
    yield from _wrapped(
        "", f"{problem.app}, {problem.scaling} scaling, size {size}{table.simulated}: {_work(table)}"
    )
    yield from _wrapped("", _base(table))
    yield ROW.format(*HEADINGS).rstrip()
    for point in table.points:
        yield _row(point, notes)


def _work(table: Table) -> str:
    unit = table.points[0].rate_unit.partition("/")[0]
    if table.problem.scaling == "weak":
        low, *_, high = sorted(work_kept(point) for point in table.points) * 2
        return f"{_span(low, high)} {unit} {table.problem.share}"
    low, *_, high = sorted(point.units for point in table.points) * 2
    return f"{_span(low, high)} {unit}"


def _span(low: float, high: float) -> str:
    return f"{low:.6g}" if f"{low:.6g}" == f"{high:.6g}" else f"{low:.6g} to {high:.6g}"


def _base(table: Table) -> str:
    base = table.serial
    if base is None and not table.own_bases:
        return f"base: no point of {workers_words(table.fewest)} that can be compared, so no S and no E"
    if base is None:
        return f"base: no serial point that can be compared; E is against {fewest(table)}"
    return f"base: {base.problem.app}_serial, T1 = {base.time.median:.4g} s {_interval(base)}"


def _interval(point: Point) -> str:
    return f"[{point.time.low:.4g}, {point.time.high:.4g}]" if point.time.has_interval else "-"


def _row(point: Point, notes: list[str]) -> str:
    marks = [_mark(f"left out of S and E: {reason}", notes) for reason in point.left_out]
    marks += [_mark(note, notes) for note in point.notes]
    verified = "yes" if point.verified and point.result in ("PASS", "SLOW") else "NO"
    cells = (
        point.variant,
        f"{point.ranks} x {point.threads}",
        point.workers,
        f"{point.time.median:.4g}",
        _interval(point),
        rate_text(point.rate, point.rate_unit),
        _number(point.speedup_serial),
        _number(point.speedup_own),
        _number(point.efficiency),
        f"{verified:<4}{' '.join(marks)}",
    )
    return ROW.format(*cells).rstrip()


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _mark(note: str, notes: list[str]) -> str:
    if note not in notes:
        notes.append(note)
    return f"({notes.index(note) + 1})"


def _legend(tables: list[Table]) -> list[str]:
    scalings = {table.problem.scaling for table in tables}
    lines = LEGEND.splitlines()
    return [
        line
        for line in lines
        if not line.startswith(("strong", "weak")) or line.split()[0] in scalings
    ]


def _failures(outcomes: Outcomes) -> Iterator[str]:
    if outcomes.failures:
        yield ""
        yield "runs without a right result:"
    for failure in outcomes.failures:
        yield from _wrapped(
            "  ", f"{failure.word} {failure.run}: {failure.reason}; log {failure.log}"
        )
    if outcomes.waiting:
        yield ""
        yield f"{count(outcomes.waiting, 'run')} still to come; scalebar study with --out resumes"


def _warnings(state: State, records: dict[str, Record]) -> Iterator[str]:
    told = warnings_told(state, records)
    if told:
        yield ""
        yield "warnings:"
    for line in told:
        yield from _wrapped("  ", line)


def _wrapped(mark: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_on_hyphens=False,
        break_long_words=False,
    ) or [mark]
