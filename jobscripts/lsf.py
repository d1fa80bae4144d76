"""IBM LSF with jsrun, by their manuals. Scripts are checked by tests; no LSF has run them."""
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

STATES = {"PEND": QUEUED, "PSUSP": QUEUED, "WAIT": QUEUED, "PROV": QUEUED}
STATES |= {"RUN": RUNNING, "USUSP": RUNNING, "SSUSP": RUNNING, "UNKWN": RUNNING}  # DONE, EXIT: ended


class Lsf:
    name = "lsf"
    proven = False
    task_variable = "LSB_JOBINDEX"
    starts = ("jsrun", "mpirun")

    def present(self) -> bool:
        done = asked(["bqueues"])
        return done is not None and done.returncode == 0

    def inside(self) -> bool:
        return "LSB_JOBID" in os.environ

    def directives(self, ask: Ask, site: Site) -> list[str]:
        array = f"[1-{ask.tasks}]%1" if ask.tasks else ""
        lines = [
            f'#BSUB -J "{ask.name}{array}"',
            f"#BSUB -nnodes {ask.nodes}",
            f"#BSUB -W {clock(ask.seconds, with_seconds=False)}",
            f"#BSUB -o {ask.output}",
            "#BSUB -rn",
        ]
        for key, value in (("P", site.account), ("q", site.partition)):
            lines += [f"#BSUB -{key} {value}"] if value else []
        return lines + (["#BSUB -x"] if site.exclusive else [])

    def start(self, layout: Layout, site: Site, mpi: str, node: Topology) -> list[str]:
        if site.start == "mpirun":
            return [] if mpi == "none" else mpirun(layout, mpi, site, node)
        # A resource set for each rank, with as many cores as it has threads.
        return [
            *("jsrun", "-n", str(layout.ranks), "-r", str(layout.ranks_of_node)),
            *("-a", "1", "-c", str(layout.threads), "-b", f"packed:{layout.threads}"),
        ]

    def submit(self, script: Path) -> str:
        text = told(["sh", "-c", 'exec bsub <"$1"', "sh", str(script)])
        match = re.search(r"Job <(\d+)>", text)
        if match is None:
            raise Refused(f"bsub said {text.strip()[:100]!r}, which is no job's number")
        return match[1]

    def find(self, name: str) -> str:
        done = asked(["bjobs", "-noheader", "-o", "jobid", "-J", name])
        if done is None or (done.returncode != 0 and "not found" not in done.stderr):
            raise Refused("bjobs does not answer: try again later")
        return (done.stdout.split() or [""])[0]

    def status(self, job: str) -> dict[int, Status]:
        fields = "jobindex stat exit_reason delimiter='|'"
        done = asked(["bjobs", "-a", "-noheader", "-o", fields, job])
        if done is None or (done.returncode != 0 and "not found" not in done.stderr):
            return {0: Status(UNKNOWN)}
        found: dict[int, Status] = {}
        for line in done.stdout.splitlines():
            task, _, rest = line.partition("|")
            word, _, reason = rest.partition("|")
            if not task.strip().isdigit():
                continue
            ended = TIMEOUT if "TERM_RUNLIMIT" in reason else ENDED
            ended = CANCELLED if "TERM_OWNER" in reason or "TERM_ADMIN" in reason else ended
            state = STATES.get(word.strip(), ended)
            found[int(task)] = Status(state, f"{word.strip()}, {reason.strip() or 'no reason'}")
        return found or {0: Status(GONE)}

    def node(self, site: Site) -> tuple[int, int]:
        raise Refused("say cores and numa_domains of a node in the site file: LSF does not tell them")

    def memory(self, site: Site) -> float | None:
        return None
