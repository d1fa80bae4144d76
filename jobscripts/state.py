"""study.json: the plan of a study and what became of each run, always whole on disk.

The file is replaced as a whole after every change, so an interrupted study resumes from it.
"""
from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict

from jobscripts.budget import USED_UP
from jobscripts.duration import Needs
from jobscripts.errors import Refused
from jobscripts.lock import LOCK, Lock
from jobscripts.outcome import EXIT_CODES, Outcome, worst
from jobscripts.plan import Plan
from jobscripts.predict import Predictions
from jobscripts.programs import Program
from jobscripts.run import SCALING, Run
from jobscripts.state_shape import fault_of
from jobscripts.study import Study
from jobscripts.topology import Topology

SCHEMA, SCHEMA_VERSION = "scalebar-study", 1
FILE = "study.json"
RUNS = "runs"
STUDY = "study.ini"

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
        self.lock: Lock | None = None  # held by who changes the study
        self._done: dict[str, str] = {}  # lines of runs that are done, which never change

    @property
    def runs(self) -> list[StudyRun]:
        runs: list[StudyRun] = self.data["runs"]
        return runs

    @property
    def runs_folder(self) -> Path:
        return self.folder / RUNS

    @property
    def mark(self) -> str:
        """Of all processes of this study. A copy of its folder has another one."""
        return f"{self.data['mark']}-{self.folder.stat().st_ino:x}"

    def save(self) -> None:
        temporary = self.folder / f"{FILE}.tmp"
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(self._text())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.folder / FILE)

    def result_files(self, run: StudyRun) -> list[Path]:
        """The files that a run must leave: JSON, and HDF5 where its program has it."""
        base: Path = self.runs_folder / run["id"]
        has_hdf5 = self.data["programs"][run["program"]].get("hdf5") != "none"
        suffixes = (".json", ".h5") if has_hdf5 else (".json",)
        return [base.with_name(base.name + suffix) for suffix in suffixes]

    def _text(self) -> str:
        """A run a line. A study of thousands is written twice for each of them, so the lines of
        those that are done are kept."""
        rest = {key: value for key, value in self.data.items() if key != "runs"}
        head = json.dumps(rest, indent=1)[:-2]
        lines = ",\n  ".join(map(self._line, self.runs))
        return f'{head},\n "runs": [\n  {lines}\n ]\n}}\n'

    def _line(self, run: StudyRun) -> str:
        if run["status"] != "done":
            self._done.pop(run["id"], None)
            return json.dumps(run)
        if run["id"] not in self._done:
            self._done[run["id"]] = json.dumps(run)
        return self._done[run["id"]]

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """Of a batch system, in the order in which they were submitted."""
        jobs: list[dict[str, Any]] = self.data.setdefault("jobs", [])
        return jobs

    def start(self, run: StudyRun, program: Program, time_limit: float, save: bool = True) -> Path:
        """Clears the way for a run: an earlier attempt's log is moved aside. Returns its log."""
        base: Path = self.runs_folder / run["id"]
        log = base.with_name(base.name + ".log")
        if log.exists():
            _move_aside(log, run)
        for path in self.runs_folder.glob(f"{base.name}.*.tmp.*"):
            path.unlink()  # of a program that was killed while it wrote
        for suffix in (".h5", ".json", ".xmf"):
            base.with_name(base.name + suffix).unlink(missing_ok=True)
        run.update(
            status="running",
            started_utc=utc_now(),
            time_limit=time_limit,
            binary_sha256=program.sha256,
            log=f"{RUNS}/{log.name}",
        )
        if save:
            self.save()
        return log

    def finish(
        self,
        run: StudyRun,
        outcome: Outcome,
        code: int | None,
        seconds: float,
        peak: int | None = None,
    ) -> None:
        """`peak`: bytes of the largest process, where it is known."""
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
            peak_bytes=peak,
        )
        run["attempts"].append(
            {key: run[key] for key in ("verdict", "reason", "ended_utc", "binary_sha256")}
        )
        self.save()

    def put_back(self, run: StudyRun) -> None:
        """A run that was interrupted has not been run."""
        run["status"] = "waiting"
        self.save()

    def exit_code(self) -> int:
        """Worst of the runs'. A run that did not take place counts as failed, but for those for which a
        budget had no time, where their app has points all the same; a wrong answer is not forgotten when
        a later attempt of the same binary is right."""
        codes = []
        ended = ("done", "failed")
        points = [run for run in self.runs if run.get("purpose", SCALING) == SCALING]
        shown = {run["app"] for run in points if run["status"] in ended}
        for run in self.runs:
            # A plan whose budget is seen to be too short has not even planned such runs.
            spared = run["status"] == "skipped" and run["reason"] == USED_UP and run["app"] in shown
            if not spared or run["attempts"]:
                codes.append(EXIT_CODES[run["verdict"]] if run["status"] in ended else 1)
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
    predictions: Predictions,
    programs: list[Program],
    topology: Topology,
) -> State:
    """A new study in `folder`, which is made if need be and must hold nothing else."""
    data = new_data(study, seed, order_seed, plan, predictions, programs, topology)
    if folder.exists() and not (folder.is_dir() and _only_begun(folder)):
        raise Refused(f"{folder} exists and holds no study; give another --out")
    state = State(folder, data)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        state.lock = Lock(folder)
        if (folder / FILE).exists():
            raise Refused(f"{folder}: another study has begun here this moment")
        state.runs_folder.mkdir(exist_ok=True)
        (folder / STUDY).write_text(study.text, encoding="utf-8")
        state.save()
    except OSError as error:
        raise Refused(f"{folder}: {error.strerror}") from None
    return state


