"""Goes on with a study that was interrupted, ended, or whose programs were built anew."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from jobscripts.errors import Refused
from jobscripts.execute import Ended, end_orphans
from jobscripts.lock import Lock
from jobscripts.outcome import judge
from jobscripts.programs import Program
from jobscripts.state import State, StudyRun, describe, load
from jobscripts.study import Study
from jobscripts.topology import Topology
from jobscripts.units import count


def resume(
    folder: Path, study: Study, seed: int | None, programs: list[Program], topology: Topology
) -> tuple[State, list[str]]:
    """The study begun in `folder`, with what is to be run again set back to waiting, and sentences
    about that. Refuses another study: other settings, another seed, another machine."""
    state = open_again(folder, study, seed, topology)
    if not all(job["collected"] for job in state.jobs):
        raise Refused(
            f"{folder} has jobs in a batch system that were not collected; do so with the --launcher "
            "that submitted them"
        )
    return state, set_back(state, programs)


def open_again(folder: Path, study: Study, seed: int | None, topology: Topology) -> State:
    """The study begun in `folder`, as it stands. Refuses another one."""
    lock = Lock(folder)  # first: what is read must not change under our hands
    state = load(folder)
    state.lock = lock
    _refuse_other(folder, state.data, describe(study, seed, topology))
    return state


def set_back(state: State, programs: list[Program]) -> list[str]:
    """Sets what is to be run again back to waiting; sentences about that."""
    folder = state.folder
    notes = _clear_up(state)
    sha256 = {program.name: program.sha256 for program in programs}
    again: dict[str, int] = {}
    for run in state.runs:
        why = _why_again(state, run, sha256)
        if why:
            again[why] = again.get(why, 0) + 1
            run["status"] = "waiting"
        if run["status"] == "waiting" and run["program"] not in sha256:
            raise Refused(f"{folder} still has runs of {run['program']}, which is not built here")
    state.data["programs"].update(
        {p.name: {"sha256": p.sha256, "version": p.version, **p.facts} for p in programs}
    )
    state.save()
    return notes + [f"{number} {why}" for why, number in again.items()]


def _clear_up(state: State) -> list[str]:
    """What a killed study left: processes that still run, and a run that nobody saw the end of."""
    notes = []
    orphans = end_orphans(state.mark)
    if orphans:
        notes.append(f"ended {count(orphans, 'process', 'processes')} of the interrupted study")
    interrupted = [run for run in state.runs if run["status"] == "running"]
    for run in interrupted:
        judge_interrupted(state, run)
    if interrupted:
        notes.append(f"{len(interrupted)} did not end: run again")
    return notes


def judge_interrupted(state: State, run: StudyRun) -> None:
    """Nobody saw how this run ended. Without its exit code it cannot have passed, so it runs again;
    but a wrong answer that stands in its log stays known."""
    log = state.folder / run["log"]
    unknown = Ended(None, 0.0, False, 0, "", "")
    if log.exists():
        outcome = judge(run["program"], unknown, log, [])
        if outcome.verdict == "WRONG":
            state.finish(run, outcome, None, 0.0)
            return
    state.put_back(run)


def _why_again(state: State, run: StudyRun, sha256: dict[str, str]) -> str:
    if run["status"] == "waiting":
        return ""
    if run["status"] == "failed":
        return "failed before: run again"
    if run["status"] == "skipped":
        return "did not take place: run"
    if run["binary_sha256"] != sha256.get(run["program"]):
        return "made by another build: run again"
    if not all(path.is_file() for path in state.result_files(run)):
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
