"""The top of the page: what a procurement lead, a tester and a student want to know first."""
from __future__ import annotations

from dataclasses import replace
from typing import Sequence

from jobscripts.study import VARIANTS
from results.ceilings import Ceilings
from results.outcomes import Outcomes
from results.page_facts import STUDY
from results.page_parts import (
    Cell,
    bullets,
    data_of,
    escape,
    marked,
    number,
    percent,
    percent_span,
    span,
    table,
    told,
)
from results.points import Point, Table, above_ideal, fastest, workers_words
from results.roof import share_of_roof
from results.rows import problem_name, row_name
from results.words import Words, about, counted, joined, whole

DISTURBED = "disturbed: "  # how a warning of probe begins
LIMITS = "limits"  # the row of the machine's own numbers
ENOUGH_REPEATS = 5  # fewer tell little of what differs between processes (page.py, HOW)


def verdict(outcomes: Outcomes, tables: Sequence[Table]) -> tuple[str, str]:
    """One sentence, and "good", "warn" or "bad"."""
    wrong = sum(failure.word == "WRONG" for failure in outcomes.failures)
    failed = sum(failure.word not in ("WRONG", "SLOW") for failure in outcomes.failures)
    good = sum(record.verified for record in outcomes.records.values())
    if wrong:
        words = counted(wrong, "wrong answer", "wrong", STUDY)
        return words + ": this machine is not to be trusted", "bad"
    right = counted(good, "run", "right", STUDY)
    if failed:
        return Words(right, " verified, ", whole(failed, "failed", STUDY), " without a result"), "bad"
    points = [point for found in tables for point in found.points]
    slow, left_out = sum(p.result == "SLOW" for p in points), sum(not p.used for p in points)
    more = [counted(slow, "point", "slow", STUDY) + " slower than the reference"] if slow else []
    more += [counted(left_out, "point", "left_out", STUDY) + " left out of the curves"] if left_out else []
    mark = "bad" if slow else "warn"
    if outcomes.waiting:
        done = Words(right, " right so far, ", whole(outcomes.waiting, "waiting", STUDY), " still to come")
        return joined("; ", [done, *more]), mark
    if more:
        return joined("; ", ["all answers right", *more]), mark
    return Words("all ", right, " right"), "good"


def cards(outcomes: Outcomes, tables: Sequence[Table], limits: Ceilings) -> str:
    words, mark = verdict(outcomes, tables)
    found = [_card("Answers", Cell(words, mark=mark), _disturbed(limits))]
    for app in dict.fromkeys(found.problem.app for found in tables):
        found.append(_app_card(app, tables, limits))
    if limits.bandwidth is not None:
        core = told(number(limits.bandwidth.core, "byte/s"), LIMITS, "triad_core")
        lines = [f"one worker: {core}"]
        if limits.bandwidth.raised:
            lines.append("all together measured less: the machine was disturbed")
        if limits.compute is not None:
            rate = told(number(limits.compute.all, "flop/s"), LIMITS, "fma")
            lines.append(f"multiply-adds: {rate}")
        lines += _simulated(next((record.simulated for record in limits.records), ""))
        big = number(limits.bandwidth.all, "byte/s")
        found.append(_card("Memory bandwidth (triad)", big, lines, LIMITS, "triad"))
    return f'<div class="cards">{"".join(found)}</div>'


def _app_card(app: str, tables: Sequence[Table], limits: Ceilings) -> str:
    strong = [t for t in tables if t.problem.app == app and t.problem.scaling == "strong"]
    weak = [t for t in tables if t.problem.app == app and t.problem.scaling == "weak"]
    best = _best(strong) or _best(weak)
    if best is None:
        points = _points(strong + weak)
        reasons = [about(row_name(point), reason) for point in points for reason in point.left_out]
        lines = [marked(reason) for reason in list(dict.fromkeys(reasons))[:3]]
        return _card(app, Cell("no point that can be compared"), lines)
    lines = [escape(f"{_layout(best)}, size {best.problem.size}")]
    lines += _simulated(best.simulated)
    if best.efficiency is not None and best.workers > 1:
        lines += [f"{_speedup(best)}, {_efficiency(best)}", escape(above_ideal(best))]
    grown = _best(weak)
    if grown is not None and grown is not best and grown.efficiency and grown.workers > 1:
        layout = f"{grown.variant} {grown.ranks} x {grown.threads}"
        lines += [f"weak scaling, {layout}: {_efficiency(grown)}", escape(above_ideal(grown))]
    lines.append(marked(_left_out(strong if best in _points(strong) else weak, best)))
    share = share_of_roof(best, limits)
    if share is not None:
        part = told(percent(share), row_name(best), "roof")
        lines.append(f"{part} of what the machine allows (roofline)")
    return _card(app, number(best.rate, best.rate_unit), lines, row_name(best), "rate")


def _disturbed(limits: Ceilings) -> list[str]:
    """The line of a card, as HTML, where figures of probe say against each other (apps/probe)."""
    if not any(line.startswith(DISTURBED) for record in limits.records for line in record.warnings):
        return []
    words = "others used this machine while its limits were measured (see Placement and warnings)"
    return [f'<span class="warn">{words}</span>']


def _simulated(machine: str) -> list[str]:
    """The line of a card, as HTML; none where its figures were measured."""
    return [f'<span class="warn">{escape(f"simulated on {machine}")}</span>'] if machine else []


def _layout(point: Point) -> str:
    return f"{point.variant}, {point.ranks} x {point.threads}"


