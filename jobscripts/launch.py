"""The command line and environment that start one run on this machine.

A run is a list of arguments, never a line for a shell. Where each rank and thread runs is said
every time: a launcher's own idea of it differs between libraries and between numbers of ranks.
"""
from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from jobscripts.errors import Refused
from jobscripts.layout import Layout, rank_cpus, spreads
from jobscripts.programs import Program
from jobscripts.topology import Topology

LAUNCHERS = {  # the name that says its library comes first: both may be installed
    "openmpi": ("mpirun.openmpi", "mpirun", "mpiexec"),
    "mpich": ("mpirun.mpich", "mpiexec.mpich", "mpiexec.hydra", "mpirun", "mpiexec"),
    "other": ("mpiexec", "mpirun"),
}


@dataclass(frozen=True)
class Launch:
    argv: list[str]
    env: dict[str, str]  # to be added to the environment


@dataclass(frozen=True)
class Bench:
    """What runs take place on: this machine, the programs by name, and the mpirun of each."""

    topology: Topology
    programs: dict[str, Program]
    launchers: dict[str, str | None]
    elsewhere: bool = False  # the topology is that of nodes that a batch system gives
    memory: float | None = None  # bytes of a node elsewhere, where that is known and matters
    start: Callable[[Layout, str], list[str]] | None = None  # inside a job of several nodes, or simulated

    def launch(self, program: Program, layout: Layout, arguments: list[str]) -> Launch:
        """How to start a program of the bench."""
        if self.start is not None:
            words = self.start(layout, program.mpi)
            apart = ["--"] if self.topology.simulated else []  # or SimGrid takes them for its own
            return Launch([*words, str(program.path), *apart, *arguments], openmp(layout))
        return launch(program, self.launchers[program.name], layout, self.topology, arguments)


@dataclass(frozen=True)
class Problem:
    """What a program is asked to solve, whatever its variant and layout."""

    scaling: str
    per: str
    size: str  # a named one, or "memory=0.5"

    def arguments(self) -> list[str]:
        size = self.size if self.size.startswith("memory=") else f"size={self.size}"
        per = [f"--per={self.per}"] if self.scaling == "weak" else []
        return [f"--{size}", f"--scaling={self.scaling}", *per]


def openmp(layout: Layout) -> dict[str, str]:
    """What places threads, and is always said."""
    return {"OMP_NUM_THREADS": str(layout.threads), "OMP_PLACES": "cores", "OMP_PROC_BIND": "close"}


def find_launcher(program: Program) -> str | None:
    """Path of the mpirun that fits the program's MPI library; None for programs without MPI."""
    if program.mpi == "none":
        return None
    for name in LAUNCHERS[program.mpi]:
        path = shutil.which(name)
        if path:
            return path
    raise Refused(
        f"{program.name} needs the launcher of its MPI library ({program.facts.get('mpi', '?')}); "
        f"none of {', '.join(LAUNCHERS[program.mpi])} is on the PATH"
    )


def launch(
    program: Program, launcher: str | None, layout: Layout, topology: Topology, arguments: list[str]
) -> Launch:
    """How to start `program` with this layout: each worker on a core of its own where there are
    enough, unbound where there are not (the program then tells of it)."""
    env = openmp(layout)
    command = [str(program.path), *arguments]
    cpus = rank_cpus(layout, topology)
    taskset = shutil.which("taskset")
    if launcher is None:
        if program.variant == "serial" and cpus and taskset:
            command = [taskset, "-c", str(cpus[0][0]), *command]
        return Launch(command, env)
    start = [launcher, "-n", str(layout.ranks)]
    if cpus is None:
        return Launch(start + _unbound(program.mpi) + command, env)
    if taskset and (topology.restricted or program.mpi == "other"):
        lists = "/".join(",".join(map(str, own)) for own in cpus)
        shim = ["sh", str(Path(__file__).with_name("bind.sh")), lists]
        return Launch(start + _unbound(program.mpi) + shim + command, env)
    return Launch(start + _bound(program.mpi, layout, spreads(layout, topology)) + command, env)


def _bound(flavour: str, layout: Layout, numa: bool) -> list[str]:
    threads = layout.threads
    if flavour == "openmpi":
        return ["--map-by", f"{'numa' if numa else 'slot'}:PE={threads}", "--bind-to", "core"]
    if flavour == "mpich":
        return ["-bind-to", f"core:{threads}", *(["-map-by", "numa"] if numa else [])]
    return []


def _unbound(flavour: str) -> list[str]:
    if flavour == "openmpi":
        return ["--oversubscribe", "--bind-to", "none"]
    return ["-bind-to", "none"] if flavour == "mpich" else []


def program_arguments(
    program: Program,
    run_layout: Layout,
    problem: Problem,
    seed: int | None,
    options: dict[str, str],
) -> list[str]:
    """Keys of the problem and its layout, without those of output and time."""
    arguments = problem.arguments()
    if program.variant in ("omp", "hybrid"):
        arguments.append(f"--threads={run_layout.threads}")
    if seed is not None:
        arguments.append(f"--seed={seed}")
    return arguments + [f"--{key}={value}" for key, value in options.items()]