def new_data(
    study: Study,
    seed: int | None,
    order_seed: int,
    plan: Plan,
    predictions: Predictions,
    programs: list[Program],
    topology: Topology,
) -> dict[str, Any]:
    """What study.json holds before anything has run."""
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "study": study.name,
        "kind": "scaling",
        "created_utc": utc_now(),
        **describe(study, seed, topology),
        "simulated": topology.simulated,  # the machine's name; "": runs are real
        "order_seed": order_seed,
        "mark": secrets.token_hex(16),  # of its processes
        "notes": list(plan.notes),
        "programs": {
            p.name: {"sha256": p.sha256, "version": p.version, **p.facts} for p in programs
        },
        "runs": [_new(run, predictions.needs(run)) for run in plan.runs],
    }


def _only_begun(folder: Path) -> bool:
    """Empty, or what is left where a study was killed before its first study.json was in place."""
    names = {path.name for path in folder.iterdir()}
    runs = folder / RUNS
    if runs.is_dir() and any(runs.iterdir()):
        return False
    return not names or (LOCK in names and names <= {LOCK, RUNS, STUDY, f"{FILE}.tmp"})


def _move_aside(log: Path, run: StudyRun) -> None:
    """Keeps the log of an attempt that ended, or of one that was interrupted, under a name of its
    own; what an interrupted one wrote to standard error goes below it."""
    base = log.with_suffix("")
    errors = log.with_suffix(".err")
    if errors.exists():
        with open(log, "ab") as out:
            out.write(b"# standard error:\n" + errors.read_bytes())
        errors.unlink()
    number, word = len(run["attempts"]), "attempt"
    aside = base.with_name(f"{base.name}.{word}{number}.log")
    if number == 0 or aside.exists():
        number, word = 1, "interrupted"
        while base.with_name(f"{base.name}.{word}{number}.log").exists():
            number += 1
        aside = base.with_name(f"{base.name}.{word}{number}.log")
    os.replace(log, aside)


def _new(run: Run, needs: Needs | None) -> StudyRun:
    return {
        **run.configuration(),
        "program": run.program,
        "workers": run.layout.workers,
        "predicted": asdict(needs) if needs else None,  # memory_rank in byte, repetition in s
        "status": "waiting",
        "attempts": [],
    }


def load(folder: Path) -> State:
    """The study in `folder`; Refused when there is none that this version can read."""
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise Refused(
            f"{folder} is not the folder of a study: there is no {folder / FILE}; "
            "`scalebar study` says at its end where its folder is"
        ) from None
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
