"""`scalebar study` through a batch system: the same command submits, collects, and goes on."""
from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

from jobscripts import batch, preview, state as states
from jobscripts.batch import Cluster
from jobscripts.budget import MINIMUM_LIMIT, Budget, overhead
from jobscripts.errors import Refused
from jobscripts.fit import fit
from jobscripts.node_share import by_share
from jobscripts.plan import make_plan
from jobscripts.predict import predict
from jobscripts.programs import Program
from jobscripts.progress import Progress
from jobscripts.resume import open_again, set_back
from jobscripts.state import State
from jobscripts.study import Study
from jobscripts.units import count

MEMORY_NOTE = (
    "sizes by memory= are shown, and their jobs get time, as if nodes had this machine's memory and "
    "cores: say memory in the site file"
)


@dataclass(frozen=True)
class Order:
    """What the command line asks for."""

    study: Study
    seed: int | None
    order_seed: int
    programs: list[Program]  # of the apps
    probe: list[Program]
    every: list[Program]
    out: Path | None
    wait: bool
    dry_run: bool


def through_batch(
    order: Order, cluster: Cluster, new_folder: Callable[[Study], Path], summarise: Callable[[State], None]
) -> int:
    """The exit code: the worst of the runs', or 0 where jobs are still to come."""
    if order.dry_run or not (order.out and (order.out / states.FILE).exists()):
        state = _new(order, cluster, new_folder)
        if state is None:
            return 0
    else:
        state = open_again(order.out, order.study, order.seed, cluster.bench.topology)
    budget = _dealt(order.study, [run["ranks"] for run in state.runs])
    progress = Progress(len(state.runs), sum(run["status"] in ("done", "failed") for run in state.runs))
    progress.say(f"{state.data['study']}: {count(len(state.runs), 'run')}, into {state.folder}")
    if not all(job["collected"] for job in state.jobs):
        progress.say("collecting what its jobs have left")
        batch.collect(state, cluster, lambda run: progress.end(run, None))
    elif any(run["status"] != "done" for run in state.runs):
        for note in [*state.data["notes"], *set_back(state, order.every)]:
            progress.say(note)
    # Also what a study that was killed, or whose jobs were refused, had not submitted yet.
    batch.submit(state, cluster, budget, progress.say)
    if order.wait:
        batch.wait(state, cluster, lambda run: progress.end(run, None))
    left = batch.collect(state, cluster, lambda run: progress.end(run, None))
    if left:
        for words in batch.queue_words(state, cluster):
            progress.say(words)
        progress.say(f"{count(left, 'run')} to come; the same command with --out {state.folder} collects")
        return 0
    summarise(state)
    if any(run["status"] != "done" for run in state.runs):
        progress.say(f"the same command with --out {state.folder} submits anew what did not pass")
    return state.exit_code()


def _dealt(study: Study, ranks: list[int]) -> Budget:
    """The limits of runs with these numbers of ranks. Jobs do not know of each other, so a budget is
    dealt before the first of them: it is of the runs' time, whatever they wait for in between."""
    if study.budget is None:
        return Budget(None, study.time_limit, study.watchdog)
    whole = Budget(study.budget, study.time_limit, study.watchdog)
    return Budget(None, whole.share(list(map(overhead, ranks))) or MINIMUM_LIMIT, whole.watchdog)


def _new(order: Order, cluster: Cluster, new_folder: Callable[[Study], Path]) -> State | None:
    """A study that has just begun; None after --dry-run has shown it."""
    topology = cluster.bench.topology
    plan = make_plan(order.study, order.programs, topology, order.order_seed, order.probe)
    bench = cluster.bench
    if any(map(by_share, plan.runs)):
        bench = replace(bench, memory=cluster.memory())
        if bench.memory is None:
            plan = replace(plan, notes=(*plan.notes, MEMORY_NOTE))
    predictions = predict(plan.runs, bench, order.seed, every=order.dry_run)
    plan, refused = fit(plan, predictions, order.study)
    for words in refused:
        raise Refused(words)
    crowded = [run for run in plan.runs if run.layout.workers > topology.workers * run.nodes]
    if crowded:
        raise Refused(
            f"{order.study.name}: {crowded[0].layout} has more workers than its nodes have cores "
            f"({topology.workers} each): not through a batch system"
        )
    parts = (order.study, order.seed, order.order_seed, plan, predictions, order.every, topology)
    out = order.out or new_folder(order.study)
    if not order.dry_run:
        return states.create(out, *parts)
    budget = _dealt(order.study, [run.ranks for run in plan.runs])
    shown = replace(predictions, bench=cluster.started())  # as jobs start them
    preview.show(plan, shown, budget, order.seed)
    state = State(out, states.new_data(*parts))
    print("\n".join(batch.preview(state, cluster, budget)))
    return None
