"""Memory and time of every run before it takes place.

What a program tells of its own layout is asked for; a launcher with many ranks takes a second to
ask, so a study asks each problem once, and where memory may be short. What has not been asked is
computed from the nearest layout that has, and is called a guess.
"""
from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Sequence

from jobscripts.ask import Answer, ask
from jobscripts.duration import Needs
from jobscripts.launch import Bench
from jobscripts.memory import available_memory
from jobscripts.node_share import Node, by_share, carried_over, this_node, work_growth
from jobscripts.run import PROBE, Run

ALLOWANCE = 20.0  # s for asking beyond each problem once
TIGHT = 4.0  # a guess may be wrong by this factor: receive buffers, halos, copies for transposes

SIMULATED_RANK = 0.4e6  # bytes of a rank that SimGrid itself needs (inputs/platforms/README.md)

Key = tuple  # what makes two runs need the same


@dataclass
class Predictions:
    """Answers by what was asked for, and what programs refuse."""

    bench: Bench
    answers: dict[Key, tuple[Run, Answer]]

    def needs(self, run: Run) -> Needs | None:
        """None where no layout of the problem is known."""
        own = self.answers.get(_key(run))
        if own and own[1].known:
            told = not (self.bench.elsewhere and by_share(run))  # nobody asked a node of theirs
            return Needs(own[1].memory_rank, own[1].repetition, told)
        known = [
            (other, answer)
            for other, answer in self.answers.values()
            if answer.known and problem_of(other) == problem_of(run)
        ]
        if not known:
            return None
        nearest = min(
            known,
            key=lambda item: (
                item[0].program != run.program,
                abs(item[0].layout.workers - run.layout.workers),
                item[0].ranks != run.ranks,
            ),
        )
        return _computed(run, *nearest, self.bench.topology.workers)

    def refusals(self) -> dict[Key, str]:
        """By problem: a program's words, or what memory is missing."""
        found: dict[Key, str] = {}
        for run, answer in self.answers.values():
            if answer.refused:
                found.setdefault(problem_of(run), answer.refused)
            elif answer.known and not answer.fits:
                needed = answer.memory_rank * run.ranks
                found.setdefault(
                    problem_of(run),
                    f"{run.program} {run.scaling} {run.size} on {run.layout}: needs "
                    f"{needed / 1e9:.3g} GB, more than is free on this node",
                )
        return found

    def problems(self) -> list[str]:
        return sorted({answer.problem for _, answer in self.answers.values() if answer.problem})


def predict(
    runs: Sequence[Run], bench: Bench, seed: int | None, every: bool, allowance: float = ALLOWANCE
) -> Predictions:
    """Asks each problem at its fewest workers; then those that may not fit into memory, and with
    `every` all others, largest first, for as long as `allowance` lasts."""
    found = Predictions(bench, {})
    distinct = {_key(run): run for run in runs}
    there = Node(bench.memory, len(bench.topology.cores))
    if bench.elsewhere:  # this is no node of theirs: one worker is asked, and memory is theirs to say
        for run in _smallest(list(distinct.values())):
            alone = replace(run, ranks=1, threads=1, nodes=1)
            answer = replace(ask(alone, bench, seed), fits=True)
            found.answers[_key(alone)] = (alone, carried_over(alone, answer, this_node(), there))
        return found
    if bench.topology.simulated:
        _ask_simulated(distinct, bench, seed, found)
        return found
    for run in _smallest(list(distinct.values())):
        found.answers[_key(run)] = (run, ask(run, bench, seed))
    free = available_memory()
    deadline = time.monotonic() + allowance
    for run in _by_memory(distinct, found):
        needs = found.needs(run)
        tight = needs and (free is None or needs.memory_rank * run.ranks * TIGHT > free)
        if time.monotonic() >= deadline or not (needs and (tight or every)):
            continue
        found.answers[_key(run)] = (run, ask(run, bench, seed))
    return found


def _ask_simulated(
    distinct: dict[Key, Run], bench: Bench, seed: int | None, found: Predictions
) -> None:
    """One rank is asked. All ranks of a simulated machine live on this one, with what SimGrid itself
    needs for each, so it is this machine's memory that all of them must fit into. Probe, which is
    small, does not send messages to itself, and is not asked."""
    points = [run for run in distinct.values() if run.purpose != PROBE]
    for run in _smallest(points):
        alone = replace(run, ranks=1, threads=1, nodes=1)
        found.answers[_key(alone)] = (alone, ask(alone, bench, seed))
    free = available_memory()
    for key, run in distinct.items():
        needs = found.needs(run)
        if needs is None or free is None:
            continue
        each = needs.memory_rank + SIMULATED_RANK
        if each * run.ranks > free:
            found.answers[key] = (run, Answer(each, needs.repetition, fits=False))


def _computed(run: Run, base: Run, answer: Answer, cores: int) -> Needs:
    """The same problem shared otherwise. Weak scaling gives each worker the base's share; a strong
    problem by share of memory is that of all its nodes."""
    growth = run.nodes / base.nodes if by_share(run) else 1.0
    work = work_growth(run.app, growth)
    if run.scaling == "weak":
        growth = run.layout.workers / base.layout.workers
        if run.per == "node":
            growth = run.nodes / base.nodes
        work = growth
    faster = min(run.layout.workers, cores * run.nodes) / min(base.layout.workers, cores * base.nodes)
    return Needs(
        memory_rank=answer.memory_rank * base.ranks * growth / run.ranks,
        repetition=answer.repetition * work / faster,
        asked=False,
    )


def problem_of(run: Run) -> Key:
    """What runs have in common that differ in variant and layout alone."""
    return run.purpose, run.app, run.scaling, run.per, run.size


def _key(run: Run) -> Key:
    return (*problem_of(run), run.variant, run.layout)


def _smallest(runs: list[Run]) -> list[Run]:
    """For each problem the run of the fewest workers, serial first: it needs no launcher."""
    chosen: dict[Key, Run] = {}
    for run in sorted(runs, key=lambda run: (run.layout.workers, run.variant != "serial", run.id)):
        chosen.setdefault(problem_of(run), run)
    return list(chosen.values())


def _by_memory(distinct: dict[Key, Run], found: Predictions) -> list[Run]:
    def guess(run: Run) -> float:
        needs = found.needs(run)
        return -needs.memory_rank * run.ranks if needs else 0.0

    left = [run for key, run in distinct.items() if key not in found.answers]
    return sorted(left, key=lambda run: (guess(run), run.id))
