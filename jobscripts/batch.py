"""A study through a batch system: jobs are written, submitted, waited for, and what they left is
collected. The state of the study says at any moment which run is in which job."""
from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Iterable, Sequence

from jobscripts.budget import PROBE_LIMIT, Budget
from jobscripts.duration import Needs, seconds
from jobscripts.errors import Refused
from jobscripts.execute import Ended, join
from jobscripts.interrupts import held
from jobscripts.jobscript import END, Job, Step, script
from jobscripts.layout import Layout
from jobscripts.launch import Bench, Problem, openmp, program_arguments
from jobscripts.outcome import Outcome, judge
from jobscripts.programs import root_permission
from jobscripts.run import SCALING
from jobscripts.scheduler import (
    ACTIVE,
    CANCELLED,
    ENDED,
    GONE,
    NODE_FAILED,
    TIMEOUT,
    Scheduler,
    Status,
)
from jobscripts.site import Site
from jobscripts.state import State, StudyRun, utc_now
from jobscripts.units import count, show_time

JOBS = "jobs"  # the folder of job scripts, in the study's
SPARE, SPARE_SHARE = 60.0, 1.5  # s, and times what runs take at most: asked for beyond that
POLLS = (1.0, 30.0)  # s between questions, first and at most
REASONS = {
    TIMEOUT: "the job's time limit ended it",
    CANCELLED: "the job was cancelled",
    NODE_FAILED: "a node of the job failed",
    ENDED: "the job ended without a word of it",
    GONE: "the batch system has forgotten the job, which left no word of it",
}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Cluster:
    """Where jobs go."""

    scheduler: Scheduler
    site: Site
    bench: Bench  # its topology is that of a node

    def memory(self) -> float | None:
        """Bytes of a node, as the site file or the batch system tells."""
        return self.site.memory or self.scheduler.memory(self.site)

    def started(self) -> Bench:
        """The bench whose commands are those inside of jobs."""
        return replace(self.bench, start=self.start)

    def start(self, layout: Layout, mpi: str) -> list[str]:
        return self.scheduler.start(layout, self.site, mpi, self.bench.topology)


def submit(state: State, cluster: Cluster, budget: Budget, say: Say) -> None:
    """Writes the jobs of all runs that wait, and submits them."""
    _refuse_folder(state.folder.resolve())
    waiting = [run for run in state.runs if run["status"] == "waiting"]
    jobs = _jobs(state, cluster, budget, waiting)
    (state.folder / JOBS).mkdir(exist_ok=True)
    by_id = {run["id"]: run for run in state.runs}
    for job in jobs:
        path = write_job(state, cluster, job)
        record: dict[str, Any] = {
            "number": job.number,
            "id": "",  # until it is submitted: a study that is killed in between looks for its name
            "name": _name(state, job.number),
            "scheduler": cluster.scheduler.name,
            "tasks": job.is_array(cluster.site),
            "runs": [step.run for step in job.steps],
            "collected": False,
        }
        with held():
            for step in job.steps:
                _prepare(state, cluster, by_id[step.run])
            state.jobs.append(record)
            state.save()
            record["id"] = cluster.scheduler.submit(path)
            record["submitted_utc"] = utc_now()
            state.save()
        what = count(len(job.steps), "run")
        say(f"job {record['id']}: {what} on {count(job.nodes, 'node')}, {path}")


def _refuse_folder(folder: Path) -> None:
    """It stands in lines that batch systems read in ways of their own."""
    if not re.fullmatch(r"[A-Za-z0-9_./+@,:=-]+", str(folder)):
        raise Refused(
            f"{str(folder)!r}: the folder of a study through a batch system; allowed are letters, digits "
            "and _ . / + @ , : = -"
        )


def write_job(state: State, cluster: Cluster, job: Job) -> Path:
    path = state.folder / JOBS / job.file
    name = _name(state, job.number)
    path.write_text(
        script(job, name, state.folder.resolve(), cluster.scheduler, cluster.site), encoding="utf-8"
    )
    path.chmod(0o755)
    return path


def _name(state: State, number: int) -> str:
    """Of a job: no other study has jobs of this name."""
    return f"{state.data['study'][:20]}-{state.data['mark'][:8]}-{number}"


