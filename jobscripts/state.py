"""study.json: the plan of a study and what became of each run, always whole on disk.

The file is replaced as a whole after every change, so an interrupted study resumes from it. One
study works on a folder at a time.
"""
from __future__ import annotations

import fcntl
import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any, Dict

from jobscripts.errors import Refused
from jobscripts.outcome import EXIT_CODES, Outcome, worst
from jobscripts.plan import Plan, Run
from jobscripts.programs import Program
from jobscripts.state_shape import fault_of
from jobscripts.study import Study
from jobscripts.topology import Topology

SCHEMA, SCHEMA_VERSION = "scalebar-study", 1
FILE = "study.json"
RUNS = "runs"

StudyRun = Dict[str, Any]  # a run as it stands in study.json


def utc_now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def describe(study: Study, seed: int | None, topology: Topology) -> dict[str, Any]:
    """What makes two studies the same: settings, seed, machine. A plan may depend on all three."""
    settings = {
        key: value for key, value in vars(study).items() if key not in ("text", "budget", "seed")
    }
    machine = {
        "model": topology.model,
        "cores": len(topology.cores),
        "numa_domains": len(topology.domains),
        "workers": topology.workers,
    }
    plain = json.dumps({"settings": settings, "seed": seed, "machine": machine})
    same: dict[str, Any] = json.loads(plain)  # as it will be read again: lists for tuples
    return same


