"""The runs of a study: the machine's own limits and what is made for pictures first, then every
program, scaling mode, size, layout and repeat, in random order."""
from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import Sequence

from jobscripts.budget import MINIMUM_LIMIT, PLANNED_LIMIT, PROBE_TIME, overhead
from jobscripts.layout import Layout, auto_workers, layouts, thinned, written_layout
from jobscripts.picture import picture_runs
from jobscripts.probe import probe_runs, simulated_probe_runs
from jobscripts.programs import Program
from jobscripts.run import SCALING, Run
from jobscripts.study import Study
from jobscripts.topology import Topology
from jobscripts.units import count


@dataclass(frozen=True)
class Plan:
    runs: tuple[Run, ...]
    notes: tuple[str, ...]  # what was left out, and why


def make_plan(
    study: Study,
    programs: list[Program],
    topology: Topology,
    order_seed: int,
    probe: Sequence[Program] = (),
) -> Plan:
    """All runs of the study, thinned where its budget is too short for them; before them those of
    the programs of `probe`."""
    counts = auto_workers(topology.workers)
    notes: dict[str, str] = {}  # the last word on each matter
    runs = _runs(study, programs, topology, counts)
    most = max((run.layout.workers for run in runs), default=1)
    whole = max((run.nodes for run in runs), default=1)
    first, note = probe_runs(study, probe, min(most, topology.workers), whole)
    if topology.simulated:
        first, note = simulated_probe_runs(study, probe, topology.workers, whole), ""
    if note:
        notes["probe"] = note
    pictures = picture_runs(study, programs, min(most, topology.workers))
    budget = math.inf if study.budget is None else study.budget - len(first) * PROBE_TIME
    budget -= _time(pictures, 0.0)
    while _time(runs, PLANNED_LIMIT) > budget:
        if study.repeats > 1:
            study = replace(study, repeats=study.repeats - 1)
            left = count(study.repeats, "repeat")
            notes["repeats"] = f"the budget is too short for more than {left} of each point"
        elif "auto" in study.workers and thinned(counts) != counts:
            counts = thinned(counts)
            left = ", ".join(map(str, counts))
            notes["counts"] = f"the budget is too short for all numbers of workers: {left} are run"
        else:
            if _time(runs, MINIMUM_LIMIT) > budget:
                notes["runs"] = (
                    "the budget is too short for all runs: what is left at its end will not run"
                )
            break
        runs = _runs(study, programs, topology, counts)
    if any(run.layout.workers > topology.workers * run.nodes for run in runs):
        notes["cores"] = (
            f"points of more than {count(topology.workers, 'worker')} a node share cores: they are shown, and "
            "left out of speed-up and fits"
        )
    ordered = _shuffled(runs, order_seed)
    if topology.simulated:  # which does not drift; a study that is cut short has whole curves
        ordered.sort(key=lambda run: run.layout.workers)
    if "runs" in notes:  # without bases, nothing that does run could be compared
        ordered.sort(key=lambda run: run.repeat != 1 or run.layout.workers != 1)
    return Plan((*first, *pictures, *ordered), tuple(notes.values()))


def _runs(study: Study, programs: list[Program], topology: Topology, auto: list[int]) -> list[Run]:
    plain = [int(item) for item in study.workers if item.isdigit()]
    written = [written_layout(item) for item in study.workers if "x" in item]
    counts = set(plain)
    counts.update(auto if "auto" in study.workers else [])
    counts.update([topology.workers] if "all" in study.workers else [])
    runs = []
    for repeat in range(1, study.repeats + 1):
        for program in programs:
            found = layouts(
                program.variant, sorted(counts), written, study.hybrid_ranks, topology,
                study.nodes_of.get(program.app, study.nodes),
            )
            for scaling in study.scalings:
                for size in study.sizes:
                    for layout in found:
                        runs.append(_run(study, program, scaling, size, layout, repeat))
    return runs


def _run(
    study: Study, program: Program, scaling: str, size: str, layout: Layout, repeat: int
) -> Run:
    return Run(
        purpose=SCALING,
        app=program.app,
        variant=program.variant,
        scaling=scaling,
        per=study.per,
        size=size,
        ranks=layout.ranks,
        threads=layout.threads,
        repeat=repeat,
        options=tuple(study.options.get(program.app, {}).items()),
        measure=tuple(study.measure.items()),
        nodes=layout.nodes,
    )


def _time(runs: list[Run], limit: float) -> float:
    return sum(overhead(run.ranks) + limit for run in runs)


def _shuffled(runs: list[Run], seed: int) -> list[Run]:
    """Random order inside each repeat, repeats one after the other: drift of the machine spreads
    over all points, and a study that is cut short has every point once before any twice."""
    shuffler = random.Random(seed)
    ordered: list[Run] = []
    for repeat in sorted({run.repeat for run in runs}):
        block = [run for run in runs if run.repeat == repeat]
        shuffler.shuffle(block)
        ordered += block
    return ordered
