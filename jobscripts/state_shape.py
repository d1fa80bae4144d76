"""What study.json must hold to be read: a damaged file is named, and brings nothing down."""
from __future__ import annotations

import re
from typing import Any, Mapping

from jobscripts.outcome import EXIT_CODES

STUDY: Mapping[str, Any] = {
    "study": str,
    "created_utc": str,
    "settings": dict,
    "seed": (int, type(None)),
    "order_seed": int,
    "notes": list,
    "machine": dict,
    "programs": dict,
    "runs": list,
}
MACHINE = {"model": str, "cores": int, "numa_domains": int, "workers": int}
RUN = {
    "id": str, "app": str, "variant": str, "scaling": str, "size": str, "ranks": int, "threads": int,
    "nodes": int, "repeat": int, "options": dict, "program": str, "workers": int, "status": str, "attempts": list,
}  # fmt: skip
ENDED = {"verdict": str, "reason": str, "binary_sha256": str, "log": str, "figures": dict}
ATTEMPT = {"verdict": str, "reason": str, "binary_sha256": str}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+-]*")  # of a run: that of its files, in one folder


def fault_of(data: Mapping[str, Any]) -> str:
    """What is wrong, in a phrase; '' where nothing is."""
    fault = _missing(data, STUDY) or _missing(data["machine"], MACHINE, "machine: ")
    if fault:
        return fault
    if not _texts(data["notes"]):
        return "notes are no list of texts"
    names = set()
    for number, run in enumerate(data["runs"], start=1):
        fault = _fault_of_run(run, data["programs"])
        if not fault and run["id"] in names:
            fault = f"{run['id']} stands there twice"
        if fault:
            return f"run {number}: {fault}"
        names.add(run["id"])
    return ""


def _fault_of_run(run: Any, programs: Mapping[str, Any]) -> str:
    if not isinstance(run, dict):
        return "is no run"
    fault = _missing(run, RUN)
    if fault:
        return fault
    if not NAME.fullmatch(run["id"]):
        return "its id is no name of a file"
    if run["variant"] not in ("serial", "omp", "mpi", "hybrid"):
        return f"variant is {run['variant']}"
    if run["scaling"] not in ("strong", "weak"):
        return f"scaling is {run['scaling']}"
    if run["ranks"] < 1 or run["threads"] < 1 or run["workers"] != run["ranks"] * run["threads"]:
        return f"{run['ranks']} x {run['threads']} are not {run['workers']} workers"
    if run["nodes"] < 1 or run["ranks"] % run["nodes"]:
        return f"{run['ranks']} ranks do not go on {run['nodes']} nodes"
    program = programs.get(run["program"])
    if not isinstance(program, dict) or not isinstance(program.get("sha256"), str):
        return f"programs has no {run['program']}"
    for attempt in run["attempts"]:
        fault = _missing(attempt, ATTEMPT, "attempt: ")
        if fault:
            return fault
    if not _texts(run.get("warnings", [])):
        return "warnings are no list of texts"
    if run["status"] not in ("done", "failed"):
        return ""
    fault = _missing(run, ENDED)
    if not fault and run["verdict"] not in EXIT_CODES:
        fault = f"verdict is {run['verdict']}"
    return fault or _fault_of_figures(run["figures"])


def _fault_of_figures(figures: Mapping[str, Any]) -> str:
    for name, figure in figures.items():
        if not isinstance(figure, dict) or not isinstance(figure.get("unit"), str):
            return f"figure {name} has no unit"
    return ""


def _texts(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(text, str) for text in found)


def _missing(found: Any, shape: Mapping[str, Any], where: str = "") -> str:
    if not isinstance(found, dict):
        return f"{where}is no object"
    for key, kind in shape.items():
        if key not in found:
            return f"{where}has no {key}"
        value = found[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return f"{where}{key} is {value!r:.60}"
    return ""