class State:
    """The study in one folder. Runs are dictionaries as they stand in the file."""

    def __init__(self, folder: Path, data: dict[str, Any]) -> None:
        self.folder = folder
        self.data = data
        self._lock: IO[str] | None = None

    @property
    def runs(self) -> list[StudyRun]:
        runs: list[StudyRun] = self.data["runs"]
        return runs

    @property
    def runs_folder(self) -> Path:
        return self.folder / RUNS

    def lock(self) -> None:
        """Makes this process the only one to work here, until it ends."""
        self._lock = open(self.folder / ".lock", "w", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"{self.folder}: another study is running in this folder") from None

    def save(self) -> None:
        temporary = self.folder / f"{FILE}.tmp"
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(json.dumps(self.data, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.folder / FILE)

    def start(self, run: StudyRun, program: Program, time_limit: float) -> Path:
        """Clears the way for a run: an earlier attempt's log is moved aside. Returns its log."""
        base: Path = self.runs_folder / run["id"]
        log = base.with_name(base.name + ".log")
        if run["attempts"]:
            earlier = base.with_name(f"{base.name}.attempt{len(run['attempts'])}.log")
            if log.exists():
                os.replace(log, earlier)
        for suffix in (".h5", ".json", ".err"):
            base.with_name(base.name + suffix).unlink(missing_ok=True)
        run.update(
            status="running",
            started_utc=utc_now(),
            time_limit=time_limit,
            binary_sha256=program.sha256,
            log=f"{RUNS}/{log.name}",
        )
        self.save()
        return log

    def finish(self, run: StudyRun, outcome: Outcome, code: int | None, seconds: float) -> None:
        failed = outcome.verdict not in ("PASS", "SLOW")
        run.update(
            status="failed" if failed else "done",
            verdict=outcome.verdict,
            reason=outcome.reason,
            exit_code=code,
            figures=outcome.figures,
            checks=outcome.checks,
            warnings=outcome.warnings,
            ended_utc=utc_now(),
            seconds=round(seconds, 3),
        )
        run["attempts"].append(
            {key: run[key] for key in ("verdict", "reason", "ended_utc", "binary_sha256")}
        )
        self.save()

    def put_back(self, run: StudyRun) -> None:
        """An interrupted run has not been run."""
        run["status"] = "waiting"
        self.save()

    def exit_code(self) -> int:
        """Worst of the runs'. A run that did not take place counts as failed; a wrong answer is not
        forgotten when a later attempt of the same binary is right."""
        codes = []
        for run in self.runs:
            codes.append(EXIT_CODES[run["verdict"]] if run["status"] in ("done", "failed") else 1)
            binary = self.data["programs"][run["program"]]["sha256"]
            codes += [
                2
                for a in run["attempts"]
                if a["verdict"] == "WRONG" and a["binary_sha256"] == binary
            ]
        return worst(codes)


def create(
    folder: Path,
    study: Study,
    seed: int | None,
    order_seed: int,
    plan: Plan,
    programs: list[Program],
    topology: Topology,
) -> State:
    """A new study in `folder`, which is made if need be and must hold nothing else."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} exists and holds no study; give another --out")
    data = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "study": study.name,
        "kind": "scaling",
        "created_utc": utc_now(),
        **describe(study, seed, topology),
        "order_seed": order_seed,
        "notes": list(plan.notes),
        "programs": {
            p.name: {"sha256": p.sha256, "version": p.version, **p.facts} for p in programs
        },
        "runs": [_new(run) for run in plan.runs],
    }
    state = State(folder, data)
    try:
        state.runs_folder.mkdir(parents=True)
        (folder / "study.ini").write_text(study.text, encoding="utf-8")
        state.lock()
        state.save()
    except OSError as error:
        raise Refused(f"{folder}: {error.strerror}") from None
    return state


def _new(run: Run) -> StudyRun:
    return {
        **run.configuration(),
        "program": run.program,
        "nodes": 1,
        "workers": run.layout.workers,
        "status": "waiting",
        "attempts": [],
    }


def load(folder: Path) -> State:
    """The study in `folder`; Refused when there is none that this version can read."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{folder / FILE}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise Refused(f"{folder / FILE} is not whole JSON") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise Refused(f"{folder / FILE} is not the file of a study")
    if data.get("schema_version") != SCHEMA_VERSION:
        raise Refused(
            f"{folder / FILE} has schema version {data.get('schema_version')}; "
            f"this version reads {SCHEMA_VERSION}"
        )
    fault = fault_of(data)
    if fault:
        raise Refused(f"{folder / FILE} is damaged: {fault}")
    return State(folder, data)


def resume(
    folder: Path, study: Study, seed: int | None, programs: list[Program], topology: Topology
) -> tuple[State, list[str]]:
    """The study begun in `folder`, with what is to be run again set back to waiting, and sentences
    about that. Refuses another study: other settings, another seed, another machine."""
    state = load(folder)
    state.lock()
    _refuse_other(folder, state.data, describe(study, seed, topology))
    sha256 = {program.name: program.sha256 for program in programs}
    again: dict[str, int] = {}
    for run in state.runs:
        why = _why_again(run, sha256, state.runs_folder)
        if why:
            again[why] = again.get(why, 0) + 1
            run["status"] = "waiting"
        if run["status"] == "waiting" and run["program"] not in sha256:
            raise Refused(f"{folder} still has runs of {run['program']}, which is not built here")
    state.data["programs"].update(
        {p.name: {"sha256": p.sha256, "version": p.version, **p.facts} for p in programs}
    )
    state.save()
    return state, [f"{count} {why}" for why, count in again.items()]


def _why_again(run: StudyRun, sha256: dict[str, str], runs_folder: Path) -> str:
    if run["status"] == "waiting":
        return ""
    if run["status"] == "failed":
        return "failed before: run again"
    if run["status"] in ("running", "skipped"):
        return "did not end: run again"
    if run["binary_sha256"] != sha256.get(run["program"]):
        return "made by another build: run again"
    if not (runs_folder / f"{run['id']}.json").is_file():
        return "lost their results: run again"
    return ""


def _refuse_other(folder: Path, data: dict[str, Any], asked: dict[str, Any]) -> None:
    for part in ("settings", "machine"):
        for key in sorted({*data[part], *asked[part]}):
            if data[part].get(key) != asked[part].get(key):
                raise Refused(
                    f"{folder} holds another study: {key} is {_show(data[part].get(key))} there, "
                    f"{_show(asked[part].get(key))} here; give another --out"
                )
    if data["seed"] != asked["seed"]:
        raise Refused(
            f"{folder} holds another study: seed is {_show(data['seed'])} there, "
            f"{_show(asked['seed'])} here; give another --out"
        )


def _show(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, list):
        return " ".join(map(str, value)) or "empty"
    if isinstance(value, dict):
        return ", ".join(f"{key}={_show(item)}" for key, item in value.items()) or "empty"
    return str(value)
