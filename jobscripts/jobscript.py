"""Job scripts: from runs to text that a batch system takes. A script is for people to read, and needs
nothing of Scalebar but its programs: `sbatch jobs/job-1.sh` by hand does the same."""
from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from jobscripts.scheduler import Ask, Scheduler
from jobscripts.site import Site

END = ".end"  # of a run: exit code, start and end in seconds since 1970
RUN = """\
# one NAME SECONDS COMMAND...: runs it, for SECONDS at most. Output goes to NAME.log, standard error to
# NAME.err, exit code, start and end to NAME.end; what has ended is not run again.
one() {
  name=$1
  seconds=$2
  shift 2
  if [ -e "$name.end" ]; then
    return
  fi
  began=$(date +%s)
  printf '# %s\\n' "$*" >"$name.log"
  timeout -k 10 "$seconds" "$@" >>"$name.log" 2>"$name.err" </dev/null
  echo "$? $began $(date +%s)" >"$name.end.part"
  mv "$name.end.part" "$name.end"
}
"""


@dataclass(frozen=True)
class Step:
    """One run as a job does it."""

    run: str  # its id
    words: str  # for people
    patience: float  # s
    env: dict[str, str]
    argv: list[str]


@dataclass(frozen=True)
class Job:
    number: int
    study: str
    nodes: int
    cores: int  # of each node
    seconds: float  # asked for; of one task where it is an array
    steps: tuple[Step, ...]

    def is_array(self, site: Site) -> bool:
        """Each run is a task. One run alone is none: PBS refuses a range of one number."""
        return site.jobs == "array" and len(self.steps) > 1

    @property
    def file(self) -> str:
        return f"job-{self.number}.sh"


def script(
    job: Job, name: str, folder: Path, scheduler: Scheduler, site: Site
) -> str:
    """The text of the job's script; `folder` is the study's, `name` is what the job is called."""
    array = job.is_array(site)
    ask = Ask(
        name=name,
        nodes=job.nodes,
        cores=job.cores,
        seconds=job.seconds,
        tasks=len(job.steps) if array else 0,
        output=folder / "jobs" / f"job-{job.number}.out",
    )
    parts = [
        "#!/bin/sh",
        *scheduler.directives(ask, site),
        "",
        *_about(job, scheduler, site),
        f"cd {shlex.quote(str(folder / 'runs'))} || exit 1",
        *(_modules(site) if site.modules else []),
        *(["", f"# From the site {site.name}.", site.preamble] if site.preamble else []),
        "",
        "set -u",
        RUN,
        *(_tasks(job, scheduler) if array else _sequence(job)),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


def _modules(site: Site) -> list[str]:
    """A job's shell need not know the command."""
    return [
        "# shellcheck source=/dev/null",
        "command -v module >/dev/null 2>&1 || . /etc/profile",
        f"module load {' '.join(site.modules)} || exit 1",
    ]


def _about(job: Job, scheduler: Scheduler, site: Site) -> list[str]:
    runs = "1 run" if len(job.steps) == 1 else f"{len(job.steps)} runs"
    nodes = "1 node" if job.nodes == 1 else f"{job.nodes} nodes"
    lines = [f"# Job {job.number} of the study {job.study}: {runs} on {nodes}, site {site.name}."]
    if not scheduler.proven:
        lines.append(
            f"# Written by {scheduler.name}'s manual; Scalebar's own tests check its syntax alone."
        )
    return lines


def _sequence(job: Job) -> list[str]:
    return [line for step in job.steps for line in _step(step, "")]


def _tasks(job: Job, scheduler: Scheduler) -> list[str]:
    lines = [f"case ${scheduler.task_variable} in"]
    for number, step in enumerate(job.steps, start=1):
        lines += [f"  {number})", *_step(step, "    "), "    ;;"]
    return [*lines, "esac"]


def _step(step: Step, indent: str) -> list[str]:
    words = ["one", step.run, f"{step.patience:.0f}"]
    words += ["env", *(f"{key}={value}" for key, value in step.env.items())]
    quoted = list(map(shlex.quote, [*words, *step.argv]))
    return [f"{indent}# {step.words}", *_folded(quoted, indent)]


def _folded(words: Sequence[str], indent: str, width: int = 100) -> list[str]:
    """The words on lines that are not too long, each but the last going on in the next."""
    lines, line = [], indent
    for word in words:
        if line.strip() and len(line) + 1 + len(word) + 2 > width:
            lines.append(f"{line} \\")
            line = f"{indent}   "
        line += word if line == indent else f" {word}"
    return [*lines, line]
