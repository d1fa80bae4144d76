"""`scalebar study --dry-run`: what would run, how, what it needs, how long. Computes nothing."""
from __future__ import annotations

import shutil
from pathlib import Path
from typing import Sequence

from jobscripts.ask import command_of
from jobscripts.budget import PROBE_LIMIT, Budget, overhead
from jobscripts.duration import Needs, least, seconds, wish
from jobscripts.plan import Plan
from jobscripts.predict import Predictions
from jobscripts.run import SCALING, Run
from jobscripts.study import VARIANTS
from jobscripts.units import bytes_text, count, show_time, time_text

COLUMNS = (
    ("program", 16),
    ("scaling", 8),
    ("size", 12),
    ("ranks x threads", 16),
    ("repeats", 8),
    ("memory per rank", 16),
    ("in all", 11),
    ("a repetition", 13),
    ("a run", 10),
)


def show(plan: Plan, predictions: Predictions, budget: Budget, seed: int | None) -> None:
    """Prints what each run needs, then what the study takes."""
    limits = _limits(plan.runs, predictions, budget)
    print("".join(f"{word:<{width}}" for word, width in COLUMNS).rstrip())
    for runs in _alike(plan.runs):
        print(_row(runs, predictions.needs(runs[0]), limits[runs[0].id]))
    print(
        "memory and time as each program's own --dry-run tells them; ~: a guess, computed from "
        "another layout of the same problem"
    )
    _show_commands(plan, predictions, seed)
    for note in (*plan.notes, *predictions.problems()):
        print(note)
    _show_total(plan, predictions, budget, limits)


def _limits(
    runs: Sequence[Run], predictions: Predictions, budget: Budget
) -> dict[str, float]:
    """How long each run may measure, by its id."""
    points = [run for run in runs if run.purpose == SCALING]
    wishes = [wish(dict(run.measure), predictions.needs(run), budget.limit) for run in points]
    leasts = [
        least(dict(run.measure), predictions.needs(run), run.repeat, budget.limit) for run in points
    ]
    dealt = budget.deal([overhead(run.ranks) for run in points], wishes, leasts) or [0.0] * len(points)
    limits = {run.id: PROBE_LIMIT for run in runs}
    limits.update({run.id: limit for run, limit in zip(points, dealt)})
    return limits


def _alike(runs: Sequence[Run]) -> list[list[Run]]:
    """Repeats of the same point together; probe first, then by program, problem and workers."""
    points: dict[tuple[object, ...], list[Run]] = {}
    for run in runs:
        order = (run.purpose == SCALING, run.purpose, run.app, run.scaling, run.size)
        point = (*order, VARIANTS.index(run.variant), run.layout.workers, run.layout)
        points.setdefault(point, []).append(run)
    return [points[point] for point in sorted(points)]


def _row(runs: list[Run], needs: Needs | None, limit: float) -> str:
    run = runs[0]
    guess = "" if needs and needs.asked else "~"
    expected, _ = _seconds(run, needs, limit)
    size = run.size if run.purpose == SCALING else f"({run.purpose})"
    cells = [run.program, run.scaling, size, f"{run.ranks} x {run.threads}", str(len(runs))]
    if needs:
        cells.append(guess + bytes_text(needs.memory_rank))
        cells.append(guess + bytes_text(needs.memory_rank * run.ranks))
        cells.append(guess + time_text(needs.repetition) if needs.repetition else "simulated")
    else:
        cells += ["?", "?", "?"]
    cells.append(guess + time_text(expected))
    return "".join(f"{cell:<{width}}" for cell, (_, width) in zip(cells, COLUMNS)).rstrip()


def _seconds(run: Run, needs: Needs | None, limit: float) -> tuple[float, float]:
    return seconds(run.purpose, run.ranks, dict(run.measure), needs, limit)


def _show_total(
    plan: Plan, predictions: Predictions, budget: Budget, limits: dict[str, float]
) -> None:
    each = [_seconds(run, predictions.needs(run), limits[run.id]) for run in plan.runs]
    expected, at_most = (sum(column) for column in zip(*each)) if each else (0.0, 0.0)
    left = budget.left()
    within = ""
    if left is not None:
        expected, at_most = min(expected, left), min(at_most, left)
        within = " (the budget)"
    if predictions.bench.topology.simulated:
        print(
            f"{count(len(plan.runs), 'run')}, fewest ranks first, each of {max(limits.values()):g} s of this "
            f"machine's time at most: very roughly {show_time(expected)}{within}"
        )
        return
    print(
        f"{count(len(plan.runs), 'run')} in random order on "
        f"{count(predictions.bench.topology.workers, 'core')}, each measuring for "
        f"{max(limits.values()):g} s at most: about {show_time(expected)}, "
        f"at most {show_time(at_most)}{within}"
    )


def _typed(word: str) -> str:
    """A path that the PATH finds by its name alone is shown as that."""
    name = Path(word).name
    return name if shutil.which(name) == word else word


def _show_commands(plan: Plan, predictions: Predictions, seed: int | None) -> None:
    """The command of the largest run of each variant, for people who want to type it themselves."""
    largest: dict[str, Run] = {}
    for run in sorted(plan.runs, key=lambda run: (run.layout.workers, run.threads)):
        largest[run.program] = run
    print("\ncommands of the largest runs, without the keys of output and time:")
    for name in sorted(largest):
        how = command_of(largest[name], predictions.bench, seed, [])
        env = " ".join(f"{key}={value}" for key, value in how.env.items())
        print(f"  {env} {' '.join(map(_typed, how.argv))}")
    print()
