"""Asks a program by its own --dry-run what a run would need. Computes nothing, writes nothing."""
from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass

from jobscripts.launch import Bench, Launch, Problem, program_arguments
from jobscripts.programs import root_permission
from jobscripts.run import Run

PATIENCE = 60.0  # s

_MEMORY = re.compile(r"memory per rank: (\S+) MB(, more than is free.*)?", re.ASCII)
_TIME = re.compile(r"expected time: (\S+) s a repetition", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """What the program told. `refused` are its words where it does not take the problem, `problem`
    says why it told nothing."""

    memory_rank: float = 0.0  # byte, of the rank that needs most
    repetition: float = 0.0  # s
    fits: bool = True  # into what is free on this node
    refused: str = ""
    problem: str = ""

    @property
    def known(self) -> bool:
        return not self.refused and not self.problem


def command_of(run: Run, bench: Bench, seed: int | None, more: list[str]) -> Launch:
    """How to start the run's program, with the keys of the problem and `more`."""
    program = bench.programs[run.program]
    arguments = program_arguments(
        program,
        run.layout,
        Problem(run.scaling, run.per, run.size),
        seed,
        dict(run.options + run.measure),
    )
    return bench.launch(program, run.layout, arguments + more)


def ask(run: Run, bench: Bench, seed: int | None) -> Answer:
    how = command_of(run, bench, seed, ["--dry-run"])
    try:
        told = subprocess.run(
            how.argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            env={**os.environ, **root_permission(), **how.env},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(problem=f"{run.program} --dry-run does not work: {error}")
    errors = [line for line in told.stderr.splitlines() if line.startswith("ERROR ")]
    if told.returncode == 1 and errors:
        return Answer(refused=errors[0].removeprefix("ERROR "))
    if told.returncode != 0:
        said = told.stderr.strip()[:300]
        return Answer(problem=f"{run.program} --dry-run ended with {told.returncode}: {said}")
    return _read(run, told.stdout, bool(bench.topology.simulated))


def _read(run: Run, text: str, simulated: bool) -> Answer:
    """In a simulated machine no time passes while a program tries how fast it is, so it tells none."""
    memory = next(filter(None, map(_MEMORY.match, text.splitlines())), None)
    seconds = next(filter(None, map(_TIME.match, text.splitlines())), None)
    try:
        if memory and (seconds or simulated):
            repetition = float(seconds[1]) if seconds else 0.0
            return Answer(float(memory[1]) * 1e6, repetition, memory[2] is None)
    except ValueError:
        pass
    return Answer(problem=f"{run.program} --dry-run tells no memory or no time")
