"""From runs to points of a scaling curve: repeats pooled, bases found, speed-up and efficiency.

A point is left out of speed-up and efficiency, with its reason, when it does not measure what the
curve is about: a wrong answer, workers that shared a core, too few samples, another amount of work.
"""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Iterable, Mapping

from jobscripts.state import StudyRun
from jobscripts.study import VARIANTS
from results.ratio import Measured, ratio
from results.record import Record, Work
from results.split import Split, split_of
from results.stats import INTERVAL_MIN, Summary, pool
from results.words import Amount, Words, counted, whole

SAME_WORK = 0.01  # share by which work (weak: per worker) may differ from the base's


@dataclass(frozen=True, order=True)
class Problem:
    """What the points of one table have in common."""

    app: str
    scaling: str
    size: str
    options: str  # the study's own settings, "samples=1e9 rng=philox"
    per: str = "worker"  # what a weak problem grows with, or "node"

    @property
    def share(self) -> str:
        """What keeps its work under weak scaling."""
        return f"a {self.per}"


@dataclass
class Point:
    problem: Problem
    variant: str
    ranks: int
    threads: int
    nodes: int
    repeats: int  # that gave results
    asked: int  # repeats in the plan
    time: Summary
    samples: tuple[tuple[float, ...], ...]  # of each repeat, s
    work: Work
    split: Split | None
    kernel: str
    exchange: str
    tier: str
    rate_unit: str
    verified: bool
    result: str
    placement_ok: bool
    config: Mapping[str, str] = field(default_factory=dict)  # of its first run
    left_out: list[str] = field(default_factory=list)  # reasons, "word: what it means"
    notes: list[str] = field(default_factory=list)  # alike
    speedup_serial: float | None = None
    speedup_own: float | None = None
    efficiency: float | None = None
    speedup_interval: tuple[float, float] | None = None  # of that which efficiency is made of
    base_workers: int | None = None  # of the point that it is against
    simulated: str = ""  # the name of the simulated machine; "": measured

    @property
    def workers(self) -> int:
        return self.ranks * self.threads

    @property
    def units(self) -> float:
        return self.work.units

    @property
    def rate(self) -> float:
        return self.units / self.time.median

    @property
    def used(self) -> bool:
        return not self.left_out


@dataclass
class Table:
    """One scaling curve of all variants, with its bases."""

    problem: Problem
    points: list[Point]
    fewest: int  # workers of a run in the plan: what has not run, or failed, gives the base to no other
    serial: Point | None = None

    def own_base(self, variant: str) -> Point | None:
        """A variant on the fewest workers that are planned for any: one, or more in a study of whole
        nodes. None where no such point can be used."""
        own = (p for p in self.points if p.variant == variant and p.workers == self.fewest)
        return next(iter(fastest(p for p in own if p.used)), None)

    @property
    def simulated(self) -> str:
        """" (simulated on fat_tree)" for titles; "" where all points were measured."""
        names = sorted({point.simulated for point in self.points} - {""})
        return f" (simulated on {', '.join(names)})" if names else ""

    @property
    def own_bases(self) -> list[Point]:
        """Of each parallel variant, where it has one."""
        found = (self.own_base(variant) for variant in VARIANTS if variant != "serial")
        return [point for point in found if point is not None]

    @property
    def base(self) -> Point | None:
        """The serial point, or the fastest of the own bases."""
        return self.serial or next(iter(fastest(self.own_bases)), None)


def workers_words(workers: int, row: str = "", key: str = "workers") -> str:
    """`row` and `key`: by which scripts know the number."""
    return "one worker" if workers == 1 else counted(workers, "worker", key, row)


def fewest(table: Table) -> str:
    """What efficiency is against where there is no serial point: "one worker of the variant"."""
    if table.fewest == 1:
        return "one worker of the variant"
    b, lost = whole(table.fewest, "fewest"), ", whatever they lose among themselves"
    return Words("the variant on ", b, " workers, the fewest: they count as ", b, lost)


