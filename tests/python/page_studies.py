"""Invented studies whose reports hold every kind of number, each made once for the tests of a file."""
from __future__ import annotations

import functools
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from invented import Invented, Law
from page_reader import Page
from support import report_quietly

from results.record import PHASES

LOST = "heat_mpi-strong-tiny-2x1"  # its runs have too few samples for an interval


def _scratch() -> Path:
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    return Path(folder.name)


def _page(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def lose_samples(study: Path, layout: str) -> None:
    """Leaves two samples of each run of a layout: too few."""
    for path in (study / "runs").glob(f"{layout}-*.h5"):
        with h5py.File(path, "r+") as file:
            for name in ("elapsed", *PHASES):
                table = file[f"timing/{name}"][:2]
                del file[f"timing/{name}"]
                file[f"timing/{name}"] = table


@functools.lru_cache(maxsize=None)
def few_left() -> tuple[Path, Page]:
    """Of mpi one worker alone is left, of omp both are; one repeat."""
    study = Invented(
        _scratch(), workers=(1, 2), apps=("heat",), scalings=("strong",), layouts=False, repeats=1, probe=False
    ).write()
    lose_samples(study, LOST)
    report_quietly(study)
    return study, _page(study / "report.html")


@functools.lru_cache(maxsize=None)
def reported() -> tuple[Path, Page]:
    """A study with all that the tables show, and the page that the report makes of it."""
    study = Invented(
        _scratch(),
        workers=(1, 2, 3, 4, 6),
        apps=("pi", "heat"),
        law=Law(serial=0.04, overhead=0.002),
        node=4,
        layouts=False,
        model=True,
    ).write()
    lose_samples(study, LOST)
    report_quietly(study)
    return study, _page(study / "report.html")


@functools.lru_cache(maxsize=None)
def untrusted() -> tuple[Path, Page]:
    """A study whose last points are left out, right where the model goes on: of omp all but the first and of
    mpi one for too few samples, of hybrid one for a wrong answer."""
    study = Invented(
        _scratch(), workers=(1, 2, 4), apps=("heat",), scalings=("strong",), layouts=False, model=True
    ).write()
    for point in ("omp-strong-tiny-1x2", "omp-strong-tiny-1x4", "mpi-strong-tiny-4x1"):
        lose_samples(study, f"heat_{point}")
    for path in (study / "runs").glob("heat_hybrid-strong-tiny-1x4-*.h5"):
        with h5py.File(path, "r+") as file:
            file["verification/passed"][0] = 0
    report_quietly(study, ends_with=2)
    return study, _page(study / "report.html")


@functools.lru_cache(maxsize=None)
def whole_nodes() -> tuple[Path, Page]:
    """A study of whole nodes of four cores: nothing runs on one worker."""
    study = Invented(
        _scratch(), workers=(4, 8, 12, 16), apps=("heat",), law=Law(serial=0.01, overhead=0.001),
        node=4, serial=False, probe=False,
    ).write()
    report_quietly(study)
    return study, _page(study / "report.html")


@functools.lru_cache(maxsize=None)
def scattered() -> tuple[Path, Page]:
    """A study whose processes differ by more than their repetitions, far from one worker: some parameters
    are at a bound, and some have no upper end. Matrices and transforms."""
    study = Invented(
        _scratch(), workers=(4, 8, 12, 16, 24), apps=("matmul", "fft"), repeats=3, layouts=False,
        law=Law(serial=0.3, overhead=0.01, noise=0.03, between=0.05), seed=5, serial=False, model=True,
    ).write()
    report_quietly(study)
    return study, _page(study / "report.html")


@functools.lru_cache(maxsize=None)
def simulated() -> tuple[Path, Page]:
    """A study of the simulated machine fat_tree: one time of each point, in JSON, as programs without HDF5
    write it."""
    study = Invented(
        _scratch(), workers=(1, 4, 16, 32, 64), apps=("heat", "fft"), repeats=1, samples=1, layouts=False,
        law=Law(serial=0.01, overhead=0.001), node=16, serial=False, model=True,
    ).write()
    for path in (study / "runs").glob("*.h5"):
        with h5py.File(path, "r+") as file:
            file.attrs["simulated"], file.attrs["exchange"] = np.bytes_("fat_tree"), np.bytes_("message")
            text = json.dumps(_tree(file))
        path.with_suffix(".json").write_text(text, encoding="utf-8")
        path.unlink()
    plan = json.loads((study / "study.json").read_text(encoding="utf-8"))
    plan["simulated"] = "fat_tree"
    (study / "study.json").write_text(json.dumps(plan), encoding="utf-8")
    report_quietly(study)
    return study, _page(study / "report.html")


def _tree(item: Any) -> Any:
    """A group or a table of a result file as JSON has it."""
    found = {key: _plain(value) for key, value in item.attrs.items()}
    if isinstance(item, h5py.Dataset):
        return {**found, "value": _plain(item[()])}
    return {**found, **{key: _tree(member) for key, member in item.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray) and value.dtype.kind == "S":
        return [b"".join(np.atleast_1d(text)).decode() for text in value]
    return value.tolist() if hasattr(value, "tolist") else value


@functools.lru_cache(maxsize=None)
def compared() -> tuple[list[Path], Page]:
    """Three studies side by side: one slower with processes that differ, one smaller with one repeat each, and
    a point that is left out."""
    kinds: list[dict[str, Any]] = [
        {"repeats": 3},
        {"repeats": 3, "seed": 3, "law": Law(one=0.44, between=0.02)},
        {"repeats": 1, "seed": 4, "workers": (1, 2, 4)},
    ]
    made = [Invented(_scratch(), apps=("pi", "heat"), layouts=False, model=True, **kind) for kind in kinds]
    folders = [study.write() for study in made]
    page = folders[0] / "comparison.html"
    lose_samples(folders[2], LOST)
    for path in (folders[1] / "runs").glob("probe_*.h5"):
        with h5py.File(path, "r+") as file:
            for figure in file["figures"].values():
                figure[()], figure.attrs["ci_low"] = 1.2 * figure[()], 1.15 * figure[()]
    report_quietly(*folders, "-o", page)
    return folders, _page(page)


def _alter(study: Path, layout: str, values: dict[str, Any], times: dict[str, float] | None = None) -> None:
    """Root attributes of the files of a layout, and tables that are so many times as large."""
    for path in sorted((study / "runs").glob(f"{layout}-*.h5")):
        with h5py.File(path, "r+") as file:
            for key, value in values.items():
                file.attrs[key] = np.bytes_(value) if isinstance(value, str) else value
            for name, factor in (times or {}).items():
                file[name][...] = factor * file[name][()]


def _plan(study: Path, **changes: Any) -> list[dict[str, Any]]:
    """Changes study.json. Returns its runs."""
    data = json.loads((study / "study.json").read_text(encoding="utf-8"))
    data.update(changes)
    (study / "study.json").write_text(json.dumps(data), encoding="utf-8")
    return data["runs"]


@functools.lru_cache(maxsize=None)
def flawed() -> tuple[Path, Page]:
    """A study in which much went wrong, with a seed: a run failed, points have more workers than cores, shared
    a core, or did other work than their base; and many runs warn."""
    study = Invented(
        _scratch(), workers=(1, 2, 4), apps=("heat",), layouts=False, model=True, law=Law(serial=0.04),
    ).write()
    _alter(study, "heat_serial-strong-tiny-1x1", {"scalebar_version": "0.1.0", "git_dirty": 1})
    _alter(study, "heat_omp-strong-tiny-1x2", {"placement_ok": 0, "warnings": "placement: 2 workers on 1 core"})
    for place, layout in enumerate(("heat_hybrid-strong-tiny-1x1", "heat_hybrid-strong-tiny-1x2")):
        _alter(study, layout, {"warnings": f"clock: {2 + place}.1 GHz at the end, 2.4 GHz before"})
    _alter(study, "heat_hybrid-weak-tiny-1x2", {}, {"workload/units": 3.0})
    _alter(study, "heat_mpi-weak-tiny-2x1", {}, {"workload/units": 1.5})
    runs = _plan(study, seed=7, notes=["the budget of 5 min was short"])
    lost = next(run for run in runs if run["id"] == "heat_mpi-strong-tiny-2x1-r2")
    lost.update(status="failed", verdict="ERROR", reason="timed out after 12 s", figures={})
    (study / "runs" / f"{lost['id']}.h5").unlink()
    again = next(run for run in runs if run["id"] == "heat_mpi-strong-tiny-1x1-r1")
    attempt = {"verdict": "ERROR", "reason": "killed by signal 9", "binary_sha256": "b" * 64}
    again["attempts"] = [attempt, {**attempt, "verdict": "PASS", "reason": ""}]
    cores = {"model": "Test CPU 9000", "cores": 3, "numa_domains": 1, "workers": 3}
    _plan(study, runs=runs, machine=cores)
    report_quietly(study, ends_with=1)
    return study, _page(study / "report.html")


@functools.lru_cache(maxsize=None)
def unfinished() -> tuple[Path, Page]:
    """A study that still goes on, of problems with settings of their own: some runs have not taken place, one
    point is slower than its reference."""
    study = Invented(_scratch(), workers=(1, 2), apps=("heat",), scalings=("strong",), layouts=False, probe=False)
    study.write()
    folder = study.folder
    runs = _plan(folder)
    for run in runs:
        run["options"] = {"steps": "20", "halo": "2"}
        if run["ranks"] == 2:
            run.update(status="waiting", verdict="", figures={})
            (folder / "runs" / f"{run['id']}.h5").unlink()
        if run["id"].startswith("heat_omp-strong-tiny-1x2"):
            run.update(status="failed", verdict="SLOW", reason="0.81 of its reference")
    _alter(folder, "heat_omp-strong-tiny-1x2", {"result": "SLOW"})
    _plan(folder, runs=runs)
    report_quietly(folder, ends_with=1)
    return folder, _page(folder / "report.html")
