"""Flux, by its manual pages (RFC 36 directives). Scripts are checked by tests; no Flux has run them."""
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
    NODE_FAILED,
    QUEUED,
    RUNNING,
    TIMEOUT,
    UNKNOWN,
    Ask,
    Status,
    asked,
    mpirun,
    told,
)
from jobscripts.site import Site
from jobscripts.topology import Topology

STATES = {"DEPEND": QUEUED, "PRIORITY": QUEUED, "SCHED": QUEUED, "RUN": RUNNING, "CLEANUP": RUNNING}
RESULTS = {"TIMEOUT": TIMEOUT, "CANCELED": CANCELLED}  # COMPLETED, FAILED: ended


class Flux:
    name = "flux"
    proven = False
    task_variable = ""  # Flux submits many jobs at once, but knows no arrays
    starts = ("flux", "mpirun")

    def present(self) -> bool:
        done = asked(["flux", "uptime"])
        return done is not None and done.returncode == 0

    def inside(self) -> bool:
        return "FLUX_JOB_ID" in os.environ

    def directives(self, ask: Ask, site: Site) -> list[str]:
        lines = [
            f"#flux: --job-name={ask.name}",
            f"#flux: --nodes={ask.nodes}",
            f"#flux: --time-limit={max(1, -(-int(ask.seconds) // 60))}m",
            f"#flux: --output={ask.output}",
        ]
        for key, value in (("bank", site.account), ("queue", site.partition)):
            lines += [f"#flux: --{key}={value}"] if value else []
        return lines + (["#flux: --exclusive"] if site.exclusive else [])

    def start(self, layout: Layout, site: Site, mpi: str, node: Topology) -> list[str]:
        if mpi != "none" and site.start == "mpirun":
            return mpirun(layout, mpi, site, node)
        return [
            *("flux", "run", f"--nodes={layout.nodes}", f"--ntasks={layout.ranks}"),
            *(f"--cores-per-task={layout.threads}", "--exclusive", "-o", "cpu-affinity=per-task"),
        ]

    def submit(self, script: Path) -> str:
        text = told(["flux", "batch", str(script)]).strip()
        if not re.fullmatch(r"[0-9A-Za-z\u0192]+", text):
            raise Refused(f"flux batch said {text[:100]!r}, which is no job's number")
        return text

    def find(self, name: str) -> str:
        done = asked(["flux", "jobs", "-n", "--name", name, "-o", "{id.f58plain}"])
        if done is None or done.returncode != 0:
            raise Refused("flux jobs does not answer: try again later")
        return (done.stdout.split() or [""])[0]

    def status(self, job: str) -> dict[int, Status]:
        done = asked(["flux", "jobs", "-a", "-n", "-o", "{state}|{result}|{exception.note}", job])
        if done is None or (done.returncode != 0 and "unknown" not in done.stderr.lower()):
            return {0: Status(UNKNOWN)}
        line = (done.stdout.splitlines() or [""])[0]
        if not line:
            return {0: Status(GONE)}
        state, result, note = (line.split("|", 2) + ["", ""])[:3]
        ended = NODE_FAILED if "lost contact" in note else RESULTS.get(result, ENDED)
        return {0: Status(STATES.get(state, ended), f"{state} {result} {note}".strip())}

    def node(self, site: Site) -> tuple[int, int]:
        raise Refused("say cores and numa_domains of a node in the site file: Flux does not tell them")

    def memory(self, site: Site) -> float | None:
        return None