def _prepare(state: State, cluster: Cluster, run: StudyRun) -> None:
    """Clears the way for a run whose job starts it at some later time."""
    program = cluster.bench.programs[run["program"]]
    base: Path = state.runs_folder / run["id"]
    for suffix in (END, ".err"):
        base.with_name(base.name + suffix).unlink(missing_ok=True)
    state.start(run, program, run["time_limit"], save=False)
    run["status"] = "submitted"


def _jobs(
    state: State, cluster: Cluster, budget: Budget, waiting: Sequence[StudyRun]
) -> list[Job]:
    """Runs of as many nodes go together, in the study's order, as many as a job has time for."""
    first = max((job["number"] for job in state.jobs), default=0) + 1
    jobs: list[Job] = []
    for nodes in sorted({run["nodes"] for run in waiting}):
        steps: list[Step] = []
        most = 0.0  # s
        for run in (run for run in waiting if run["nodes"] == nodes):
            step, longest = _step(state, cluster, budget, run)
            together = longest + (0.0 if cluster.site.jobs == "array" else most)
            if steps and _asked(together) > cluster.site.job_time and cluster.site.jobs == "single":
                jobs.append(_job(state, cluster, first + len(jobs), nodes, most, steps))
                steps, together, most = [], longest, 0.0
            steps.append(step)
            most = max(most, together)
        jobs.append(_job(state, cluster, first + len(jobs), nodes, most, steps))
    return jobs


def _job(
    state: State, cluster: Cluster, number: int, nodes: int, most: float, steps: list[Step]
) -> Job:
    time_asked = min(_asked(most), cluster.site.job_time)
    cores = len(cluster.bench.topology.cores)
    return Job(number, state.data["study"], nodes, cores, time_asked, tuple(steps))


def _asked(most: float) -> float:
    return SPARE + SPARE_SHARE * most


def _step(
    state: State, cluster: Cluster, budget: Budget, run: StudyRun
) -> tuple[Step, float]:
    """The run as a job does it, and how long it takes at most if all goes well."""
    program = cluster.bench.programs[run["program"]]
    layout = Layout(run["ranks"], run["threads"], run["nodes"])
    limit = budget.limit if run["purpose"] == SCALING else PROBE_LIMIT
    needs = Needs(**run["predicted"]) if run["predicted"] else None
    _, longest = seconds(run["purpose"], run["ranks"], run["measure"], needs, limit)
    start = cluster.start(layout, program.mpi)
    problem = Problem(run["scaling"], run["per"], run["size"])
    keys = {**run["options"], **run["measure"]}
    arguments = program_arguments(program, layout, problem, state.data["seed"], keys)
    arguments += [f"--time_limit={limit:g}", f"--watchdog={budget.watchdog:g}"]
    files = state.result_files(run)
    arguments += [f"--{key}={path.name}" for key, path in zip(("json", "output"), files)]
    env = {**openmp(layout), **(root_permission() if program.mpi == "openmpi" else {})}
    words = f"{run['program']}, {run['scaling']} scaling, {run['size']}: {layout_words(layout)}"
    patience = budget.patience(limit, needs.repetition if needs else 0.0)
    run.update(time_limit=limit, patience=patience)
    return Step(run["id"], words, patience, env, [*start, str(program.path), *arguments]), longest


def layout_words(layout: Layout) -> str:
    ranks = f"{count(layout.ranks_of_node, 'rank')} of {count(layout.threads, 'thread')}"
    return f"{count(layout.nodes, 'node')} of {ranks}"


def collect(state: State, cluster: Cluster, say: Callable[[StudyRun], None]) -> int:
    """Judges every run that its job has ended, and those that a job that has ended never ran. How
    many runs jobs still have to do."""
    by_id = {run["id"]: run for run in state.runs}
    for job in state.jobs:
        if job["collected"]:
            continue
        _find_lost(state, cluster, job)
        mine = [(task, by_id[name]) for task, name in enumerate(job["runs"], start=1)]
        found = cluster.scheduler.status(job["id"]) if job["id"] else {0: Status(GONE)}
        for task, run in mine:
            if run["status"] != "submitted":
                continue
            status = found.get(task if job["tasks"] else 0) or found.get(0, Status(GONE))
            if _collect_run(state, run, status):
                say(run)
        job["collected"] = not any(run["status"] == "submitted" for _, run in mine)
    with held():
        state.save()
    return sum(run["status"] == "submitted" for run in state.runs)


