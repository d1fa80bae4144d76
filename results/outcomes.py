"""The runs of a study with their result files, and what is wrong with any of them."""
from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Mapping

from jobscripts.state import State, StudyRun
from results.children import Lost, each_in_children
from results.record import Record, Unreadable, read_record
from results.words import Amount, Words, counted


STANDARD_ERROR = 2
PRINTED = 1e-4  # relative: figures are printed with six digits


@dataclass(frozen=True)
class Failure:
    """A run that gives no point, or an earlier attempt that was wrong."""

    run: str
    word: str
    reason: str
    log: str


@dataclass
class Outcomes:
    records: dict[str, Record]  # by run id
    failures: list[Failure]
    waiting: int  # runs that have not taken place
    why: dict[str, None] = field(default_factory=dict)  # the reasons that some of them have

    @property
    def exit_code(self) -> int:
        """2 where stored checks do not hold, 1 where a run that passed has lost its results, else 0."""
        words = {failure.word for failure in self.failures}
        return 2 if "WRONG" in words else 1 if "UNREADABLE" in words else 0


def read_outcomes(state: State) -> Outcomes:
    outcomes = Outcomes({}, [], 0)
    ended = [run for run in state.runs if _has_results(run)]
    read = each_in_children(_read, [state.runs_folder / run["id"] for run in ended])
    found = {run["id"]: record for run, record in zip(ended, read)}
    for run in state.runs:
        _earlier(run, outcomes)
        if run["status"] not in ("done", "failed"):
            outcomes.waiting += 1
            if run["status"] == "skipped" and run["reason"]:
                outcomes.why[run["reason"]] = None
            continue
        log = run["log"]
        if run["status"] == "failed":
            outcomes.failures.append(Failure(run["id"], run["verdict"], run["reason"], log))
        if not _has_results(run):
            continue
        try:
            record = _checked(run, found[run["id"]])
            outcomes.records[run["id"]] = record
            if run["status"] == "done" and not record.verified:
                outcomes.failures.append(Failure(run["id"], "WRONG", _unverified(record), log))
        except Unreadable as error:
            if run["status"] == "done":
                outcomes.failures.append(Failure(run["id"], "UNREADABLE", str(error), log))
    return outcomes


def _has_results(run: StudyRun) -> bool:
    return run["status"] in ("done", "failed") and run["verdict"] != "ERROR"


def _read(base: Path) -> Record | Unreadable:
    """In a child, whose standard error would only show what HDF5 says when it breaks down."""
    with open(os.devnull, "w", encoding="ascii") as nowhere:
        os.dup2(nowhere.fileno(), STANDARD_ERROR)
    try:
        return read_record(base)
    except Unreadable as error:
        return error


def _earlier(run: StudyRun, outcomes: Outcomes) -> None:
    last = len(run["attempts"]) if run["status"] in ("done", "failed") else len(run["attempts"]) + 1
    for number, attempt in enumerate(run["attempts"], start=1):
        if attempt["verdict"] == "WRONG" and number < last:
            log = str(Path("runs") / f"{run['id']}.attempt{number}.log")
            outcomes.failures.append(
                Failure(run["id"], "WRONG", f"attempt {number}: {attempt['reason']}", log)
            )


def _checked(run: StudyRun, record: Record | Unreadable | Lost) -> Record:
    """The file must be of this very run."""
    if isinstance(record, Unreadable):
        raise record
    if isinstance(record, Lost):
        raise Unreadable(f"the results of {run['id']} are damaged: their reader {record.reason}")
    for key in ("app", "variant", "scaling", "nodes", "ranks", "threads"):
        if run[key] != getattr(record, key):
            raise Unreadable(
                f"the results of {run['id']} are of another run: {key} is {getattr(record, key)}"
            )
    if record.size not in (run["size"], "custom"):
        raise Unreadable(f"the results of {run['id']} are of another run: size is {record.size}")
    if record.result != run["verdict"]:
        raise Unreadable(
            f"the results of {run['id']} say {record.result}, the run ended as {run['verdict']}"
        )
    for name, told in run["figures"].items():
        stored = record.figures.get(name.removeprefix(f"{record.app}."))
        if stored is None or told["value"] is None:  # a figure that is not finite
            continue
        if abs(stored.value - told["value"]) > PRINTED * abs(told["value"]):
            raise Unreadable(
                f"the results of {run['id']} are of another run: "
                f"{name} is {stored.value:.6g}, not {told['value']:.6g}"
            )
    if record.path.suffix == ".json" and record.software.get("hdf5_library", "none") != "none":
        raise Unreadable(f"{record.path.with_suffix('.h5').name} is missing")
    if record.binary_sha256 not in ("unknown", run["binary_sha256"]):
        raise Unreadable(f"the results of {run['id']} were written by another binary")
    return record


def _unverified(record: Record) -> str:
    """The run passed, but its file does not bear that out."""
    for check in record.checks:
        if not check.holds:
            error = Amount(f"{check.error:.3g}", check.error, "stored_error")
            bound = Amount(f"{check.bound:.3g}", check.bound, "stored_bound")
            return Words(f"{check.name} is stored with error ", error, ", bound ", bound)
    return "no check is stored"


def warnings_told(state: State, records: Mapping[str, Record]) -> list[str]:
    """Warnings that differ in their numbers alone stand once, with how many runs gave them."""
    told: dict[str, list[str]] = {}
    for run in state.runs:
        own = records[run["id"]].warnings if run["id"] in records else run.get("warnings", [])
        for line in own:
            told.setdefault(re.sub(r"\d+", "0", line), []).append(f"{line} ({run['id']})")
    lines = []
    for number, found in enumerate(told.values(), start=1):
        more = counted(len(found) - 1, "more run", "more_runs", f"warning {number}")
        lines.append(Words(found[0], ", and ", more) if len(found) > 1 else found[0])
    return lines