def _speedup(point: Point) -> str:
    """ "strong scaling, 2 workers: 1.64 (1.55 .. 1.73) times the serial program", as HTML."""
    row, key = row_name(point), base_key(point)
    workers = told(number(float(point.workers), text=str(point.workers)), row, "workers")
    times = told(number(getattr(point, key)), row, key)
    if point.speedup_interval is not None:
        reach = span(*point.speedup_interval, "1")
        times += f" ({told(reach, row, 'speedup_interval')})"
    scaling = f"{point.problem.scaling} scaling, {workers} workers"
    if point.base_workers is not None and point.base_workers > 1:
        base = told(number(float(point.base_workers), text=str(point.base_workers)), row, "base_workers")
        return f"{scaling}: speed-up {times}, with {base} workers of {point.variant} taken as {base}"
    own = f"one worker of {point.variant}"
    base = "the serial program" if key == "speedup_serial" else own
    return f"{scaling}: {times} times {base}"


def _efficiency(point: Point) -> str:
    """ "efficiency 82 % (78 .. 86 %)", as HTML."""
    row, value = row_name(point), point.efficiency
    share = told(Cell(f"{100 * value:.0f} %", value), row, "efficiency") if value else "-"
    if point.speedup_interval is not None:
        low, high = (end / point.workers for end in point.speedup_interval)
        reach = percent_span(low, high, digits=0)
        share += f" ({told(reach, row, 'efficiency_interval')}{of_processes(point)})"
    return f"efficiency {share}"


def of_processes(point: Point) -> str:
    """What an interval of so few repeats is of: it may hold the machine's median less often than 95 %."""
    if point.simulated or point.repeats >= ENOUGH_REPEATS:
        return ""
    return ", of one process" if point.repeats == 1 else ", of few processes"


def base_key(point: Point) -> str:
    """Which of its speed-ups the efficiency of a point is made of."""
    return "speedup_serial" if point.speedup_serial is not None else "speedup_own"


def _card(
    title: str, big: Cell, lines: Sequence[str], row: str = "", key: str = ""
) -> str:
    """`big` is the number of `row` under `key`; `lines` are HTML."""
    body = "".join(f"<p>{line}</p>" for line in lines if line)
    text = f'<span class="{big.mark}">{marked(big.text)}</span>' if big.mark else marked(big.text)
    name = f' data-row="{escape(row)}"' if row else ""
    number_words = f'<div class="big"{name}{data_of(big, key)}>{text}</div>'
    return f'<div class="card"><h3>{escape(title)}</h3>{number_words}{body}</div>'


def _best(tables: Sequence[Table]) -> Point | None:
    """The fastest point of most workers."""
    used = [point for found in tables for point in found.points if point.used]
    most = max((point.workers for point in used), default=0)
    return max((p for p in used if p.workers == most), key=lambda p: p.rate, default=None)


def _points(tables: Sequence[Table]) -> list[Point]:
    return [point for found in tables for point in found.points]


def _left_out(tables: Sequence[Table], shown: Point) -> str:
    """ "on 2 workers every point is left out: too few samples"; "" where `shown` is of most workers."""
    points = _points(tables)
    most = max(point.workers for point in points)
    if most == shown.workers:
        return ""
    there = [point for point in points if point.workers == most]
    reasons = dict.fromkeys(reason.partition(":")[0] for point in there for reason in point.left_out)
    on = workers_words(most, row_name(there[0]))
    return Words("on ", on, f" every point is left out: {', '.join(reasons)}")


def best_table(tables: Sequence[Table], limits: Ceilings) -> str:
    """Each variant at its most workers in the fastest layout, side by side; nothing where no point
    can be compared."""
    rows: list[list[Cell | str]] = []
    names, left_out, few = [], [], False
    for found in tables:
        for variant in VARIANTS:
            own = [p for p in found.points if p.variant == variant]
            for point in fastest(p for p in own if p.used)[-1:]:
                if point.workers > 1 or all(p.workers == 1 for p in own):
                    rows.append(_best_row(found, point, limits))
                    names.append(row_name(point))
                few = few or bool(of_processes(point))
                words = _left_out([replace(found, points=own)], point)
                named = Words(f"{problem_name(found.problem)} {variant}: ", words)
                left_out += [named] if words else []
    if not rows:
        return bullets(left_out)
    headings = [
        "app", "scaling", "size", "variant", "ranks x threads", "nodes", "rate", "lowest", "highest",
        "speed-up S (1)", "against", "efficiency E", "of the roof",
    ]
    keys = ["", "", "", "", "", "nodes", "rate", "rate_low", "rate_high", "", "", "efficiency", "roof"]
    title = "Each variant on most workers (rates with the 95 % interval"
    title += ", of few processes: see How to read this)" if few else ")"
    title += next((found.simulated for found in tables if found.simulated), "")
    return table(title, headings, rows, keys, names) + bullets(left_out)


def _against(found: Table, point: Point) -> str:
    """The base of a point, in a word or two."""
    if point.base_workers is None:
        return "-"
    if point is found.serial or (found.serial is None and point is found.own_base(point.variant)):
        return "itself"
    return "serial" if found.serial else workers_words(point.base_workers, key="base_workers")


def _best_row(found: Table, point: Point, limits: Ceilings) -> list[Cell | str]:
    problem, time = point.problem, point.time
    key, against = base_key(point), _against(found, point)
    nothing = against == "itself" and found.fewest > 1  # several workers: 100 % would be no merit
    return [
        problem.app,
        problem.scaling,
        problem.size,
        point.variant,
        f"{point.ranks} x {point.threads}",
        number(float(point.nodes), text=str(point.nodes)),
        number(point.rate, point.rate_unit),
        number(point.units / time.high, point.rate_unit),
        number(point.units / time.low, point.rate_unit),
        replace(number(None if nothing else getattr(point, key)), key=key),
        against,
        percent(None if nothing else point.efficiency),
        percent(share_of_roof(point, limits)),
    ]