def fastest(points: Iterable[Point]) -> list[Point]:
    """Of points with as many workers the fastest, by workers: what a curve goes through."""
    chosen: dict[int, Point] = {}
    for point in points:
        if point.workers not in chosen or point.time.median < chosen[point.workers].time.median:
            chosen[point.workers] = point
    return [chosen[workers] for workers in sorted(chosen)]


def problem_of(run: StudyRun) -> Problem:
    options = " ".join(f"{key}={value}" for key, value in run["options"].items())
    per = run.get("per", "worker") if run["scaling"] == "weak" else "worker"
    return Problem(run["app"], run["scaling"], run["size"], options, per)


def make_tables(runs: list[StudyRun], records: dict[str, Record], workers: int) -> list[Table]:
    """Tables of the planned `runs` that have a record, by run id; a node has `workers` cores."""
    groups: dict[tuple[Problem, str, int, int, int], list[StudyRun]] = {}
    for run in runs:
        groups.setdefault(
            (problem_of(run), run["variant"], run["nodes"], run["ranks"], run["threads"]), []
        ).append(run)
    tables: dict[Problem, Table] = {}
    fewest: dict[Problem, int] = {}
    for problem, _, _, ranks, threads in groups:
        fewest[problem] = min(ranks * threads, fewest.get(problem, ranks * threads))
    for (problem, *_), group in groups.items():
        done = [run for run in group if run["id"] in records]
        if done:
            table = tables.setdefault(problem, Table(problem, [], fewest[problem]))
            table.points.append(_point(problem, group, done, records, workers))
    for table in tables.values():
        _relate(table)
    return sorted(tables.values(), key=lambda table: table.problem)


def _point(
    problem: Problem,
    group: list[StudyRun],
    done: list[StudyRun],
    records: dict[str, Record],
    workers: int,
) -> Point:
    found = [records[run["id"]] for run in done]
    first = found[0]
    point = Point(
        problem=problem,
        variant=first.variant,
        ranks=first.ranks,
        threads=first.threads,
        nodes=first.nodes,
        repeats=len(done),
        asked=len(group),
        time=pool([record.elapsed for record in found]),
        samples=tuple(record.elapsed for record in found),
        work=first.work,
        split=split_of(found),
        kernel=_each(record.kernel for record in found),
        exchange=_each(record.exchange for record in found),
        tier=_each(record.tier for record in found),
        rate_unit=done[0]["figures"].get(f"{problem.app}.rate", {}).get("unit", "1/s"),
        verified=all(record.verified for record in found),
        result=_worst_word(record.result for record in found),
        placement_ok=all(record.placement_ok for record in found),
        config=first.config,
        simulated=_each(record.simulated for record in found),
    )
    _judge(point, found, workers)
    return point


def _each(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words)))


def _worst_word(words: Iterable[str]) -> str:
    found = set(words)
    return next(
        (word for word in ("WRONG", "ERROR", "SLOW") if word in found),
        "PASS" if found == {"PASS"} else "ERROR",
    )


def _judge(point: Point, found: list[Record], workers: int) -> None:
    """Why the point must not be compared, and what else a reader must know of it."""
    if not point.verified or point.result not in ("PASS", "SLOW"):
        point.left_out.append("not verified")
    if not point.placement_ok:
        told = {
            line for record in found for line in record.warnings if line.startswith("placement")
        }
        point.left_out.append(sorted(told)[0] if told else "placement: workers shared a core")
    cores = workers * point.nodes
    if point.workers > cores and point.placement_ok:
        crowd = counted(point.workers, "worker", "workers")
        point.left_out.append(Words("oversubscription: ", crowd, " on ", counted(cores, "core", "cores")))
    if point.simulated and point.time.n < INTERVAL_MIN:
        point.notes.append("simulated: exact, no interval")
    elif point.time.n < INTERVAL_MIN:
        few = whole(point.time.n, "samples")
        point.left_out.append(Words("too few samples: ", few, f", an interval takes {INTERVAL_MIN}"))
    if any(abs(record.units - point.units) > SAME_WORK * point.units for record in found):
        point.left_out.append("repeats of unequal work")
    if point.repeats < point.asked:
        lost = whole(point.asked - point.repeats, "repeats_lost")
        asked = whole(point.asked, "repeats_asked")
        point.notes.append(Words(lost, " of ", asked, " repeats gave no result"))
    if point.result == "SLOW":
        point.notes.append("slower than its reference")
    if any(record.wide for record in found):
        point.notes.append("wide interval: that of a repeat stayed wider than asked for")


