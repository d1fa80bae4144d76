"""The runs of the app probe that a study begins with: what the machine itself can do.

They are the ceilings that a report holds measurements against, so they come first, on as many
workers as the study uses at most: ranks, for messages; one core of the serial program, for what a
core gets with the machine to itself; threads, for memory without any messages. Few and short ones:
their time is the study's.
"""
from __future__ import annotations

from typing import Sequence

from jobscripts.budget import PROBE_SHARE, PROBE_TIME
from jobscripts.layout import Layout
from jobscripts.programs import Program
from jobscripts.run import PROBE, Run
from jobscripts.study import PROBE_APP, Study
from jobscripts.units import count

# Of a simulated machine, where each sample is exact: what apps declare and messages take. There is no
# noise, and files are written by this machine's clock.
SIMULATED = {
    "what": "memory,compute,latency",
    "samples": "2",
    "figure_time": "0.001",
    "n": "2^18",
    "core_n": "2^15",
    "message_max": "2^20",
}
ONCE = {"warmup": "0", "min_reps": "1", "max_reps": "1"}


def probe_runs(
    study: Study, programs: Sequence[Program], workers: int, nodes: int = 1
) -> tuple[list[Run], str]:
    """The runs on up to `workers` workers of one node, and on as many of each of `nodes` nodes; most
    telling first, as many as the budget allows; and a sentence where that is fewer."""
    variants = {program.variant for program in programs}
    wanted = [
        (variant, layout)
        for variant, layout in _layouts(variants, workers, nodes)
        if variant in variants
    ]
    allowed = len(wanted)
    if study.budget is not None:
        allowed = min(allowed, int(PROBE_SHARE * study.budget / PROBE_TIME))
    note = ""
    if allowed < len(wanted):
        room = f"more than {count(allowed, 'run')}" if allowed else "any run"
        note = f"the budget is too short for {room} of probe"
    keys = study.options.get(PROBE_APP, {})
    runs = [
        Run.aside(PROBE, (PROBE_APP, variant), layout, keys, {})
        for variant, layout in wanted[:allowed]
    ]
    return runs, note


def simulated_probe_runs(study: Study, programs: Sequence[Program], workers: int, nodes: int) -> list[Run]:
    """In a simulated machine: one node, which is like all others, and two of them for messages."""
    if not programs:
        return []
    found = [Layout(workers, 1)] + ([Layout(2 * workers, 1, 2)] if nodes > 1 else [])
    keys = {**SIMULATED, **study.options.get(PROBE_APP, {})}
    return [Run.aside(PROBE, (PROBE_APP, "mpi"), layout, keys, ONCE) for layout in found]


def _layouts(variants: set[str], workers: int, nodes: int) -> list[tuple[str, Layout]]:
    one = Layout(1, 1)
    if workers == 1 and nodes == 1:
        first = next((name for name in ("serial", "omp", "mpi") if name in variants), "hybrid")
        return [(first, one)]
    ranks = "mpi" if "mpi" in variants else "hybrid"
    found = [(ranks, Layout(workers, 1)), ("serial", one), ("omp", Layout(1, workers))]
    return ([(ranks, Layout(nodes * workers, 1, nodes))] if nodes > 1 else []) + found
