"""PBS Professional and OpenPBS, by their manuals. Scripts are checked by tests; no PBS has run them."""
from __future__ import annotations

import os
import re
from pathlib import Path

from jobscripts.errors import Refused
from jobscripts.layout import Layout
from jobscripts.scheduler import (
    CANCELLED,
    ENDED,
    GONE,
    QUEUED,
    RUNNING,
    TIMEOUT,
    UNKNOWN,
    Ask,
    Status,
    asked,
    clock,
    mpirun,
    told,
)
from jobscripts.site import Site
from jobscripts.topology import Topology

STATES = {"Q": QUEUED, "H": QUEUED, "W": QUEUED, "T": QUEUED, "M": QUEUED}
STATES |= {"R": RUNNING, "E": RUNNING, "S": RUNNING, "B": RUNNING}  # F, X: ended
OVER_TIME, DELETED = (-29,), (-24, -25, 265, 271)  # Exit_status: 256 and a signal, or PBS's own


class Pbs:
    name = "pbs"
    proven = False
    task_variable = "PBS_ARRAY_INDEX"
    starts = ("mpirun",)

    def present(self) -> bool:
        done = asked(["qstat", "--version"])
        return done is not None and done.returncode == 0 and "pbs" in done.stdout.lower()

    def inside(self) -> bool:
        return "PBS_JOBID" in os.environ and "PBS_NODEFILE" in os.environ

    def directives(self, ask: Ask, site: Site) -> list[str]:
        place = "scatter:excl" if site.exclusive else "scatter"
        lines = [
            f"#PBS -N {_short(ask.name)}",
            f"#PBS -l select={ask.nodes}:ncpus={ask.cores}:mpiprocs={ask.cores}:ompthreads=1",
            f"#PBS -l place={place}",
            f"#PBS -l walltime={clock(ask.seconds)}",
            f"#PBS -o {ask.output}",
            "#PBS -j oe",
            "#PBS -r n",
        ]
        for key, value in (("A", site.account), ("q", site.partition)):
            lines += [f"#PBS -{key} {value}"] if value else []
        # One at a time: runs do not disturb each other.
        array = [f"#PBS -J 1-{ask.tasks}", "#PBS -W max_run_subjobs=1"]
        return lines + (array if ask.tasks else [])

    def start(self, layout: Layout, site: Site, mpi: str, node: Topology) -> list[str]:
        return [] if mpi == "none" else mpirun(layout, mpi, site, node)

    def submit(self, script: Path) -> str:
        text = told(["qsub", str(script)]).strip()
        if not re.fullmatch(r"\d+(\[\])?(\.[A-Za-z0-9_.-]+)?", text):
            raise Refused(f"qsub said {text[:100]!r}, which is no job's number")
        return text

    def find(self, name: str) -> str:
        done = asked(["qselect", "-N", _short(name)])
        if done is None or done.returncode != 0:
            raise Refused("qselect does not answer: try again later")
        return (done.stdout.split() or [""])[0]

    def status(self, job: str) -> dict[int, Status]:
        done = asked(["qstat", "-x", "-f", "-t", job])
        if done is None or (done.returncode != 0 and "nknown Job" not in done.stderr):
            return {0: Status(UNKNOWN)}
        found: dict[int, Status] = {}
        for text in re.split(r"(?m)^Job Id: ", done.stdout)[1:]:
            task = re.match(r"\d+\[(\d*)\]", text)
            if task and not task[1]:
                continue  # the array as a whole
            found[int(task[1]) if task else 0] = _status(text)
        return found or {0: Status(GONE)}

    def node(self, site: Site) -> tuple[int, int]:
        raise Refused("say cores and numa_domains of a node in the site file: PBS does not tell them")

    def memory(self, site: Site) -> float | None:
        return None


def _short(name: str) -> str:
    """Some versions take no more than 15 characters: the end of a name is what tells it apart."""
    return name if len(name) <= 15 else "s" + name[-14:]


def _status(text: str) -> Status:
    fields = dict(re.findall(r"(?m)^\s+(job_state|Exit_status|comment) = (.*)$", text))
    state = fields.get("job_state", "?")
    code = int(fields["Exit_status"]) if re.fullmatch(r"-?\d+", fields.get("Exit_status", "")) else 0
    words = f"state {state}, exit status {code}; {fields.get('comment', 'no comment')}"
    if state in STATES:
        return Status(STATES[state], words)
    ended = TIMEOUT if code in OVER_TIME else CANCELLED if code in DELETED else ENDED
    return Status(ended, words)