def _relate(table: Table) -> None:
    """Speed-up against serial and against the own base of the variant; parallel efficiency against
    serial, or against the own base where the study has no serial point."""
    table.points.sort(key=_order)
    table.serial = next(
        (p for p in table.points if p.variant == "serial" and p.workers == 1 and p.used), None
    )
    own_bases = {variant: table.own_base(variant) for variant in VARIANTS}
    for point in table.points:
        own = own_bases[point.variant]
        if not point.used:
            continue
        for base in (table.serial, own):
            if base and not _same_work(point, base):
                own, other = (work_kept(one) for one in (point, base))
                point.left_out.append(
                    Words(
                        "other work than its base: ", Amount(f"{own:.4g}", own, "work_kept"),
                        ", not ", Amount(f"{other:.4g}", other, "base_work_kept"),
                    )
                )
                break
        else:
            point.speedup_serial = _speedup(point, table.serial)
            point.speedup_own = _speedup(point, own)
            speedup = point.speedup_serial if table.serial else point.speedup_own
            point.efficiency = speedup / point.workers if speedup is not None else None
            base = table.serial if table.serial else own
            point.base_workers = base.workers if base is not None else None
            if base is not None and base is not point and speedup is not None:
                part = ratio(measured_rate(point), measured_rate(base))
                share = speedup / part.value
                point.speedup_interval = (share * part.low, share * part.high)
            point.notes += filter(None, [above_ideal(point)])


def above_ideal(point: Point) -> str:
    """What to think of an efficiency above 1; "" of any other."""
    if point.efficiency is None or point.efficiency <= 1:
        return ""
    low, _ = point.speedup_interval or (math.nan, math.nan)
    if low <= point.workers:
        return "above ideal: the interval still holds 100 %"
    return "more than ideal: the base was slowed down, or caches helped"


def measured_rate(point: Point) -> Measured:
    """Units of work a second, with the interval that follows from that of the time."""
    time = point.time
    return Measured(point.rate, point.units / time.high, point.units / time.low)


def _order(point: Point) -> tuple[int, int, int]:
    return VARIANTS.index(point.variant), point.workers, point.ranks


def work_kept(point: Point) -> float:
    """What strong scaling keeps constant, or weak scaling."""
    if point.problem.scaling == "strong":
        return point.units
    return point.units / (point.nodes if point.problem.per == "node" else point.workers)


def _same_work(point: Point, base: Point) -> bool:
    """Weak scaling of N log N operations cannot keep them the same for each worker: speed-up counts
    them, so they may differ by a factor of two. Beyond that a problem that grows leaves the caches,
    which a simulated machine has not: there speed-up is Sun and Ni's, whatever the work."""
    if point.problem.scaling == "weak" and point.simulated and base.simulated:
        return True
    if point.problem.scaling == "weak":
        return work_kept(base) <= 2 * work_kept(point) <= 4 * work_kept(base)
    return abs(work_kept(point) - work_kept(base)) <= SAME_WORK * work_kept(base)


def _speedup(point: Point, base: Point | None) -> float | None:
    """Strong: T1/Tp. Weak: (work_p/Tp) / (work_1/T1), scaled speed-up (Gustafson 1988; Sun and Ni
    1990 where the work of each worker is not the same). A base of b workers counts as b."""
    if base is None:
        return None
    ratio = base.workers * base.time.median / point.time.median
    return ratio * point.units / base.units if point.problem.scaling == "weak" else ratio