def _find_lost(state: State, cluster: Cluster, job: dict[str, Any]) -> None:
    """A job whose number was not written down, for the study was killed as it submitted it. Where it
    is not found it never came to be, or has ended: then its runs have left something."""
    if job["id"]:
        return
    job["id"] = cluster.scheduler.find(job["name"])
    if job["id"]:
        return
    for run in state.runs:
        if run["id"] in job["runs"] and run["status"] == "submitted":
            base: Path = state.runs_folder / run["id"]
            if not any(base.with_name(base.name + end).exists() for end in (".log", END)):
                state.put_back(run)


def _collect_run(state: State, run: StudyRun, status: Status) -> bool:
    """Whether the run has ended, in one way or another."""
    base: Path = state.runs_folder / run["id"]
    log, end = base.with_name(base.name + ".log"), base.with_name(base.name + END)
    if end.exists():
        ended = _ended(run, end, log)
        outcome = judge(run["program"], ended, log, state.result_files(run))
        if outcome.verdict == "ERROR" and status.state in (TIMEOUT, CANCELLED, NODE_FAILED):
            outcome = _with_words(outcome, status)
        with held():
            state.finish(run, outcome, ended.code, ended.seconds)
        return True
    if status.state in ACTIVE:
        return False
    reason = f"{REASONS[status.state]} ({status.words})" if status.words else REASONS[status.state]
    if not log.exists():  # it has not begun
        run["status"], run["reason"] = "skipped", reason
        return True
    errors = join(log, log.with_suffix(".err"))
    outcome = judge(run["program"], Ended(None, 0.0, False, 0, errors, ""), log, [])
    if outcome.verdict != "WRONG":  # which is not forgotten
        outcome = replace(outcome, verdict="ERROR", reason=reason)
    with held():
        state.finish(run, outcome, None, 0.0)
    return True


def _with_words(outcome: Outcome, status: Status) -> Outcome:
    return replace(outcome, reason=f"{outcome.reason}; {REASONS[status.state]} ({status.words})")


def _ended(run: StudyRun, end: Path, log: Path) -> Ended:
    """What the job script wrote down: exit code, start, end."""
    words = end.read_text(encoding="utf-8", errors="replace").split()
    code, began, over = (int(word) for word in words) if len(words) == 3 else (1, 0, 0)
    run["started_utc"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began))
    late = code == 124 or (code == 137 and over - began >= run.get("patience", 0.0))
    return Ended(code, float(over - began), late, 0, join(log, log.with_suffix(".err")), "")


def wait(state: State, cluster: Cluster, say: Callable[[StudyRun], None]) -> None:
    """Until no job of the study has anything to do."""
    pause = POLLS[0]
    while collect(state, cluster, say):
        time.sleep(pause)
        pause = min(POLLS[1], 1.3 * pause)


def queue_words(state: State, cluster: Cluster) -> Iterable[str]:
    """What the jobs that are left are doing."""
    for job in state.jobs:
        if not job["collected"]:
            found = sorted({status.state for status in cluster.scheduler.status(job["id"]).values()})
            yield f"job {job['id']} ({count(len(job['runs']), 'run')}): {', '.join(found)}"


def preview(state: State, cluster: Cluster, budget: Budget) -> list[str]:
    """For --dry-run: what would be submitted, and the node-hours that it may take."""
    lines = []
    hours = 0.0
    jobs = _jobs(state, cluster, budget, state.runs)
    for job in jobs:
        tasks = len(job.steps) if job.is_array(cluster.site) else 1
        hours += tasks * job.nodes * job.seconds / 3600
        lines.append(
            f"job {job.number}: {count(len(job.steps), 'run')} on {count(job.nodes, 'node')}, "
            f"{show_time(job.seconds)} at most"
        )
    return [*lines, f"{count(len(jobs), 'job')}, {hours:.3g} node-hours at most"]
