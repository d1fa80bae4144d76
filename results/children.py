"""Work on many items in child processes, on all cores. HDF5 can bring down its process when a file is
damaged, and then it must be that of a child."""
from __future__ import annotations

import os
import resource
import signal
import time
from collections import deque
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Callable, Deque, Sequence

FORK = get_context("fork")  # children have the items already: only their numbers are sent
SECONDS_MOST = 120.0  # for one item; a file that takes longer is taken for damaged


@dataclass(frozen=True)
class Lost:
    """In place of a result: what became of the child that worked on it."""

    reason: str


@dataclass
class _Child:
    process: BaseProcess
    item: int
    deadline: float


def each_in_children(
    work: Callable[[Any], Any], items: Sequence[Any], seconds: float = SECONDS_MOST
) -> list[Any]:
    """work(item) of each item, in order; Lost where the child died or took longer than `seconds`. An
    exception of `work` is raised here."""
    found: list[Any] = [None] * len(items)
    waiting, children = deque(range(len(items))), dict[Connection, _Child]()
    try:
        while waiting or children:
            while waiting and len(children) < _cores():
                pipe, child = _start(work, items)
                children[pipe] = child
                _give(pipe, child, waiting, seconds)
            _collect(children, waiting, found, seconds)
    finally:
        for pipe, child in children.items():
            _end(pipe, child)
    return found


def _collect(
    children: dict[Connection, _Child], waiting: Deque[int], found: list[Any], seconds: float
) -> None:
    """Takes what children have to say, and gives them the next items."""
    soonest = min(child.deadline for child in children.values())
    for pipe in wait(list(children), max(0.0, soonest - time.monotonic())):
        assert isinstance(pipe, Connection)
        child = children[pipe]
        try:
            good, result = pipe.recv()
        except (EOFError, OSError):
            child.process.join()
            found[child.item] = Lost(_last_words(child.process.exitcode))
            _end(pipe, children.pop(pipe))
            continue
        if not good:
            raise result
        found[child.item] = result
        if waiting:
            _give(pipe, child, waiting, seconds)
        else:
            _end(pipe, children.pop(pipe))
    for pipe, child in list(children.items()):
        if time.monotonic() > child.deadline:
            found[child.item] = Lost(f"took longer than {seconds:g} s")
            _end(pipe, children.pop(pipe))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(work: Callable[[Any], Any], items: Sequence[Any]) -> tuple[Connection, _Child]:
    here, there = FORK.Pipe()
    process = FORK.Process(target=_serve, args=(work, items, there), daemon=True)
    process.start()
    there.close()  # so that the death of the child is the end of the pipe
    return here, _Child(process, -1, 0.0)


def _give(pipe: Connection, child: _Child, waiting: Deque[int], seconds: float) -> None:
    child.item, child.deadline = waiting.popleft(), time.monotonic() + seconds
    try:
        pipe.send(child.item)
    except OSError:  # the child died: found when its answer is read
        pass


def _end(pipe: Connection, child: _Child) -> None:
    """A child holds nothing that is worth waiting for."""
    pipe.close()
    child.process.kill()
    child.process.join()


def _serve(work: Callable[[Any], Any], items: Sequence[Any], pipe: Connection) -> None:
    """The life of a child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its children
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    while True:
        try:
            item = items[pipe.recv()]
        except EOFError:
            return
        try:
            answer: tuple[bool, Any] = True, work(item)
        except Exception as error:  # of any kind: it is raised again by the parent
            answer = False, error
        pipe.send(answer)


def _last_words(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            return f"ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"ended by signal {-code}"
    return f"ended with exit code {code}"
