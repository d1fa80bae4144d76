"""Runs what is left of a study, one run after the other."""
from __future__ import annotations

from jobscripts.budget import USED_UP, Budget
from jobscripts.execute import execute
from jobscripts.interrupts import held
from jobscripts.launch import Bench, Problem, program_arguments
from jobscripts.layout import Layout
from jobscripts.outcome import cut_short, judge
from jobscripts.programs import root_permission
from jobscripts.progress import Progress
from jobscripts.resume import judge_interrupted
from jobscripts.state import State, StudyRun
from jobscripts.pace import Pace
from jobscripts.units import count


def run_all(state: State, bench: Bench, budget: Budget, progress: Progress) -> None:
    """Runs all that waits. A run that fails is kept as failed, and the others go on. An interrupt
    leaves its run waiting, and goes up."""
    waiting = [run for run in state.runs if run["status"] == "waiting"]
    pace = Pace(budget, bool(bench.topology.simulated))
    pace.took_place([run for run in state.runs if run["status"] == "done"])
    while waiting:
        chosen = pace.next(waiting)
        if chosen is None:
            _skip(state, waiting, progress)
            return
        run, limit = chosen
        progress.begin(run, pace.left(waiting))
        try:
            _run(state, run, bench, budget, limit, progress)
        except BaseException:
            if run["status"] == "running":  # not when it ended before
                judge_interrupted(state, run)
            raise
        waiting = [other for other in waiting if other is not run]
        pace.took(run, limit, cut_short(state.result_files(run)[0]))
        progress.end(run, pace.left(waiting))
    progress.clear()


def _run(
    state: State,
    run: StudyRun,
    bench: Bench,
    budget: Budget,
    limit: float,
    progress: Progress,
) -> None:
    program = bench.programs[run["program"]]
    with held():
        log = state.start(run, program, limit)
    files = state.result_files(run)
    layout = Layout(run["ranks"], run["threads"], run["nodes"])
    arguments = program_arguments(
        program,
        layout,
        Problem(run["scaling"], run["per"], run["size"]),
        state.data["seed"],
        {**run["options"], **run["measure"]},
    )
    patience = budget.patience(limit, (run["predicted"] or {}).get("repetition", 0.0))
    if bench.topology.simulated:  # programs' own limits would be on the simulated clock
        patience = budget.patience_simulated()
    else:
        arguments += [f"--time_limit={limit:g}", f"--watchdog={budget.watchdog:g}"]
    arguments += [f"--{key}={path.name}" for key, path in zip(("json", "output"), files)]
    how = bench.launch(program, layout, arguments)
    ended = execute(
        how.argv,
        {**root_permission(), **how.env},
        log,
        patience,
        progress.tick if progress.live else None,
        state.mark,
    )
    outcome = judge(program.name, ended, log, files)
    with held():
        state.finish(run, outcome, ended.code, ended.seconds, ended.peak)


def _skip(state: State, runs: list[StudyRun], progress: Progress) -> None:
    for run in runs:
        run["status"] = "skipped"
        run["reason"] = USED_UP
    state.save()
    repeats = sum(run["repeat"] > 1 for run in runs)
    progress.say(
        f"the budget is used up: {count(len(runs), 'run')} did not take place, {repeats} of them "
        "repeats; the same command with --out resumes"
    )
