"""What differs between batch systems: the lines at the top of a job script, how ranks are started, how
a job is submitted and asked after. One file each: slurm.py, pbs.py, lsf.py, flux.py."""
from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Sequence

from jobscripts.errors import Refused
from jobscripts.layout import Layout, spreads_thinly
from jobscripts.site import Site
from jobscripts.topology import Topology

PATIENCE = 60.0  # s for a command of a batch system

# What a job is, in every batch system's words translated. The last five have ended: that a batch
# system does not answer is not one of them.
QUEUED, RUNNING, UNKNOWN = "queued", "running", "not known: the batch system does not answer"
ENDED, TIMEOUT, CANCELLED, NODE_FAILED, GONE = "ended", "timeout", "cancelled", "node failed", "gone"
ACTIVE = (QUEUED, RUNNING, UNKNOWN)


@dataclass(frozen=True)
class Ask:
    """What a job asks for."""

    name: str  # of letters, digits and _ . -
    nodes: int
    cores: int  # of each node
    seconds: float
    tasks: int  # of an array; 0: no array
    output: Path


@dataclass(frozen=True)
class Status:
    """Of a job, or of a task of an array."""

    state: str
    words: str = ""  # the batch system's own


class Scheduler(Protocol):
    """A batch system. `proven`: its jobs are run by the tests; of others the scripts are checked."""

    name: str
    proven: bool
    task_variable: str  # the number of an array's task; "" where there are no arrays
    starts: tuple[str, ...]  # of site.STARTS, its own first

    def present(self) -> bool:
        """Whether jobs can be submitted from here."""

    def inside(self) -> bool:
        """Whether this process runs inside an allocation."""

    def directives(self, ask: Ask, site: Site) -> list[str]: ...

    def start(self, layout: Layout, site: Site, mpi: str, node: Topology) -> list[str]:
        """Words before a program with this flavour of MPI (programs.py), on nodes like `node`; none
        where it needs no launcher."""

    def submit(self, script: Path) -> str:
        """The job's id."""

    def find(self, name: str) -> str:
        """Id of a job of this name that is queued or runs; "" where there is none. Refused where the
        batch system does not answer."""

    def status(self, job: str) -> dict[int, Status]:
        """By number of the task; 0 for what is no array."""

    def node(self, site: Site) -> tuple[int, int]:
        """Cores and sockets of a node, where the batch system tells; Refused where not."""

    def memory(self, site: Site) -> float | None:
        """Bytes of the node that has least, where the batch system tells."""


def mpirun(layout: Layout, mpi: str, site: Site, node: Topology) -> list[str]:
    """The library's own launcher inside an allocation of any batch system: it asks that for the
    nodes. Domains are those of which the site file tells, or the sockets that a batch system tells of."""
    domain = "numa" if site.numa_domains else "socket"
    thinly = spreads_thinly(layout, node)
    if mpi == "mpich":
        words = ["mpiexec", "-n", str(layout.ranks), "-ppn", str(layout.ranks_of_node)]
        return [*words, "-bind-to", f"core:{layout.threads}", *(["-map-by", domain] if thinly else [])]
    # Open MPI gives all domains of a node their rank before it goes on to the next node.
    each = layout.nodes == 1 or layout.ranks_of_node == len(node.domains)
    where = f"1:{domain}" if thinly and each else f"{layout.ranks_of_node}:node"
    binding = f"ppr:{where}:PE={layout.threads}"
    words = ["mpirun", "-n", str(layout.ranks), "--map-by", binding, "--bind-to", "core"]
    for name in ("OMP_NUM_THREADS", "OMP_PLACES", "OMP_PROC_BIND"):
        words += ["-x", name]
    return words


def clock(seconds: float, with_seconds: bool = True) -> str:
    """Rounded up to minutes: H:MM:SS, or H:MM."""
    minutes = max(1, -(-int(seconds) // 60))
    text = f"{minutes // 60}:{minutes % 60:02}"
    return f"{text}:00" if with_seconds else text


def told(argv: Sequence[str]) -> str:
    """What a command prints; Refused with its own words where it fails."""
    done = asked(argv)
    if done is None or done.returncode != 0:
        lines = done.stderr.strip().splitlines() if done else ["it does not answer"]
        words = lines[0][:300] if lines else f"exit code {done.returncode if done else '?'}"
        raise Refused(f"{argv[0]}: {words}")
    return done.stdout


def asked(argv: Sequence[str]) -> "subprocess.CompletedProcess[str] | None":
    """None where the command is not there, or does not answer."""
    try:
        return subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=PATIENCE, check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
