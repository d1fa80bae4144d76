"""Sizes by share of memory (`memory=`) on nodes of a batch system.

A program computes such a size from the memory and the cores of the node it runs on. What it tells
here is that of this machine, and is carried over to a node of theirs.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

from jobscripts.ask import Answer
from jobscripts.memory import total_memory
from jobscripts.run import Run
from jobscripts.topology import observe

# How an app's work grows with its memory where that is not in step: n^3 operations on n^2 numbers.
# That of fft grows by a logarithm more, which is left out.
POWERS = {"matmul": 1.5}


@dataclass(frozen=True)
class Node:
    memory: float | None  # bytes; None: not known
    cores: int


def this_node() -> Node:
    return Node(total_memory(), len(observe().cores))


def by_share(run: Run) -> bool:
    return run.size.startswith("memory=")


def work_growth(app: str, memory_growth: float) -> float:
    """How many times the work of an app grows where its memory grows so many times."""
    return memory_growth ** POWERS.get(app, 1.0)


def carried_over(run: Run, answer: Answer, here: Node, there: Node) -> Answer:
    """What the program told `here` of a run on one worker, as it is `there`. Under weak scaling a worker
    gets the share of one core. As it was where either memory is not known."""
    if not (by_share(run) and answer.known and here.memory and there.memory):
        return answer
    growth = there.memory / here.memory
    if run.scaling == "weak" and run.per == "worker":
        growth *= here.cores / there.cores
    return replace(
        answer,
        memory_rank=answer.memory_rank * growth,
        repetition=answer.repetition * work_growth(run.app, growth),
    )
