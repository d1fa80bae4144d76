"""Studies side by side: the same figures of several machines or dates, against those of a base."""
from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Iterator, Sequence, Tuple

from jobscripts.errors import Refused
from jobscripts.state import State
from jobscripts.units import count
from results.between import Between, between, compared
from results.ceilings import Ceilings
from results.outcomes import Outcomes
from results.points import SAME_WORK, Point, Problem, Table, problem_of
from results.record import Figure, Record
from results.ratio import Measured, Ratio, geometric_mean, ratio
from results.words import Words, joined, whole

UPWARDS = ("byte/s", "flop/s", "byte s-1", "s-1")  # units of probe's figures that grow with performance


@dataclass(frozen=True)
class Study:
    """One of the studies that are compared."""

    label: str
    folder: Path
    state: State
    outcomes: Outcomes
    tables: list[Table]
    limits: Ceilings


@dataclass(frozen=True)
class Line:
    """One figure in all studies. `points` and `ratios` stand in the order of the studies; None where a
    study has no such point, or one that is left out."""

    problem: Problem
    what: str  # "omp 1 x 4", or "all cores"
    unit: str
    points: tuple[Point | None, ...]
    ratios: tuple[Ratio | None, ...]  # to the base; of the base itself None
    reasons: tuple[str, ...]  # why a study has no point here; "" where it has one


@dataclass
class Comparison:
    studies: list[Study]
    base: int
    spreads: list[Between]  # between processes, of each study
    whole: list[Line] = field(default_factory=list)  # the fastest on all cores, for each problem
    layouts: list[Line] = field(default_factory=list)  # the same ranks and threads
    limits: list[tuple[str, str, tuple[Measured | None, ...], tuple[Ratio | None, ...]]] = field(
        default_factory=list
    )
    means: list[Ratio | None] = field(default_factory=list)  # of `whole`, for each study
    differences: list[str] = field(default_factory=list)

    def changed(self, verdict: str, threshold: float) -> list[tuple[Line, int, Ratio]]:
        """Lines whose figure became "slower" or "faster", with the number of the study: those on all
        cores first, then those that changed most."""
        found = [
            (line, number, part)
            for line in self.whole + self.layouts
            for number, part in enumerate(line.ratios)
            if part is not None and part.verdict(threshold) == verdict
        ]
        whole = set(map(id, self.whole))
        return sorted(
            found, key=lambda change: (id(change[0]) not in whole, -abs(math.log(change[2].value)))
        )

    @property
    def undecided(self) -> list[str]:
        """Labels of the studies of which no figure can be judged."""
        lines = self.whole + self.layouts
        return [
            study.label
            for number, study in enumerate(self.studies)
            if number != self.base
            and not any(part.decided for part in (line.ratios[number] for line in lines) if part)
        ]


def compare(studies: Sequence[Study], base: int) -> Comparison:
    """Refused where studies have nothing in common, or unequal work under one name."""
    spreads = [between(p for table in study.tables for p in table.points) for study in studies]
    found = Comparison(list(studies), base, spreads)
    problems = _common(studies)
    for problem in problems:
        tables = [_table(study, problem) for study in studies]
        _refuse_unequal(studies, tables, problem)
        best = [_whole(study, table) for study, table in zip(studies, tables)]
        found.whole.append(_line(problem, "all cores", best, found))
        for key in _layouts(tables):
            points = [_point(table, key) for table in tables]
            variant, nodes, ranks, threads = key
            layout = f"{variant} {ranks} x {threads}" + (f" on {nodes} nodes" if nodes > 1 else "")
            found.layouts.append(_line(problem, layout, points, found))
    found.means = _means(found)
    found.limits = list(_limits(studies, base))
    found.differences = list(_differences(studies, found))
    return found


def _common(studies: Sequence[Study]) -> list[Problem]:
    """Problems of all studies; Refused where an app's scaling mode has none although all have run
    it."""
    sets = [{table.problem for table in study.tables} for study in studies]
    shared = set.intersection(*sets)
    modes = set.intersection(*({_mode(problem) for problem in found} for found in sets))
    for mode in sorted(modes - {_mode(problem) for problem in shared}):
        told = "; ".join(
            f"{study.label}: " + ", ".join(sorted(_name(p) for p in found if _mode(p) == mode))
            for study, found in zip(studies, sets)
        )
        raise Refused(f"unequal sizes of {mode[0]} cannot be compared: {told}")
    if not shared:
        raise Refused("these studies have no app in common: there is nothing to compare")
    return sorted(shared)


def _mode(problem: Problem) -> tuple[str, str]:
    return problem.app, problem.scaling


def _name(problem: Problem) -> str:
    words = [problem.scaling, problem.size, problem.options]
    return " ".join(word for word in words if word)


def _table(study: Study, problem: Problem) -> Table:
    return next(table for table in study.tables if table.problem == problem)


def _refuse_unequal(studies: Sequence[Study], tables: Sequence[Table], problem: Problem) -> None:
    """Work of equal layouts must be equal: a size may have another meaning in another version."""
    first: dict[_Layout, tuple[str, float]] = {}
    for study, table in zip(studies, tables):
        for point in table.points:
            key = _layout(point)
            label, units = first.setdefault(key, (study.label, point.units))
            if abs(units - point.units) > SAME_WORK * units:
                raise Refused(
                    f"unequal work of {problem.app} {_name(problem)} cannot be compared: "
                    f"{units:.6g} in {label}, {point.units:.6g} in {study.label}"
                )


