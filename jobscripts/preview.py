"""`scalebar study --dry-run`: what would run, how, and for how long. Computes nothing."""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from jobscripts.budget import Budget, overhead
from jobscripts.launch import Bench, Launch, launch, program_arguments
from jobscripts.plan import Plan, Run
from jobscripts.programs import root_permission
from jobscripts.units import count, show_time

TOLD = ("memory per rank", "expected time")  # lines of a program's own --dry-run


def refusals(plan: Plan, bench: Bench, seed: int | None) -> list[str]:
    """What programs say of problems that they refuse: one line for each such problem."""
    return [words for run in _smallest(plan) for _, words in [_ask(run, bench, seed)] if words]


def show(plan: Plan, bench: Bench, budget: Budget, seed: int | None) -> bool:
    """Prints the runs, then what each problem needs and what the study takes. Whether all programs
    take their problems."""
    taken = True
    limit = budget.share([run.ranks for run in plan.runs]) or 0.0
    _show_runs(plan)
    for run in _smallest(plan):
        told, refused = _ask(run, bench, seed)
        taken = taken and not refused
        for line in [refused] if refused else told:
            print(f"{run.program} {run.scaling} {run.size}, {run.ranks} x {run.threads}: {line}")
    _show_commands(plan, bench, seed)
    for note in plan.notes:
        print(note)
    at_most = sum(limit + overhead(run.ranks) for run in plan.runs)
    print(
        f"{count(len(plan.runs), 'run')} in random order on {count(bench.topology.workers, 'core')}, "
        f"each measuring for {limit:g} s at most: "
        f"about {show_time(at_most)} at most"
    )
    return taken


def _show_runs(plan: Plan) -> None:
    rows: dict[tuple[str, str, str], list[Run]] = {}
    for run in sorted(plan.runs, key=lambda run: (run.layout.workers, run.threads)):
        rows.setdefault((run.program, run.scaling, run.size), []).append(run)
    print(f"{'program':<16}{'scaling':<9}{'size':<9}{'repeats':<9}ranks x threads")
    for (program, scaling, size), runs in sorted(rows.items()):
        repeats = max(run.repeat for run in runs)
        layouts = "  ".join(f"{run.ranks} x {run.threads}" for run in runs if run.repeat == 1)
        print(f"{program:<16}{scaling:<9}{size:<9}{repeats:<9}{layouts}")
    print()


def _smallest(plan: Plan) -> list[Run]:
    """For each problem one run to ask about: that of the fewest workers, serial first."""
    chosen: dict[tuple[str, str, str], Run] = {}
    for run in sorted(
        plan.runs, key=lambda run: (run.layout.workers, run.variant != "serial", run.id)
    ):
        chosen.setdefault((run.app, run.scaling, run.size), run)
    return list(chosen.values())


def _ask(run: Run, bench: Bench, seed: int | None) -> tuple[list[str], str]:
    """What the program's own --dry-run tells of memory and time, and its words where it refuses."""
    how = _how(run, bench, seed, ["--dry-run"])
    try:
        told = subprocess.run(
            how.argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            env={**os.environ, **root_permission(), **how.env},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [f"its --dry-run does not work: {error}"], ""
    errors = [line for line in told.stderr.splitlines() if line.startswith("ERROR ")]
    if told.returncode == 1 and errors:
        return [], errors[0].removeprefix("ERROR ")
    if told.returncode != 0:
        return [f"its --dry-run ended with {told.returncode}: {told.stderr.strip()[:300]}"], ""
    return [line for line in told.stdout.splitlines() if line.startswith(TOLD)], ""


def _how(run: Run, bench: Bench, seed: int | None, more: list[str]) -> Launch:
    program = bench.programs[run.program]
    arguments = program_arguments(
        program, run.layout, run.scaling, run.size, seed, dict(run.options + run.measure)
    )
    return launch(
        program, bench.launchers[run.program], run.layout, bench.topology, arguments + more
    )


def _typed(word: str) -> str:
    """A path that the PATH finds by its name alone is shown as that."""
    name = Path(word).name
    return name if shutil.which(name) == word else word


def _show_commands(plan: Plan, bench: Bench, seed: int | None) -> None:
    """The command of the largest run of each variant, for people who want to type it themselves."""
    largest: dict[str, Run] = {}
    for run in sorted(plan.runs, key=lambda run: (run.layout.workers, run.threads)):
        largest[run.program] = run
    print("\ncommands of the largest runs, without the keys of output and time:")
    for name in sorted(largest):
        how = _how(largest[name], bench, seed, [])
        env = " ".join(f"{key}={value}" for key, value in how.env.items())
        print(f"  {env} {' '.join(map(_typed, how.argv))}")
    print()
