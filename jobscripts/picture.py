"""The runs whose fields a report shows as pictures: one of each app that has one, small and once.

They come after the machine's own limits and before all points, so that a study that is cut short
has them; they are no points of a curve."""
from __future__ import annotations

from typing import Sequence

from jobscripts.layout import Layout
from jobscripts.programs import Program
from jobscripts.run import PICTURE, Run
from jobscripts.study import Study

# What is small and seen well: keys of the app. Files of a megabyte, or four.
KEYS: dict[str, dict[str, str]] = {
    "fft": {"nx": "64", "ny": "64", "nz": "64"},
    "heat": {"nx": "256", "ny": "256"},
    "pi": {},
}
ONCE = {"warmup": "0", "min_reps": "1", "max_reps": "1"}
VARIANTS = ("omp", "serial", "hybrid", "mpi")  # the first that is built: no launcher where it can be
BUDGET_LEAST = 60.0  # s; a shorter study has other things to do


def picture_runs(study: Study, programs: Sequence[Program], workers: int) -> list[Run]:
    """None where the study wants none, or its budget is too short for more than points. A program
    without HDF5 stores no fields."""
    if not study.pictures or (study.budget is not None and study.budget < BUDGET_LEAST):
        return []
    runs = []
    for app, keys in KEYS.items():
        own = {p.variant: p for p in programs if p.app == app and p.has_hdf5}
        variant = next((variant for variant in VARIANTS if variant in own), None)
        if variant is not None:
            runs.append(_run(study, own[variant], keys, workers))
    return runs


def _run(study: Study, program: Program, keys: dict[str, str], workers: int) -> Run:
    threads = workers if program.variant in ("omp", "hybrid") else 1
    options = {**study.options.get(program.app, {}), **keys, "fields": "yes"}
    return Run.aside(
        PICTURE, (program.app, program.variant), Layout(1, threads), options, ONCE
    )
