"""Slurm, 22.05 and later. Jobs of it are run by tests/slurm."""
from __future__ import annotations

import os
import re
from pathlib import Path

from jobscripts.errors import Refused
from jobscripts.layout import Layout, spreads_thinly
from jobscripts.scheduler import (
    CANCELLED,
    ENDED,
    GONE,
    NODE_FAILED,
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

STATES = {
    "PENDING": QUEUED, "CONFIGURING": QUEUED, "REQUEUED": QUEUED, "SUSPENDED": RUNNING,
    "RUNNING": RUNNING, "COMPLETING": RUNNING, "STAGE_OUT": RUNNING,
    "COMPLETED": ENDED, "FAILED": ENDED, "OUT_OF_MEMORY": ENDED,
    "TIMEOUT": TIMEOUT, "DEADLINE": TIMEOUT, "CANCELLED": CANCELLED, "PREEMPTED": CANCELLED,
    "REVOKED": CANCELLED, "NODE_FAIL": NODE_FAILED, "BOOT_FAIL": NODE_FAILED,
}  # fmt: skip


class Slurm:
    name = "slurm"
    proven = True
    task_variable = "SLURM_ARRAY_TASK_ID"
    starts = ("srun", "mpirun")

    def present(self) -> bool:
        done = asked(["sinfo", "-h", "-o", "%D"])
        return done is not None and done.returncode == 0 and bool(done.stdout.strip())

    def inside(self) -> bool:
        return "SLURM_JOB_ID" in os.environ

    def directives(self, ask: Ask, site: Site) -> list[str]:
        wanted = {
            "job-name": ask.name,
            "account": site.account,
            "partition": site.partition,
            "qos": site.qos,
            "constraint": site.constraint,
            "nodes": str(ask.nodes),
            "ntasks-per-node": str(ask.cores),
            "threads-per-core": "1",  # a worker is a core
            "time": clock(ask.seconds),
            "array": f"1-{ask.tasks}%1" if ask.tasks else "",  # one at a time: runs do not disturb
            "output": str(ask.output),
        }
        lines = [f"#SBATCH --{key}={value}" for key, value in wanted.items() if value]
        lines += ["#SBATCH --exclusive"] if site.exclusive else []
        return lines + ["#SBATCH --no-requeue"]  # a node that fails is reported, not hidden

    def start(self, layout: Layout, site: Site, mpi: str, node: Topology) -> list[str]:
        if mpi != "none" and site.start == "mpirun":
            return mpirun(layout, mpi, site, node)
        # Cyclic: a socket after the other gets a rank, and all cores of a rank are of one socket.
        # Since 22.05 a step does not inherit the job's --cpus-per-task: it is said each time.
        return [
            "srun",
            f"--mpi={'none' if mpi == 'none' else site.mpi}",
            f"--nodes={layout.nodes}",
            f"--ntasks={layout.ranks}",
            f"--ntasks-per-node={layout.ranks_of_node}",
            f"--cpus-per-task={layout.threads}",
            "--cpu-bind=cores",
            f"--distribution=block:{'cyclic' if spreads_thinly(layout, node) else 'block'}",
            "--kill-on-bad-exit=1",
        ]

    def submit(self, script: Path) -> str:
        text = told(["sbatch", "--parsable", str(script)]).strip()
        match = re.fullmatch(r"(\d+)(;\S+)?", text)
        if match is None:
            raise Refused(f"sbatch said {text[:100]!r}, which is no job's number")
        return match[1]

    def find(self, name: str) -> str:
        done = asked(["squeue", "-h", "--me", "-n", name, "-o", "%A"])
        if done is None or done.returncode != 0:
            raise Refused("squeue does not answer: try again later")
        return min(done.stdout.split(), key=int, default="")

    def status(self, job: str) -> dict[int, Status]:
        done = asked(["scontrol", "-o", "show", "job", job])
        if done is None or (done.returncode != 0 and "nvalid job id" not in done.stderr):
            return {0: Status(UNKNOWN)}
        if done.returncode != 0:
            return self._remembered(job)
        found: dict[int, Status] = {}
        for line in done.stdout.splitlines():
            fields = dict(word.split("=", 1) for word in line.split() if "=" in word)
            state = STATES.get(fields.get("JobState", ""), RUNNING)
            words = f"{fields.get('JobState', '?')}, reason {fields.get('Reason', '?')}"
            for task in _tasks(fields.get("ArrayTaskId", "0")):
                found[task] = Status(state, words)
        return found or {0: Status(UNKNOWN)}

    def _remembered(self, job: str) -> dict[int, Status]:
        """By the accounting, where slurmctld has forgotten the job, and there is one."""
        done = asked(["sacct", "-n", "-X", "-P", "-j", job, "-o", "JobID,State"])
        found: dict[int, Status] = {}
        for line in done.stdout.splitlines() if done and done.returncode == 0 else []:
            name, _, state = line.partition("|")
            word = state.split()[0] if state.split() else ""
            _, _, task = name.partition("_")
            if word in STATES and (not task or task.isdigit()):
                found[int(task or 0)] = Status(STATES[word], state)
        return found or {0: Status(GONE)}

    def node(self, site: Site) -> tuple[int, int]:
        lines = told(_sinfo("%X %Y", site)).split("\n")
        shapes = {tuple(map(int, re.findall(r"\d+", line))) for line in lines if line.strip()}
        if len(shapes) != 1:
            raise Refused(
                "sinfo tells of nodes with different numbers of cores; say a partition, or cores and "
                "numa_domains, in the site file"
            )
        sockets, cores = shapes.pop()
        return sockets * cores, sockets

    def memory(self, site: Site) -> float | None:
        """In MiB, and 1 where Slurm's configuration does not say."""
        done = asked(_sinfo("%m", site))
        numbers = re.findall(r"\d+", done.stdout) if done and done.returncode == 0 else []
        least = min(map(int, numbers), default=0)
        return least * 2.0**20 if least > 1 else None


def _sinfo(form: str, site: Site) -> list[str]:
    """A line for each kind of node where the site's jobs may go."""
    return ["sinfo", "-h", "-e", "-o", form, *(["-p", site.partition] if site.partition else [])]


def _tasks(text: str) -> list[int]:
    """Of "3", or of tasks that still wait, "4-6,9%1"."""
    tasks: list[int] = []
    for part in text.partition("%")[0].split(","):
        first, _, last = part.partition("-")
        if first.isdigit() and (last or first).isdigit():
            tasks += range(int(first), int(last or first) + 1)
    return tasks or [0]