def _whole(study: Study, table: Table) -> Point | str:
    """The fastest used point on as many workers as the study asked for at most, on the cores that
    there are. A reason where no such point is used: one of fewer workers is not the machine."""
    runs = [run for run in study.state.runs if problem_of(run) == table.problem]
    cores = study.state.data["machine"]["workers"]  # of a node
    most = max(min(run["workers"], run["nodes"] * cores) for run in runs)
    used = [point for point in table.points if point.used and point.workers == most]
    missing = f"left out: no point of {count(most, 'worker')} can be used"
    return max(used, key=lambda point: point.rate) if used else missing


_Layout = Tuple[str, int, int, int]  # variant, nodes, ranks, threads


def _layout(point: Point) -> _Layout:
    return point.variant, point.nodes, point.ranks, point.threads


def _layouts(tables: Sequence[Table]) -> list[_Layout]:
    """Those that at least two studies have, in the order of the first."""
    found: dict[_Layout, int] = {}
    for table in tables:
        for point in table.points:
            key = _layout(point)
            found[key] = found.get(key, 0) + 1
    return [key for key, times in found.items() if times > 1]


def _point(table: Table, key: _Layout) -> Point | str:
    """Or the reason why there is none."""
    for point in table.points:
        if _layout(point) == key:
            return point if point.used else "left out: " + joined("; ", point.left_out)
    return "not measured"


def _line(problem: Problem, what: str, measured: Sequence[Point | str], found: Comparison) -> Line:
    points = tuple(point if isinstance(point, Point) else None for point in measured)
    reasons = tuple(point if isinstance(point, str) else "" for point in measured)
    reference, of_base = points[found.base], found.spreads[found.base]
    ratios = tuple(
        compared(point, reference, spread, of_base)
        if point is not None and reference is not None and number != found.base
        else None
        for number, (point, spread) in enumerate(zip(points, found.spreads))
    )
    unit = next((point.rate_unit for point in points if point is not None), "1/s")
    return Line(problem, what, unit, points, ratios, reasons)


def _means(found: Comparison) -> list[Ratio | None]:
    """Geometric mean of the ratios of all problems on all cores. It equals the ratio of SSP figures
    (geometric mean of rates of a node, times the nodes), for the units of rates cancel."""
    means: list[Ratio | None] = []
    for number in range(len(found.studies)):
        ratios = [line.ratios[number] for line in found.whole]
        known = [part for part in ratios if part is not None]
        means.append(geometric_mean(known) if known and len(known) == len(ratios) else None)
    return means


def _limits(
    studies: Sequence[Study], base: int
) -> Iterator[tuple[str, str, tuple[Measured | None, ...], tuple[Ratio | None, ...]]]:
    """Figures of probe's runs of the same variant and layout. Times count as their reciprocals: all
    ratios above 1 are better. Each is of one process, and scatters in its own way: no verdicts.
    Lengths of messages are no figures of merit."""
    found = [_probe_figures(study.limits.records) for study in studies]
    for name in dict.fromkeys(name for figures in found for name in figures):
        figures = [own.get(name) for own in found]
        unit = next(figure.unit for figure in figures if figure is not None)
        if unit == "byte":
            continue
        measured = tuple(
            Measured(f.value, f.low, f.high) if f is not None else None for f in figures
        )
        better = tuple(_better(part, unit) for part in measured)
        reference = better[base]
        ratios = tuple(
            replace(ratio(part, reference), undecided=True)
            if part and reference and number != base
            else None
            for number, part in enumerate(better)
        )
        yield name, unit, measured, ratios


def _probe_figures(records: Sequence[Record]) -> dict[str, Figure]:
    """By "mpi 2 x 1: triad_all"."""
    return {
        f"{record.variant} {record.ranks} x {record.threads}: {name}": figure
        for record in records
        for name, figure in record.figures.items()
    }


def _better(part: Measured | None, unit: str) -> Measured | None:
    if part is None or not part.value > 0:
        return None
    if unit in UPWARDS:
        return part
    high = 1 / part.low if part.low > 0 else math.nan
    return Measured(1 / part.value, 1 / part.high if part.high > 0 else math.nan, high)


def _differences(studies: Sequence[Study], found: Comparison) -> Iterator[str]:
    """What else differs than the machines: problems, kernels, tiers, programs, seeds."""
    shared = {line.problem for line in found.whole}
    for study in studies:
        for table in study.tables:
            if table.problem not in shared:
                words = f"{table.problem.app} {_name(table.problem)}"
                yield f"{words} is not in all studies and is left out; {study.label} has it"
    for line in found.whole:
        for what in ("kernel", "tier"):
            told = [getattr(point, what) if point else "-" for point in line.points]
            if len({word for word in told if word != "-"}) > 1:
                each = ", ".join(f"{s.label}: {word}" for s, word in zip(studies, told))
                yield f"{what} of {line.problem.app} {_name(line.problem)} differs: {each}"
    for key in ("git_commit", "compiler", "compiler_flags", "mpi_library", "blas_library"):
        told = [_software(study, key) for study in studies]
        if len(set(told)) > 1:
            words = key.replace("_", " ")
            yield f"{words} differs: " + "; ".join(f"{s.label}: {t}" for s, t in zip(studies, told))
    seeds = [study.state.data["seed"] for study in studies]
    if len(set(seeds)) > 1:
        yield "seed differs: " + joined(", ", map(_seed, studies, range(len(studies))))


def _seed(study: Study, number: int) -> str:
    seed = study.state.data["seed"]
    words = "None" if seed is None else Words(whole(seed, "seed", f"study {number}"))
    return Words(f"{study.label}: ", words)


def _software(study: Study, key: str) -> str:
    values = {record.software.get(key, "") for record in study.outcomes.records.values()}
    return ", ".join(sorted(value for value in values if value and value != "none")) or "none"
